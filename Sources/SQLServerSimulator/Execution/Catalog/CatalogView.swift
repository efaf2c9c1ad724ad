/// A view of the catalog: its columns, and how its rows are made.
struct CatalogView: Sendable {
  typealias Filling =
    @Sendable (CatalogContents, inout StatementContext, inout CatalogRows) throws(SQLError) -> Void

  /// `sys` or `INFORMATION_SCHEMA`.
  let schema: String
  let name: String
  let layout: CatalogLayout
  /// Whether its rows are about the database's objects: whoever asks waits for those that are being changed.
  let readsObjects: Bool
  let fill: Filling

  init(_ name: String, readsObjects: Bool = true, _ columns: String, _ fill: @escaping Filling) {
    let parts = name.split(separator: ".")
    schema = String(parts[0])
    self.name = String(parts[1])
    layout = CatalogLayout(columns)
    self.readsObjects = readsObjects
    self.fill = fill
  }

  /// A view of what this server does not have.
  static func empty(_ name: String, _ columns: String) -> CatalogView {
    CatalogView(name, readsObjects: false, columns) { _, _, _ throws(SQLError) in }
  }

  /// Its `object_id`: below zero, as all of the system's.
  var objectID: Int32 {
    let place = SystemCatalog.sorted.firstIndex { $0.schema == schema && $0.name == name } ?? 0
    return -1000 - Int32(place)
  }
}

/// A catalog view of one database, as a source of rows.
struct CatalogTable: VirtualTable {
  let view: CatalogView
  let database: Int

  var columns: [VirtualColumn] { view.layout.columns }
  var cacheKey: String? { view.readsObjects ? "\(database).\(view.schema).\(view.name)" : nil }

  func rows(_ context: inout StatementContext) throws(SQLError) -> [[SQLValue]] {
    let contents = try CatalogContents.read(database, withObjects: view.readsObjects, &context)
    var rows = CatalogRows(view.layout)
    try view.fill(contents, &context, &rows)
    return rows.values
  }
}
