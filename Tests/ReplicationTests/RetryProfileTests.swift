import Databases
import Foundation
import Runtime
import TestSupport
import Testing
import YAML

@testable import Replication

@Suite struct RetryProfileTests {
  private static let sqlServer = Engine(rawValue: "sqlserver")
  private static let mySQL = Engine(rawValue: "mysql")
  private static let postgres = Engine(rawValue: "postgres")
  private static let sqlite = Engine(rawValue: "sqlite")

  private func error(_ engine: Engine, _ code: String, _ errorClass: ErrorClass = .permanent) -> DatabaseError
  {
    DatabaseError(
      engine: engine, code: code, errorClass: errorClass, message: "",
      place: ErrorPlace(endpoint: "e", operation: "o"))
  }

  private func policy(_ name: String) throws -> RetryPolicy { try #require(RetryPolicy.named(name)) }

  // MARK: The data

  /// The lists once more, as they were read at their sources.
  private static let sources: [(profile: String, engine: String, count: Int, codes: String)] = [
    (
      "sqlclient", "sqlserver", 20,
      """
      233 997 1204 1205 1222 4060 4221 10060 10928 10929 40143 40197 40501 40540 40613 42108 42109 49918 49919
      49920
      """
    ),
    ("sqlclient-open", "sqlserver", 8, "4060 10928 10929 40197 40501 40613 42108 42109"),
    (
      "jdbc", "sqlserver", 20,
      """
      4060 40197 40143 40166 40540 40501 40613 49918 49919 49920 4221 10928 40020 10929 42108 42109 10053 10054 233
      64
      """
    ),
    (
      // 176 with 203, which counts only within an exception of Windows.
      "efcore", "sqlserver", 175,
      """
      49983 49977 49920 49919 49918 49802 49510 47139 47137 47132 45547 45319 45182 45179 45161 45157 45156 45153 42109
      42108 42029 41840 41839 41823 41701 41700 41640 41619 41614 41383 41339 41325 41305 41302 41301 40938 40918 40903
      40890 40675 40671 40648 40642 40623 40613 40540 40501 40197 40189 40143 40106 39152 39151 39110 39108 39025 37327
      37202 35293 35256 35218 35216 33123 30085 30080 25740 25738 25003 22984 22760 22759 22758 22754 22498 22493 22491
      22430 22427 22358 22355 22353 22335 22226 22225 21503 20041 19494 19416 19413 18858 18401 17889 17197 17067 17066
      17065 16555 16554 16528 14906 14868 14817 14355 11539 11001 10936 10930 10929 10928 10922 10060 10054 10053 9985
      9515 9020 8651 8645 8628 7951 6292 5529 5280 4221 4184 4117 4060 3980 3966 3960 3957 3953 3950 3948 3947 3941 3935
      3635 3429 2816 2021 1807 1535 1534 1533 1532 1438 1421 1413 1404 1232 1222 1221 1216 1215 1205 1204 1203 997 988
      982 952 941 927 926 921 669 617 615 601 539 233 121 64 20
      """
    ),
    ("azure-docs", "sqlserver", 10, "926 4060 40197 40501 40613 49918 49919 49920 4221 615"),
    (
      "npgsql", "postgres", 22,
      """
      53000 53100 53200 53300 53400 57P01 57P02 57P03 57P05 58000 58030 40001 40P01 55P03 55006 55000 08000 08001 08003
      08004 08006 08007
      """
    ),
    ("aws", "postgres", 10, "53* 58* 08* 99* F0* XX* 57P01 57P02 57P03 25006"),
    ("aws", "mysql", 3, "08* 1290 1836"),
    ("mysqlconnector", "mysql", 5, "1040 1042 1205 1213 1614"),
    (
      "uber", "mysql", 26,
      """
      1040 1042 1043 1053 1077 1078 1079 1080 1129 1130 1158 1159 1160 1161 1205 1213 1290 1317 1836 2002 2003 2004 2005
      2006 2013 2055
      """
    ),
  ]

  @Test func `the profiles are the clients' lists, number by number`() throws {
    for source in Self.sources {
      let list = try #require(try policy(source.profile).lists[Engine(rawValue: source.engine)])
      let codes = source.codes.split(whereSeparator: \.isWhitespace).map(String.init)
      #expect(codes.count == source.count)
      #expect(
        list.codes.map(\.description).sorted() == codes.sorted(), "\(source.profile) of \(source.engine)")
    }
    let lists = RetryPolicy.all.map(\.lists.count).reduce(0, +)
    #expect(lists == Self.sources.count, "a profile's list is not checked")
  }

  @Test func `every number of a client's list is explained`() throws {
    for policy in RetryPolicy.all {
      for (engine, list) in policy.lists {
        let catalog = try #require(ErrorCatalog.of(engine))
        for pattern in list.codes where !pattern.description.hasSuffix("*") {
          #expect(catalog[pattern.description] != nil, "\(policy.name): \(engine):\(pattern)")
        }
      }
    }
  }

  @Test func `efcore's throttling errors are among those it retries`() throws {
    let efcore = try policy("efcore")
    let throttled = try #require(efcore.throttling.lists[Self.sqlServer])
    #expect(throttled.codes.count == 37)
    #expect(throttled.codes.allSatisfy { efcore.lists[Self.sqlServer]?.codes.contains($0) == true })
    #expect(efcore.extraWait(after: error(Self.sqlServer, "40501")) == .seconds(5))
    #expect(efcore.extraWait(after: error(Self.sqlServer, "1205")) == .zero)
    #expect(
      efcore.backoff == .exponentialFromZero(base: .seconds(1), factor: 2, cap: .seconds(30), jitter: 0.1))
    #expect(efcore.limits == RetryLimits(attempts: 7, time: nil))
  }

  @Test func `every profile has a name of its own and says where it comes from`() {
    #expect(Set(RetryPolicy.all.map(\.name)).count == RetryPolicy.all.count)
    for policy in RetryPolicy.all {
      #expect(RetryPolicy.named(policy.name) == policy)
      #expect(policy.provenance.count > 20)
      #expect(policy.limits.attempts != nil || policy.limits.time != nil)
      #expect((policy.read != nil) == !policy.lists.isEmpty, "\(policy.name)")
    }
    #expect(RetryPolicy.named("polly") == nil)
    #expect(RetryPolicy.standard.name == "default")
    #expect(RetryPolicy.none.name == "none")
  }

  @Test func `the waits of scripts are a preset`() throws {
    let scripts = try policy("scripts")
    #expect(scripts.backoff == .fixed([.seconds(30), .seconds(60), .seconds(120), .seconds(240)]))
    #expect(scripts.limits.attempts == 5)
  }

  @Test func `a unit whose connection breaks ten times has waited for more than a minute`() throws {
    let outage = try #require(RetryPolicy.standard.outage)
    #expect(outage == .exponential(base: .milliseconds(500), factor: 2, cap: .seconds(15), jitter: 0.5))
    let attempts = try #require(RetryPolicy.standard.limits.attempts)
    for seed in 0..<100 {
      var random = Seed(UInt64(seed))
      var waited = Duration.zero
      for failure in 1..<attempts { waited += outage.next(failure: failure, last: .zero, random: &random) }
      #expect(waited > .seconds(75) && waited < .seconds(85))
    }
  }

  // MARK: Decisions

  @Test func `a list decides by code, whatever the class`() throws {
    #expect(try policy("npgsql").retries(error(Self.postgres, "53100", .permanent)))
    #expect(try !policy("npgsql").retries(error(Self.postgres, "25006", .readOnly)))
    #expect(try !policy("jdbc").retries(error(Self.sqlServer, "1205", .conflict)))
    #expect(try policy("aws").retries(error(Self.postgres, "58P01", .permanent)))
    #expect(try !policy("aws").retries(error(Self.postgres, "40001", .conflict)))
  }

  @Test func `a list of SQLSTATEs decides about numbers by the SQLSTATE that goes with them`() throws {
    let aws = try policy("aws")
    #expect(aws.retries(error(Self.mySQL, "2013", .connectionLost)))
    #expect(!aws.retries(error(Self.mySQL, "1040", .throttled)), "08004 is the exception")
    #expect(!aws.retries(error(Self.mySQL, "1213", .conflict)))
  }

  @Test func `what no list decides is decided by its class`() throws {
    for policy in RetryPolicy.all where policy.name != "none" {
      #expect(policy.retries(error(Self.postgres, "", .connectionLost)), "\(policy.name)")
      #expect(policy.retries(error(Self.sqlite, "5", .conflict)), "\(policy.name)")
      #expect(!policy.retries(error(Self.sqlite, "11", .permanent)), "\(policy.name)")
      #expect(!policy.retries(error(Self.postgres, "57014", .cancelled)), "\(policy.name)")
      #expect(!policy.retries(error(Self.sqlite, "", .fenced)), "\(policy.name)")
    }
    for errorClass in ErrorClass.allCases {
      #expect(!RetryPolicy.none.retries(error(Self.postgres, "40001", errorClass)))
    }
  }

  @Test func `a policy that knows neither engine of a job says which ones do`() throws {
    let efcore = try policy("efcore")
    #expect(efcore.mismatch(source: Self.sqlServer, target: Self.sqlite) == nil)
    #expect(RetryPolicy.none.mismatch(source: Self.sqlite, target: Self.sqlite) == nil)
    let message = try #require(efcore.mismatch(source: Self.postgres, target: Self.sqlite))
    #expect(message.contains("errors of sqlserver only"))
    #expect(message.hasSuffix("these do: default, none, scripts, npgsql, aws"))
  }

  // MARK: Files

  @Test func `the page's example is a policy`() throws {
    let page = try String(
      contentsOf: TestSupport.CommandLine.root.appending(path: "docs/retry-policies.md"), encoding: .utf8)
    let example = try #require(
      page.split(separator: "```yaml\n").dropFirst().first?.split(separator: "```").first)
    let policy = try RetryPolicy.load(String(example), file: "docs/retry-policies.md")
    #expect(policy.lists[Self.postgres]?.contains("08006", of: Self.postgres) == true)
    #expect(policy.lists[Self.postgres]?.contains("08004", of: Self.postgres) == false)
    #expect(policy.classes == [.conflict, .connectionLost])
    #expect(policy.throttling.extra == .seconds(10))
    #expect(policy.limits == RetryLimits(attempts: 8, time: .seconds(900)))
    for policy in RetryPolicy.all { #expect(page.contains("| `\(policy.name)` |"), "\(policy.name)") }
  }

  @Test(arguments: [
    ("nam: x", "p.yml:1:1: a retry policy has no key 'nam'"),
    ("name: x\nprovenance: y\nlimits: {attempts: 2}", "p.yml:1:1: a retry policy needs the key 'backoff'"),
    ("backoff: {kind: linear}", "p.yml:3:17: the kind of backoff has to be one of decorrelated-jitter"),
    ("backoff: {kind: fixed, waits: [5]}", "p.yml:3:32: a wait has to be a duration"),
    (
      "backoff: {kind: fixed, waits: [5s], cap: 3s}",
      "p.yml:3:37: a backoff of the kind 'fixed' has no key 'cap'"
    ),
    ("backoff: {kind: exponential, base: 1m, cap: 3s}", "p.yml:3:10: the base has to be above 0"),
    ("retry: {oracle: [1]}", "p.yml:4:9: the errors to retry has no key 'oracle'"),
    ("retry: {sqlserver: [40P01]}", "p.yml:4:21: '40P01' is no code; it has to be a number"),
    ("retry: {postgres: [1205]}", "p.yml:4:20: '1205' is no code; it has to be an SQLSTATE"),
    ("retry: {sqlserver: [12*]}", "p.yml:4:21: '12*' is no code"),
    ("retry: {mysql: [1205, 1205]}", "p.yml:4:23: 1205 is there twice"),
    ("except: {mysql: [08004]}", "p.yml:4:9: there are exceptions for mysql, but no errors to retry"),
    ("classes: [permanent]", "p.yml:4:11: a class that is worth a retry has to be one of conflict"),
    ("limits: {}", "p.yml:4:9: the limits need 'attempts' or 'time'"),
    ("limits: {attempts: 0}", "p.yml:4:20: the attempts has to be from 1"),
  ])
  func `a wrong file is refused with line and column`(part: String, message: String) {
    let head = part.contains("nam") ? "" : "name: x\nprovenance: y\n"
    let backoff =
      part.hasPrefix("backoff") || part.contains("nam") ? "" : "backoff: {kind: fixed, waits: [1s]}\n"
    let limits = part.hasPrefix("limits") || part.contains("nam") ? "" : "\nlimits: {attempts: 2}"
    let failure = #expect(throws: YAMLError.self) {
      try RetryPolicy.load(head + backoff + part + limits, file: "p.yml")
    }
    #expect("\(failure.map(String.init(describing:)) ?? "")".hasPrefix(message))
  }
}
