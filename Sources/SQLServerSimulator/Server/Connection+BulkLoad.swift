import TDS

/// The rows of an INSERT BULK, as their message comes in.
final class BulkLoadInProgress {
  var reader: BulkLoadReader
  var target: BulkTarget?
  var builder = RowChunkBuilder(byteCapacity: BulkTarget.chunkBytes)
  /// NULL or the bytes of each column of a row.
  var values: [UnsafeRawBufferPointer?] = []
  var rowCount = 0
  /// The rest of the message is read and thrown away.
  var failure: SQLError?

  init(_ version: TDSVersion) { reader = BulkLoadReader(version: version) }
}

extension Connection {
  /// A piece of a bulk load's message. True if the connection goes on.
  func load(_ bytes: [UInt8], isLast: Bool, _ session: Session) throws(MalformedTDS) -> Bool {
    let load = session.load ?? BulkLoadInProgress(reply.version)
    session.load = load
    try bytes.withRawBytes { (bytes) throws(MalformedTDS) in
      var offset = 0
      while let event = try load.reader.next(bytes, at: &offset) {
        switch event {
        case .columns(let columns): session.beginLoad(load, columns)
        case .row: session.add(bytes, to: load)
        }
      }
    }
    guard isLast else { return !isGone }
    try load.reader.finish()
    session.load = nil
    return session.endLoad(load)
  }
}

extension Session {
  /// A statement's error does not end the message: its rows are read to their end.
  private func guarded(_ load: BulkLoadInProgress, _ body: () throws(SQLError) -> Void) {
    guard load.failure == nil else { return }
    do throws(SQLError) {
      try body()
    } catch {
      load.failure = error
    }
  }

  func beginLoad(_ load: BulkLoadInProgress, _ columns: [Column]) {
    load.values = [UnsafeRawBufferPointer?](repeating: nil, count: columns.count)
    guarded(load) { () throws(SQLError) in
      guard let statement = announced else { throw .unexpectedBulkLoad }
      scopes = [ExecutionScope(kind: .batch)]
      beginClock()
      if context.session.implicitTransactions { beginImplicitly() }
      var types: [SQLType] = []
      for column in columns { types.append(try SQLType(column.type)) }
      core.withStorage { $0.beginStatement(number) }
      load.target = try piece { context throws(SQLError) in
        try context.prepareBulk(statement, received: types)
      }
    }
  }

  func add(_ bytes: UnsafeRawBufferPointer, to load: BulkLoadInProgress) {
    guarded(load) { () throws(SQLError) in
      if let (rows, fault) = announcedFault, load.rowCount >= rows { throw strike(fault) }
      load.rowCount += 1
      try load.reader.withRow(of: bytes) { row throws(SQLError) in
        var scattered: [[UInt8]] = []
        for (index, value) in load.reader.values.enumerated() {
          if value.isNull {
            load.values[index] = nil
          } else if !value.isScattered {
            load.values[index] = UnsafeRawBufferPointer(
              rebasing: row[value.start..<(value.start + value.count)])
          } else {
            scattered.append(value.bytes(in: row) ?? [])
          }
        }
        guard scattered.isEmpty else { return try addScattered(row, scattered, to: load) }
        try load.target?.append(load.values, to: &load.builder)
      }
      if BulkTarget.isFull(load.builder) { try write(load) }
    }
  }

  /// Values that came in several chunks are put together first.
  private func addScattered(
    _ row: UnsafeRawBufferPointer, _ pieces: [[UInt8]], to load: BulkLoadInProgress
  ) throws(SQLError) {
    var joined: [UInt8] = []
    var ranges: [Int: Range<Int>] = [:]
    var next = 0
    for (index, value) in load.reader.values.enumerated() where value.isScattered && !value.isNull {
      ranges[index] = joined.count..<(joined.count + pieces[next].count)
      joined += pieces[next]
      next += 1
    }
    try joined.withRawBytes { (bytes) throws(SQLError) in
      for (index, range) in ranges { load.values[index] = UnsafeRawBufferPointer(rebasing: bytes[range]) }
      try load.target?.append(load.values, to: &load.builder)
    }
  }

  private func write(_ load: BulkLoadInProgress) throws(SQLError) {
    guard load.builder.rowCount > 0, let target = load.target else { return }
    let chunk = load.builder.finish()
    load.target = try piece { context throws(SQLError) in
      var target = target
      _ = try context.writeBulk(chunk, &target)
      return target
    }
  }

  /// True if the connection goes on.
  func endLoad(_ load: BulkLoadInProgress) -> Bool {
    let armed = announcedFault
    announced = nil
    announcedFault = nil
    let goesOn = request { () throws(SQLError) in
      scopes = [ExecutionScope(kind: .batch)]
      guarded(load) { () throws(SQLError) in
        try look()
        // It waited for more rows than there were.
        if let armed { throw strike(armed.fault) }
        try write(load)
        guard var target = load.target else { return }
        try piece { context throws(SQLError) in try context.finishBulk(&target) }
      }
      if let failure = load.failure {
        core.withStorage { $0.failStatement(number) }
        try fail(failure, command: Done.Command.bulkLoad, changesRows: true)
        return
      }
      core.withStorage { $0.endStatement(number) }
      context.session.errorNumber = 0
      finish(Done.Command.bulkLoad, rows: load.rowCount)
    }
    return goesOn
  }
}

extension SQLError {
  static let unexpectedBulkLoad = make(
    4002, 16, 1,
    "The incoming tabular data stream (TDS) protocol stream is incorrect: rows of a bulk load came without INSERT BULK.",
    .connection)
}
