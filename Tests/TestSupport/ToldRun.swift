import Foundation
import Testing

/// A run as receipts tell it, read by the keys that they promise and by nothing of the program's own.
package struct ToldRun: Decodable, Sendable {
  package struct Table: Decodable, Sendable {
    package let source: String
    package let units: [Unit]
  }

  package struct Unit: Decodable, Sendable {
    package let index: Int
    package let action: String
    package let attempt: Int
    package let rowsRead: Int
    package let rowsAcknowledged: Int
  }

  package struct UnitName: Decodable, Hashable, Sendable {
    package let table: String
    package let index: Int
  }

  /// A unit, or a step if it has none.
  package struct Work: Decodable, Sendable {
    package struct Failure: Decodable, Sendable {
      package let code: String?
      package let errorClass: String
    }

    package let unit: UnitName?
    package let attempts: Int
    package let outcome: String
    package let failures: [Failure]
  }

  package struct Writers: Decodable, Sendable {
    package let table: String
    package let writers: Int
  }

  package struct Outage: Decodable, Sendable {
    package let endpoint: String
    /// Nil if it never ended.
    package let duration: Double?
  }

  package struct Retry: Decodable, Sendable {
    package let retried: [Work]
    package let writers: [Writers]
    package let outages: [Outage]
  }

  package let outcome: String
  package let rowsAcknowledged: Int
  package let tables: [Table]
  package let retry: Retry

  /// `object` is what a receipt has for `run`.
  package init(_ object: Any?, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let object = try #require(object, "there is no run", sourceLocation: sourceLocation)
    self = try JSONDecoder().decode(ToldRun.self, from: JSONSerialization.data(withJSONObject: object))
  }

  package var failures: [Work.Failure] { retry.retried.flatMap(\.failures) }

  /// Every failure was a deadlock in a SQL Server, each victim was tried again until it was done, nobody else was tried
  /// twice, and the table's writers were lowered from `writers` and raised again.
  package func expectDeadlocks(
    of table: String, writers most: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(outcome == "done", sourceLocation: sourceLocation)
    #expect(!failures.isEmpty, "nobody deadlocked", sourceLocation: sourceLocation)
    for failure in failures {
      #expect(failure.code == "sqlserver 1205", sourceLocation: sourceLocation)
      #expect(failure.errorClass == "conflict", sourceLocation: sourceLocation)
    }
    var failed: [UnitName: Int] = [:]
    for work in retry.retried {
      let unit = try #require(work.unit, "a step failed", sourceLocation: sourceLocation)
      #expect(work.outcome == "done", "\(unit)", sourceLocation: sourceLocation)
      #expect(work.attempts == work.failures.count + 1, "\(unit)", sourceLocation: sourceLocation)
      failed[unit] = work.failures.count
    }
    let units = try #require(
      tables.first { $0.source == table }?.units, "no table \(table)", sourceLocation: sourceLocation)
    let names = Set(units.map { UnitName(table: table, index: $0.index) })
    #expect(Set(failed.keys).isStrictSubset(of: names), sourceLocation: sourceLocation)
    let first = try #require(units.map(\.attempt).min(), sourceLocation: sourceLocation)
    for unit in units {
      let again = failed[UnitName(table: table, index: unit.index), default: 0]
      #expect(
        unit.action == "copied" && unit.rowsRead == unit.rowsAcknowledged, sourceLocation: sourceLocation)
      #expect(unit.attempt == first + again, "\(table)#\(unit.index)", sourceLocation: sourceLocation)
    }
    #expect(retry.writers.allSatisfy { $0.table.hasSuffix(table) }, sourceLocation: sourceLocation)
    let numbers = [most] + retry.writers.map(\.writers)
    let changes = Array(zip(numbers, numbers.dropFirst()))
    #expect(changes.first.map { $0 > $1 } == true, "\(numbers)", sourceLocation: sourceLocation)
    #expect(changes.contains { $0 < $1 }, "\(numbers)", sourceLocation: sourceLocation)
  }
}
