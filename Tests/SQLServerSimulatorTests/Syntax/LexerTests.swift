import Testing

@testable import SQLServerSimulator

@Suite struct LexerTests {
  private func kinds(_ text: String) throws -> [Token.Kind] {
    try Lexer.tokens(of: Array(text.utf16)).map(\.kind)
  }

  @Test func `words that are reserved are told from those that are names elsewhere`() throws {
    let tokens = try Lexer.tokens(of: Array("select Offset OPENXML banana [select]".utf16))
    #expect(tokens.map(\.kind) == [.reserved, .word, .reserved, .word, .bracketed, .endOfText])
    #expect(tokens.map(\.keyword) == [.select, .offset, .otherReserved, .none, .none, .none])
  }

  @Test func `every word that SQL Server reserves is reserved in any case`() throws {
    for word in Keyword.reservedWords.split(whereSeparator: \.isWhitespace) {
      #expect(try kinds(String(word)) == [.reserved, .endOfText], "\(word)")
      #expect(try kinds(word.lowercased()) == [.reserved, .endOfText], "\(word)")
    }
  }

  @Test func `every keyword is found by its spelling`() throws {
    for keyword in Keyword.allCases where keyword != .none && keyword != .otherReserved {
      let tokens = try Lexer.tokens(of: Array(keyword.rawValue.lowercased().utf16))
      #expect(tokens[0].keyword == keyword)
    }
  }

  @Test(
    arguments: [
      ("1", .integer), ("1.", .decimal), (".5", .decimal), ("1.5", .decimal), ("1e", .float),
      ("1E-5", .float),
      ("1.5e+3", .float), ("$1.5", .money), ("$", .money), ("€3", .money), ("0x", .binary), ("0xAf", .binary),
      ("N'x'", .nationalString), ("'x'", .string), ("\"x\"", .doubleQuoted), ("@x", .variable),
      ("@@x", .systemVariable),
      ("#t", .word), ("##t", .word), ("_a$b@c#", .word), ("straße", .word), ("表", .word), ("<>", .notEqual),
      ("!=", .notEqual), ("!<", .greaterOrEqual), ("!>", .lessOrEqual), ("::", .doubleColon),
      ("^=", .caretEqual),
      ("?", .unknown), ("\u{1}", .endOfText),
    ] as [(String, Token.Kind)])
  func `a token alone has its kind`(text: String, kind: Token.Kind) throws {
    let tokens = try Lexer.tokens(of: Array(text.utf16))
    #expect(tokens[0].kind == kind)
    #expect(kind == .endOfText || tokens[0].range == 0..<text.utf16.count)
  }

  @Test func `a point after a name does not begin a number`() throws {
    #expect(try kinds("a.5") == [.word, .dot, .integer, .endOfText])
    #expect(try kinds("a+.5") == [.word, .plus, .decimal, .endOfText])
  }

  @Test func `comments nest and count their lines`() throws {
    let tokens = try Lexer.tokens(of: Array("/* a /* b */ \n c */ x -- y\r\n z".utf16))
    #expect(tokens.map(\.line) == [2, 3, 3])
  }

  @Test func `a token has the line on which it begins`() throws {
    let tokens = try Lexer.tokens(of: Array("'a\n\nb' [c\nd] e".utf16))
    #expect(tokens.map(\.line) == [1, 3, 4, 4])
  }

  @Test(
    arguments: [
      ("select 'it''s", 105, "Unclosed quotation mark after the character string 'it''s'."),
      ("select [a", 105, "Unclosed quotation mark after the character string 'a'."),
      ("select 1 /* /* */", 113, "Missing end comment mark '*/'."),
    ] as [(String, Int32, String)])
  func `what is not closed is named`(text: String, number: Int32, message: String) {
    #expect(Parsing.failure(text)?.number == number)
    #expect(Parsing.failure(text)?.message == message)
  }

  @Test func `a name of more than 128 characters is error 103`() {
    let name = String(repeating: "a", count: 128)
    #expect(Parsing.failure("select 1 " + name) == nil)
    #expect(Parsing.failure("select 1 " + name + "b")?.number == 103)
    #expect(Parsing.failure("select 1 [" + name + "b]")?.number == 103)
    #expect(Parsing.failure("select @" + name)?.number == 103)
  }

  @Test func `an empty name is error 1038`() {
    #expect(Parsing.failure("select 1 []")?.number == 1038)
    #expect(Parsing.failure("select 1 as \"\"")?.number == 1038)
    #expect(Parsing.failure("select 1 from \"\"")?.number == 1038)
  }

  @Test func `a byte order mark and blanks beyond ASCII are skipped`() throws {
    #expect(try kinds("\u{FEFF}a\u{A0}b\u{3000}c") == [.word, .word, .word, .endOfText])
  }
}
