import Testing

@testable import Runtime

private struct ReadFailed: Error {}

@Suite(.timeLimit(.minutes(5))) struct BoundedChannelTests {
  /// An element and what it weighs.
  private struct Parcel: Sendable {
    let producer: Int
    let number: Int
    let weight: Int
  }

  private func parcels(limit: Int) -> BoundedChannel<Parcel> {
    BoundedChannel(limitBytes: limit) { $0.weight }
  }

  @Test(arguments: seeds(3, prove: 100))
  func `no more than the limit is ever buffered, and everything arrives once and in order`(
    seed: Seed
  ) async throws {
    let channel = parcels(limit: 4_000)
    let each = 1_000
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await withThrowingTaskGroup(of: Void.self) { producers in
          for producer in 0..<4 {
            producers.addTask {
              var random = seed.derived(UInt64(producer))
              for number in 0..<each {
                let weight = Int.random(in: 1...900, using: &random)
                try await channel.send(Parcel(producer: producer, number: number, weight: weight))
              }
            }
          }
          try await producers.waitForAll()
        }
        channel.finish()
      }
      var arrived = [Int](repeating: 0, count: 4)
      while let parcel = try await channel.next() {
        #expect(parcel.number == arrived[parcel.producer])
        arrived[parcel.producer] += 1
      }
      #expect(arrived == [each, each, each, each])
      try await group.waitForAll()
    }
    #expect(channel.peakBytes > 0)
    #expect(channel.peakBytes <= 4_000)
  }

  @Test func `a full channel makes its producer wait, until the consumer takes something`() async throws {
    let channel = BoundedChannel<Int>(limitBytes: 1) { _ in 1 }
    try await channel.send(1)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await channel.send(2) }
      try await eventually { channel.blockedSends == 1 }
      #expect(try await channel.next() == 1)
      try await group.waitForAll()
    }
    #expect(try await channel.next() == 2)
  }

  @Test func `a failed producer's rows are delivered before its error`() async throws {
    let channel = BoundedChannel<Int>(limitBytes: 10) { _ in 1 }
    try await channel.send(1)
    try await channel.send(2)
    channel.finish(throwing: ReadFailed())
    #expect(try await channel.next() == 1)
    #expect(try await channel.next() == 2)
    await #expect(throws: ReadFailed.self) { try await channel.next() }
    await #expect(throws: ReadFailed.self) { try await channel.next() }
  }

  @Test func `a consumer that goes away stops its producers`() async throws {
    let channel = BoundedChannel<Int>(limitBytes: 1) { _ in 1 }
    try await channel.send(1)
    await withTaskGroup(of: (any Error)?.self) { group in
      for number in 2...5 { group.addTask { await thrown { try await channel.send(number) } } }
      await #expect(throws: Never.self) { try await eventually { channel.blockedSends == 4 } }
      channel.close()
      for await error in group { #expect(error as? ChannelError == .closed) }
    }
    await #expect(throws: ChannelError.closed) { try await channel.send(6) }
  }

  @Test func `a blocked send that is cancelled did not send`() async throws {
    let channel = BoundedChannel<Int>(limitBytes: 1) { _ in 1 }
    try await channel.send(1)
    await withTaskGroup(of: (any Error)?.self) { group in
      group.addTask { await thrown { try await channel.send(2) } }
      await #expect(throws: Never.self) { try await eventually { channel.blockedSends == 1 } }
      group.cancelAll()
      #expect(await group.next()! is CancellationError)
    }
    channel.finish()
    #expect(try await channel.next() == 1)
    #expect(try await channel.next() == nil)
  }

  @Test func `a waiting consumer that is cancelled leaves the channel to the next`() async throws {
    let channel = BoundedChannel<Int>(limitBytes: 1) { _ in 1 }
    await withTaskGroup(of: (any Error)?.self) { group in
      group.addTask { await thrown { _ = try await channel.next() } }
      await #expect(throws: Never.self) { try await eventually { channel.isConsumerWaiting } }
      group.cancelAll()
      #expect(await group.next()! is CancellationError)
    }
    try await channel.send(1)
    #expect(try await channel.next() == 1)
  }

  @Test(arguments: seeds(150, prove: 2_000))
  func `whenever producers are cancelled, exactly what was sent arrives`(seed: Seed) async throws {
    var random = seed
    let patience = Int.random(in: 0..<60, using: &random)
    let channel = BoundedChannel<Int>(limitBytes: 3) { _ in 1 }
    let sent = Guarded<[Int]>([])
    let received = Guarded<[Int]>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        while let number = try await channel.next() { received.withLock { $0.append(number) } }
      }
      await withTaskGroup(of: Void.self) { producers in
        for producer in 0..<4 {
          producers.addTask {
            for number in 0..<50 {
              let element = producer * 1_000 + number
              if let error = await thrown({ try await channel.send(element) }) {
                #expect(error is CancellationError)
                return
              }
              sent.withLock { $0.append(element) }
            }
          }
        }
        for _ in 0..<patience { await Task.yield() }
        producers.cancelAll()
      }
      channel.finish()
      try await group.waitForAll()
    }
    #expect(received.withLock { $0.sorted() } == sent.withLock { $0.sorted() })
  }

  @Test(arguments: seeds(150, prove: 2_000))
  func `whenever consumers are cancelled, the next one misses nothing`(seed: Seed) async throws {
    var random = seed
    let channel = BoundedChannel<Int>(limitBytes: 3) { _ in 1 }
    let received = Guarded<[Int]>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 0..<100 { try await channel.send(number) }
        channel.finish()
      }
      var isFinished = false
      while !isFinished {
        // The time limit cancels: then every consumer would be the next one to be cancelled, for ever.
        try Task.checkCancellation()
        let patience = Int.random(in: 0..<20, using: &random)
        isFinished = await withTaskGroup(of: Bool.self) { consumer in
          consumer.addTask {
            let error = await thrown {
              while let number = try await channel.next() { received.withLock { $0.append(number) } }
            }
            return error == nil
          }
          for _ in 0..<patience { await Task.yield() }
          consumer.cancelAll()
          return await consumer.next()!
        }
      }
      try await group.waitForAll()
    }
    #expect(received.withLock { $0 } == Array(0..<100))
  }

  @Test(arguments: seeds(50, prove: 1_000))
  func `whenever the channel is closed, every call returns`(seed: Seed) async {
    var random = seed
    let patience = Int.random(in: 0..<40, using: &random)
    let channel = BoundedChannel<Int>(limitBytes: 2) { _ in 1 }
    await withTaskGroup(of: (any Error)?.self) { group in
      for _ in 0..<3 {
        group.addTask { await thrown { while true { try await channel.send(1) } } }
      }
      group.addTask { await thrown { while try await channel.next() != nil {} } }
      for _ in 0..<patience { await Task.yield() }
      channel.close()
      for await error in group { #expect(error as? ChannelError == .closed) }
    }
  }
}
