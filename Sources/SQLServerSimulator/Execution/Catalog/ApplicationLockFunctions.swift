import ModelDatabase

/// APPLOCK_MODE and APPLOCK_TEST. Their first argument, a user, tells nothing here.
enum ApplicationLockFunctions {
  static let functions: [CatalogFunction] = [
    CatalogFunctions.function("applock_mode", 3...3, .nvarchar(32)) { arguments, context throws(SQLError) in
      guard let owner = try owner(arguments, 2) else { return .null }
      let mode = context.storage.applicationLockMode(
        context.session.number, try arguments.text(1), database: context.session.database, owner: owner)
      return .text(mode?.word ?? "NoLock")
    },
    CatalogFunctions.function("applock_test", 4...4, .smallint) { arguments, context throws(SQLError) in
      let word = try arguments.text(2).lowercased()
      let modes: [LockMode] = [.intentShared, .shared, .update, .intentExclusive, .exclusive]
      guard try owner(arguments, 3) != nil, let mode = modes.first(where: { $0.word.lowercased() == word })
      else { return .null }
      let isFree = context.storage.canGetApplicationLock(
        context.session.number, try arguments.text(1), database: context.session.database, mode)
      return .integer(isFree ? 1 : 0)
    },
  ]

  private static func owner(
    _ arguments: CatalogArguments, _ index: Int
  ) throws(SQLError) -> ApplicationLockOwner? {
    switch try arguments.text(index).lowercased() {
    case "session": .session
    case "transaction": .transaction
    default: nil
    }
  }
}
