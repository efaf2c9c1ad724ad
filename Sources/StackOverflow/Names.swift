/// Names of people, places, badges and tags.
enum Names {
  static let given = WordList(
    words: """
      Alice Bob Carol David Erin Frank Grace Henry Irene James Karen Louis Maria Nathan Olivia Peter Quentin Rachel
      Simon Teresa Ulrich Victor Wendy Xavier Yvonne Zachary José André François Jürgen Søren Zoë Łukasz Dvořák
      Мария Сергей Αλέξης Anna Ben Chris Dan Eva Fred Gary Hana Ivan Joe Kim Leo Mike Nick Oscar Paul Ravi Sara Tom
      Uma Vijay Will Yuki Zed Mehmet Ayşe Björn Åsa Nuño Inés Chloé Noël 伟 芳 健太
      """)

  static let family = WordList(
    words: """
      Smith Jones Brown Taylor Wilson Davies Evans Thomas Johnson Roberts Walker Wright Robinson Thompson White
      Hughes Edwards Green Hall Wood Harris Lewis Martin Jackson Clarke Müller Schmidt Schneider Fischer Weber
      Meyer García Fernández González Rodríguez López Martínez Rossi Ferrari Bianchi Dubois Lefèvre Kowalski Nowak
      Novák Svoboda Andersson Hansen Nielsen O'Neill O'Connor McGregor d'Angelo van-Dijk de-Vries Tanaka Suzuki
      Kim Park Nguyen Tran Singh Patel Sharma Gupta Иванов Петров Παπαδόπουλος Yılmaz Öztürk 王 李 陈
      """)

  static let handles = WordList(
    words: """
      coder hacker bytes nullptr stackpusher mrfoo quux devguy lambda gopher pixel rubyist javabean sharpie
      phpguru sqlcat regexer codemonkey bitwise kernelpanic segfault offbyone heisenbug yak_shaver rubberduck
      deadlock racer mutex semaphore cachemiss loopy recursion tailcall closure monad functor endian nibble octet
      """)

  static let places = WordList(
    lines: """
      London, United Kingdom
      New York, NY
      Bangalore, India
      San Francisco, CA
      Toronto, Canada
      Berlin, Germany
      Paris, France
      Zürich, Switzerland
      São Paulo, Brazil
      Málaga, Spain
      Kraków, Poland
      Göteborg, Sweden
      Москва, Россия
      東京
      Melbourne, Australia
      Tel Aviv, Israel
      Seattle, WA
      Austin, TX
      Chennai, India
      Amsterdam, Netherlands
      København, Denmark
      Brno, Česká republika
      Athens, Greece
      Earth
      Internet
      """)

  static let badges = WordList(
    lines: """
      Student
      Teacher
      Editor
      Supporter
      Scholar
      Autobiographer
      Popular Question
      Nice Answer
      Commentator
      Critic
      Nice Question
      Organizer
      Notable Question
      Good Answer
      Enlightened
      Self-Learner
      Citizen Patrol
      Cleanup
      Yearling
      Tumbleweed
      Necromancer
      Civic Duty
      Enthusiast
      Good Question
      Favorite Question
      Guru
      Famous Question
      Disciplined
      Peer Pressure
      Announcer
      Mortarboard
      Beta
      Strunk & White
      Great Answer
      Generalist
      Taxonomist
      Fanatic
      Populist
      Great Question
      Stellar Question
      Electorate
      Reversal
      """)
}

/// Tags in the order of how often they are used.
enum Tags {
  static let names = WordList(
    words: """
      c# java php .net javascript asp.net c++ jquery python iphone sql mysql html css ruby-on-rails objective-c
      sql-server c android wpf asp.net-mvc ruby xml regex ajax linux windows database vb.net sql-server-2005 linq
      multithreading visual-studio silverlight eclipse winforms django string web-services performance
      visual-studio-2008 wcf algorithm perl oracle delphi excel flash arrays image svn security apache git
      hibernate tsql flex internet-explorer spring cocoa json homework nhibernate oop entity-framework
      unit-testing iphone-sdk qt bash networking sharepoint osx debugging file design-patterns vba query .htaccess
      templates pointers generics actionscript-3 winapi firefox email http forms html5 validation list validation-rules
      exception xcode parsing mod-rewrite session events api user-interface date table tomcat class servlets sorting
      inheritance logging optimization sockets caching dll unicode postgresql sqlite reflection memory google-maps
      version-control design codeigniter winforms-controls scala haskell f# matlab emacs vim serialization encoding
      """)
  static let popularity = Zipf(count: names.count)
}

/// What questions are called: an opening, a noun, a joint, another noun.
enum Titles {
  static let openings = WordList(
    [
      "How to use the", "How do I find the", "Why does it lose the", "What is the",
      "What is the best way to keep the",
      "Problem with the", "How can I change the", "Is it possible to share the", "How to test the",
      "Difference between the", "Where is the", "When should I close the", "Cannot open the",
      "How to convert the",
      "Should I cache the", "What does this error say about the", "How to avoid the", "Getting the",
    ].map { $0 + " " })
  static let adjectives = WordList(Corpus.adjectives.map { $0 + " " })
  static let nouns = WordList(Corpus.nouns)
  static let joints = WordList([
    " of the ", " in a ", " without a ", " and the ", " with a ", " from another ", " before the ",
    " inside a ",
    " for each ", " when there is no ",
  ])
}
