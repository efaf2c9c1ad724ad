/// A view, trigger, procedure or function: kept as its text.
package struct ServerModule: Sendable, Equatable {
  struct ID: Sendable, Hashable {
    let database: Int
    let objectID: Int32
  }

  package enum Kind: Sendable, Equatable {
    case view, procedure, function
    case trigger(Trigger)
  }

  package struct Trigger: Sendable, Equatable {
    /// By its number in the storage.
    package var table: Int
    package var isInsteadOf: Bool
    package var events: [TriggerDefinition.Event]
    package var isDisabled = false

    package init(table: Int, isInsteadOf: Bool, events: [TriggerDefinition.Event]) {
      self.table = table
      self.isInsteadOf = isInsteadOf
      self.events = events
    }
  }

  package let objectID: Int32
  package let database: Int
  package var name: QualifiedName
  package var kind: Kind
  /// The whole statement that made it, as it was written.
  package var text: String
  /// Where its definition is locked; the storage gives it one.
  var space = -1
  /// Whose open transaction has dropped it.
  var droppedBy: Int?

  var id: ID { ID(database: database, objectID: objectID) }

  package init(objectID: Int32, database: Int, name: QualifiedName, kind: Kind, text: String) {
    self.objectID = objectID
    self.database = database
    self.name = name
    self.kind = kind
    self.text = text
  }
}
