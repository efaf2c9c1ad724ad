/// The words that texts are made of.
enum Corpus {
  static let determiners = "the a this that every some another each my our your any no one the the a".split(
    separator: " "
  ).map(String.init)

  static let adjectives = """
    small large new old slow fast empty wrong right simple strange common rare good better best local remote
    public private static dynamic nested sorted random single second third next last open closed hidden visible
    stable broken clean heavy light deep shallow current previous default custom generic abstract naïve
    obsolete modern parallel serial binary plain clear correct invalid missing similar different complete partial
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  static let nouns = """
    query table row column index key server client thread process request response page form button image
    file folder path string number array list map set tree graph node loop function method class object
    interface module package library framework compiler parser debugger browser window dialog menu layout
    style script template model view controller service socket port packet stream buffer cache queue stack
    heap pointer reference value variable constant parameter argument result error exception warning message log
    test build version branch commit patch project solution problem question answer example reason case
    user account password session cookie token role domain address header body field label value property
    event handler listener callback timer clock date time zone calendar locale encoding character word
    sentence line document report chart driver device kernel memory disk network database schema trigger
    transaction lock cursor join view procedure statement expression operator condition résumé façade café
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  static let verbs = """
    returns needs uses calls reads writes opens closes loads saves parses prints sends receives creates
    deletes updates finds loses blocks breaks fixes hides shows changes keeps holds copies moves sorts
    counts checks tests builds compiles links runs starts stops ignores expects accepts rejects throws
    catches handles supports replaces contains follows wraps extends implements overrides inherits allocates
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  static let prepositions = """
    in on with without for from after before inside outside between through against under over near behind
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  static let openings = """
    However, Therefore, Sometimes Usually Then Also, First, Later Perhaps Clearly Often Still, Here So But And
    If When Because Unless While Since Whenever Although Maybe – … “Well”,
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  /// Words of each length from 1 to 12, for endings that must fit.
  private static let fillers = """
    a I it is of to we be all any but can for how its may not now one out see the try use why able also back
    both code does done each even find from good have here into just like line list look made make need next
    only same show such sure than that them then this used very want well what when will with work about after
    again below check could first given other point right since still their there think those thing which would
    before always change either enough except follow number please really should simple though without another
    because between example instead nothing perhaps problem somehow trouble whether anything continue everyone
    following otherwise sometimes something different generally important reference understand especially
    altogether everything collection definitely performance application respectively unfortunate
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  static let fillersByLength = (0...12).map { length in fillers.filter { $0.utf8.count == length } }

  static let identifiers = """
    count index total result item value name key row list node left right start end size buffer line user order
    price customer account request response stream reader writer parser token source target offset length width
    height color point widget panel button handler worker timer factory builder config path file data
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  static let codeTypes = [
    "int", "var", "string", "const char *", "double", "auto", "List&lt;int&gt;", "long",
  ]
}
