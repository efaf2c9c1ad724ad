import Databases
import Rows
import Testing

@testable import StackOverflow

@Suite struct PopulationTests {
  @Test func `scale 1 has the rows of StackOverflow2010`() {
    let population = Population(seed: 2010, scale: .one, hostile: false)
    #expect(population.count(.votes) == 10_143_364)
    #expect(population.count(.comments) == 3_875_183)
    #expect(population.count(.posts) == 3_729_195)
    #expect(population.count(.badges) == 1_102_019)
    #expect(population.count(.users) == 299_398)
    #expect(population.count(.postLinks) == 161_519)
    #expect(population.count(.voteTypes) == 15)
    #expect(population.count(.postTypes) == 8)
    #expect(population.count(.linkTypes) == 2)
    #expect(StackOverflowTable.allCases.map(population.count).reduce(0, +) == 19_310_703)
  }

  @Test(arguments: [false, true], ["0.001", "0.000000001"])
  func `every reference holds`(hostile: Bool, scale: String) throws {
    var source = try TestSource(scale: scale, hostile: hostile)
    var ids: [StackOverflowTable: Set<Int>] = [:]
    for table in StackOverflowTable.allCases {
      var found: Set<Int> = []
      try source.forEachRow(table) { row in
        #expect(found.insert(row.int("Id")!).inserted, "\(table) has an id twice")
      }
      ids[table] = found
    }
    for table in StackOverflowTable.allCases {
      try source.forEachRow(table) { row in
        for (column, referenced) in table.references {
          guard let value = row.int(column) else { continue }
          #expect(ids[referenced]!.contains(value), "\(table).\(column) refers to no row")
        }
      }
    }
  }

  @Test func `an accepted answer answers its question, and answers are counted`() throws {
    var source = try TestSource()
    var parents: [Int: Int] = [:]
    var answers: [Int: Int] = [:]
    try source.forEachRow(.posts) { row in
      guard let parent = row.int("ParentId") else { return }
      #expect(row.int("PostTypeId") == 2)
      #expect(parent < row.int("Id")!)
      parents[row.int("Id")!] = parent
      answers[parent, default: 0] += 1
    }
    try source.forEachRow(.posts) { row in
      guard row.int("PostTypeId") == 1 else { return #expect(row.int("AcceptedAnswerId") == nil) }
      #expect(row.int("AnswerCount") == answers[row.int("Id")!, default: 0])
      if let accepted = row.int("AcceptedAnswerId") { #expect(parents[accepted] == row.int("Id")) }
    }
  }

  @Test func `what is said about a post is said after it was written`() throws {
    var source = try TestSource()
    var written: [Int: Int] = [:]
    try source.forEachRow(.posts) { written[$0.int("Id")!] = $0.time("CreationDate")! }
    for (table, column) in [(.comments, "PostId"), (.postLinks, "PostId")] as [(StackOverflowTable, String)] {
      try source.forEachRow(table) { row in
        // The first rows are older than the first post, and are about it all the same.
        guard let post = row.int(column), post > PostThreads.blockSize else { return }
        #expect(row.time("CreationDate")! > written[post]!)
      }
    }
  }

  @Test(arguments: [1, 2, 7, 8, 9, 99, 100, 1000], [false, true])
  func `ids ascend, and a row is found by its id`(count: Int, hostile: Bool) {
    let ids = IdSequence(count: count, includesCommunity: true, hostile: hostile)
    var last = Int64.min
    for row in 0..<count {
      let id = Int64(ids.id(row))
      #expect(id > last)
      #expect(ids.rows(below: id) == row)
      #expect(ids.rows(below: id + 1) == row + 1)
      last = id
    }
    #expect((0..<count).contains { ids.id($0) == -1 })
    #expect(ids.rows(below: .min) == 0)
    #expect(ids.rows(below: .max) == count)
  }

  @Test(arguments: [1, 9, 200, 1000], [false, true])
  func `an id that is in no row has its place between the others`(count: Int, hostile: Bool) {
    let ids = IdSequence(count: count, includesCommunity: false, hostile: hostile)
    let all = (0..<count).map { Int64(ids.id($0)) }
    let borders = [Int64(Int32.min), Int64(Int32.max)].flatMap { [$0 - 1, $0, $0 + 1] }
    for id in Array(-5...1_100 as ClosedRange<Int64>) + borders {
      #expect(ids.rows(below: id) == all.count { $0 < id }, "\(id)")
    }
  }

  @Test(arguments: [1, 2, 3, 64, 299, 299_398])
  func `each rank has a row of its own`(count: Int) {
    let zipf = Zipf(count: count)
    #expect(zipf.rank(0) == 1)
    #expect(zipf.rank(.max) == count)
    for rank in stride(from: 1, through: count, by: max(1, count / 500)) {
      #expect((0..<count).contains(zipf.row(rank: rank)))
      #expect(zipf.rank(row: zipf.row(rank: rank)) == rank)
    }
  }
}
