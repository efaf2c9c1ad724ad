/// A place in a text, counted from 1.
package struct YAMLPosition: Sendable, Hashable, Codable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// What is wrong with a file that somebody wrote, and where.
package struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file's name, as the user gave it.
  package var file: String
  package var position: YAMLPosition
  package var message: String

  package init(file: String, position: YAMLPosition, message: String) {
    self.file = file
    self.position = position
    self.message = message
  }

  /// `plan.yml:3:7: there is no key 'tabel'; known are: table, unit`, as compilers write it.
  package var description: String { "\(file):\(position.line):\(position.column): \(message)" }
}
