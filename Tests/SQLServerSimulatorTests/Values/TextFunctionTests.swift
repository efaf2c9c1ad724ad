import SQLServerSimulator
import Testing

@Suite struct TextFunctionTests {
  private func call(_ name: String, _ arguments: Call.Argument...) -> String {
    var call = Call()
    switch arguments.count {
    case 1: return call.run(name, arguments[0])
    case 2: return call.run(name, arguments[0], arguments[1])
    case 3: return call.run(name, arguments[0], arguments[1], arguments[2])
    case 4: return call.run(name, arguments[0], arguments[1], arguments[2], arguments[3])
    default: return "?"
    }
  }

  @Test func `lengths leave out trailing blanks, and bytes count them`() {
    #expect(call("LEN", Call.text(" ab  ")) == "3")
    #expect(call("LEN", Call.national("😀")) == "2")
    #expect(call("LEN", Call.int(1234)) == "4")
    #expect(call("LEN", Call.null) == "NULL")
    #expect(call("DATALENGTH", Call.text(" ab  ")) == "5")
    #expect(call("DATALENGTH", Call.national("ab ")) == "6")
    #expect(call("DATALENGTH", Call.int(1)) == "4")
    #expect(call("DATALENGTH", Call.of("1.5", .decimal(20, 2))) == "13")
    #expect(call("DATALENGTH", Call.of("2024-01-01", .datetime2(7))) == "8")
    var run = Call()
    _ = run.run("LEN", Call.of("a", .nvarchar(Vectors.max)))
    #expect(run.declaration == "bigint")
  }

  @Test func `parts of a text`() {
    #expect(call("LEFT", Call.text("abc"), Call.int(2)) == "ab")
    #expect(call("LEFT", Call.text("abc"), Call.int(9)) == "abc")
    #expect(call("LEFT", Call.text("abc"), Call.int(-1)) == "#536")
    #expect(call("RIGHT", Call.text("abc"), Call.int(2)) == "bc")
    #expect(call("SUBSTRING", Call.text("abcdef"), Call.int(2), Call.int(3)) == "bcd")
    #expect(call("SUBSTRING", Call.text("abc"), Call.int(0), Call.int(2)) == "a")
    #expect(call("SUBSTRING", Call.text("abc"), Call.int(-5), Call.int(2)) == "")
    #expect(call("SUBSTRING", Call.text("abc"), Call.int(5), Call.int(2)) == "")
    #expect(call("SUBSTRING", Call.text("abc"), Call.int(1), Call.int(-1)) == "#537")
    #expect(call("SUBSTRING", Call.int(12345), Call.int(1), Call.int(1)) == "#8116")
    #expect(call("SUBSTRING", Call.of("a", .varbinary(2)), Call.int(1), Call.int(1)) == "0x61")
    #expect(call("LTRIM", Call.text("  a ")) == "a ")
    #expect(call("RTRIM", Call.text("  a ")) == "  a")
    #expect(call("TRIM", Call.text("  a ")) == "a")
    #expect(call("REVERSE", Call.text("abc")) == "cba")
    let supplementary = try? Collation(name: "Latin1_General_100_CI_AS_SC")
    let type = SQLType.nvarchar(9, supplementary ?? .standard)
    #expect(call("LEN", Call.of("a😀", type)) == "2")
    #expect(call("LEFT", Call.of("😀a", type), Call.int(1)) == "😀")
    #expect(call("REVERSE", Call.of("a😀", type)) == "😀a")
  }

  @Test func `places are found as the collation compares`() {
    #expect(call("CHARINDEX", Call.text("C"), Call.text("abcabc")) == "3")
    #expect(call("CHARINDEX", Call.text("c"), Call.text("abcabc"), Call.int(4)) == "6")
    #expect(call("CHARINDEX", Call.text("x"), Call.text("abc")) == "0")
    #expect(call("CHARINDEX", Call.text(""), Call.text("abc")) == "0")
    #expect(call("CHARINDEX", Call.null, Call.text("abc")) == "NULL")
    #expect(call("PATINDEX", Call.text("%[0-9]%"), Call.text("ab1")) == "3")
    #expect(call("PATINDEX", Call.text("b%"), Call.text("abc")) == "0")
    #expect(call("REPLACE", Call.text("aXbxc"), Call.text("x"), Call.text("--")) == "a--b--c")
    #expect(call("REPLACE", Call.text("abc"), Call.text(""), Call.text("y")) == "abc")
    #expect(call("REPLACE", Call.text("aaa"), Call.text("aa"), Call.text("b")) == "ba")
    #expect(call("TRANSLATE", Call.text("2*[3+4]"), Call.text("[]"), Call.text("()")) == "2*(3+4)")
    #expect(call("STUFF", Call.text("abcdef"), Call.int(2), Call.int(3), Call.text("ijklmn")) == "aijklmnef")
    #expect(call("STUFF", Call.text("abc"), Call.int(0), Call.int(1), Call.text("x")) == "NULL")
    #expect(call("STUFF", Call.text("abc"), Call.int(2), Call.int(1), Call.null) == "ac")
  }

  @Test func `text is repeated, joined and changed in case`() {
    #expect(call("REPLICATE", Call.text("ab"), Call.int(3)) == "ababab")
    #expect(call("REPLICATE", Call.text("ab"), Call.int(-1)) == "NULL")
    #expect(call("REPLICATE", Call.text("ab"), Call.int(2_000_000_000)).count == 8000)
    #expect(call("SPACE", Call.int(3)) == "   ")
    #expect(call("CONCAT", Call.text("a"), Call.null, Call.int(5), Call.of("1.5", .money)) == "a51.50")
    #expect(call("CONCAT_WS", Call.text(","), Call.text("a"), Call.null, Call.int(5)) == "a,5")
    #expect(call("UPPER", Call.national("straße ÿ é")) == "STRAßE Ÿ É")
    #expect(call("UPPER", Call.text("µ")) == "µ")
    #expect(call("LOWER", Call.text("ÀB")) == "àb")
    var run = Call()
    _ = run.run("CONCAT", Call.text("abc"), Call.national("de"))
    #expect(run.declaration == "nvarchar(5)")
    _ = run.run("UPPER", Call.of("a", .char(4)))
    #expect(run.declaration == "varchar(4)")
  }

  @Test func `characters, names and numbers as text`() {
    #expect(call("CHAR", Call.int(65)) == "A")
    #expect(call("CHAR", Call.int(128)) == "€")
    #expect(call("CHAR", Call.int(256)) == "NULL")
    #expect(call("NCHAR", Call.int(0x20AC)) == "€")
    #expect(call("ASCII", Call.text("€")) == "128")
    #expect(call("ASCII", Call.text("")) == "NULL")
    #expect(call("UNICODE", Call.national("€")) == "8364")
    #expect(call("STR", Call.of("123.45", .float), Call.int(6), Call.int(1)) == " 123.5")
    #expect(call("STR", Call.of("123.45", .float), Call.int(2), Call.int(2)) == "**")
    #expect(call("STR", Call.of("123.45", .float)) == "       123")
    #expect(call("QUOTENAME", Call.text("a]b")) == "[a]]b]")
    #expect(call("QUOTENAME", Call.text("a'b"), Call.text("'")) == "'a''b'")
    #expect(call("QUOTENAME", Call.text(String(repeating: "x", count: 129))) == "NULL")
    #expect(call("PARSENAME", Call.text("srv.[my db].dbo.t"), Call.int(3)) == "my db")
    #expect(call("PARSENAME", Call.text("t"), Call.int(2)) == "NULL")
    for (text, expected) in [
      ("12", "1"), ("1e5", "1"), ("$5", "1"), ("", "0"), ("abc", "0"), ("-", "1"), ("1,000", "1"),
    ] {
      #expect(call("ISNUMERIC", Call.text(text)) == expected, "\(text)")
    }
    #expect(call("ISDATE", Call.text("2024-02-29")) == "1")
    #expect(call("ISDATE", Call.text("2024-02-30")) == "0")
  }

  @Test func `a wrong call is refused with its number`() {
    #expect(call("LEN", Call.text("a"), Call.text("b")) == "#174")
    #expect(call("CHARINDEX", Call.text("a")) == "#189")
    #expect(call("NOSUCH", Call.text("a")) == "#195")
    #expect(call("FORMAT", Call.int(1), Call.text("a")) == "#40514")
    #expect(call("HASHBYTES", Call.text("MD5"), Call.text("a")) == "#40514")
    #expect(call("LEN", Call.of("<a/>", .xml)) == "#8116")
  }

  @Test func `choices take the type of the first argument or the common one`() {
    var run = Call()
    #expect(run.run("ISNULL", (nil, .varchar(2)), Call.text("abc")) == "ab")
    #expect(run.declaration == "varchar(2)")
    #expect(run.run("ISNULL", Call.null, Call.text("abc")) == "abc")
    #expect(run.run("COALESCE", Call.null, Call.int(nil), Call.of("1.5", .decimal(2, 1))) == "1.5")
    #expect(run.declaration == "decimal(11,1)")
    #expect(run.run("COALESCE", Call.null, Call.null) == "#4127")
    #expect(run.run("NULLIF", Call.text("a"), Call.text("A ")) == "NULL")
    #expect(run.run("NULLIF", Call.int(1), Call.int(2)) == "1")
    #expect(run.run("CHOOSE", Call.int(2), Call.text("a"), Call.text("bc")) == "bc")
    #expect(run.run("CHOOSE", Call.int(3), Call.text("a"), Call.text("bc")) == "NULL")
    run.context.seed = 1
    let first = run.run("NEWID")
    #expect(first != run.run("NEWID"))
    run.context.seed = 1
    #expect(first == run.run("NEWID"))
    #expect(Array(first)[14] == "4")
    #expect("89AB".contains(Array(first)[19]))
  }
}
