extension StackOverflowTable {
  /// Bytes of a row in COPY's binary encoding, measured: what splitting a table into parts goes by.
  func averageRowBytes(hostile: Bool) -> Int {
    switch self {
    case .linkTypes, .postTypes, .voteTypes: 30
    case .users: 300
    case .badges: 50
    case .posts: 1_200
    case .comments: 200
    case .postLinks: 46
    case .votes: 46
    }
  }
}
