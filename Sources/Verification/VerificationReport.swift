import Databases
import Replication
import Rows
import Runtime

/// Everything that a verification saw.
package struct VerificationReport: Sendable, Codable, Equatable {
  package var verdict: Verdict
  /// Only numbers of rows were compared: `.equal` must not be printed as more than that.
  package var countsOnly: Bool
  /// Somebody asked it to stop; the tables that it did not get to are unverified.
  package var stopped: Bool
  package var source: VerifiedEndpoint
  package var target: VerifiedEndpoint
  package var witness: VerifiedEndpoint?
  package var startedAt: WallTime
  package var finishedAt: WallTime
  package var seconds: Double
  /// In the order of the source's catalog.
  package var tables: [TableVerification]
  /// Source tables that the target lacks: differences.
  package var missingTables: [TableName]
  /// Target tables that the source lacks: differences. Empty when the user named the tables to compare.
  package var extraTables: [TableName]
  /// Why the whole is unverified, beyond what the tables say: nothing was compared, a side was written to.
  package var reasons: [String]
}

/// A side of the comparison.
package struct VerifiedEndpoint: Sendable, Codable, Equatable {
  /// The endpoint's printable name.
  package var name: String
  package var engine: Engine
  /// Whether all reads of this side saw one state of it.
  package var snapshot: SnapshotVerdict
}

/// What was seen of one table that both sides have.
package struct TableVerification: Sendable, Codable, Equatable {
  package var sourceName: TableName
  package var targetName: TableName
  package var verdict: Verdict
  /// Why something could not be checked, as a sentence; nil if everything was.
  package var reason: String?
  /// The source's names of the columns that tell rows apart; empty when rows are compared as a bag.
  package var key: [String]
  package var schema: [SchemaFinding]
  package var units: Int
  package var source: SideSummary
  package var target: SideSummary
  package var witness: WitnessSummary?
  /// Rows that only the source has, counted with their copies.
  package var missingRows: Int
  /// Rows that only the target has, counted with their copies.
  package var extraRows: Int
  /// Rows with the same key and different values.
  package var changedRows: Int
  /// At most `limit` of the differing rows, by key.
  package var rows: [RowDifference]

  package var differingRows: Int { missingRows + extraRows + changedRows }
}

/// What was read of a table on one side. Nil where not all of it could be read.
package struct SideSummary: Sendable, Codable, Equatable {
  package var rows: Int?
  /// Of the rows in the types in which the pair is compared; nil when only rows were counted.
  package var fingerprint: Fingerprint?

  package init(rows: Int? = nil, fingerprint: Fingerprint? = nil) {
    self.rows = rows
    self.fingerprint = fingerprint
  }
}

/// Which of three witnesses disagrees.
package enum Testimony: String, Sendable, Codable {
  case allAgree
  /// Source and witness agree, the target differs.
  case targetDiffers
  /// Target and witness agree, the source differs.
  case sourceDiffers
  /// Source and target agree, the witness differs.
  case witnessDiffers
  case allDiffer
  case unverified

  package var sentence: String {
    switch self {
    case .allAgree: "source, target and witness agree"
    case .targetDiffers: "source and witness agree, target differs"
    case .sourceDiffers: "target and witness agree, source differs"
    case .witnessDiffers: "source and target agree, witness differs"
    case .allDiffer: "source, target and witness all differ"
    case .unverified: "the witness could not be compared"
    }
  }
}

/// What the third witness says of a table.
package struct WitnessSummary: Sendable, Codable, Equatable {
  package var testimony: Testimony
  /// The fingerprint is of the types in which witness and source are compared, which need not be those of
  /// source and target.
  package var summary: SideSummary
  /// Why the witness could not be compared.
  package var reason: String?
}

/// Something that two tables' schemas do not have in common.
package struct SchemaFinding: Sendable, Codable, Equatable {
  package enum Severity: String, Sendable, Codable {
    /// The two sides do not hold the same data.
    case difference
    /// The data could not be compared.
    case unverified
    /// The data is the same; who relies on the schema should know.
    case note
  }

  package var severity: Severity
  /// The source's column, or the target's where the source has none; nil for the table as a whole.
  package var column: String?
  package var message: String
}

/// A row that is not the same on both sides.
package struct RowDifference: Sendable, Codable, Equatable {
  package enum Kind: String, Sendable, Codable {
    case missing, extra, changed
  }

  package var kind: Kind
  /// One text for each key column of the table; for a table without a key, for each column.
  package var key: [NamedValue]
  /// How many rows with this key (without a key: how many such rows) each side has.
  package var sourceCopies: Int
  package var targetCopies: Int
  /// The differing cells of a changed row.
  package var cells: [CellDifference]
}

/// A column and a value as people read it; nil for NULL.
package struct NamedValue: Sendable, Codable, Equatable {
  package var column: String
  package var value: String?
}

/// A value that is not the same on both sides.
package struct CellDifference: Sendable, Codable, Equatable {
  package var column: String
  package var targetColumn: String
  /// The type in which the values were compared, as docs/encoding.md spells it.
  package var type: String
  /// The values, abbreviated around the first difference; nil for NULL.
  package var source: String?
  package var target: String?
  /// What most likely happened, as a sentence without its full stop: "target is truncated at 700 characters".
  package var cause: String
}
