extension StackOverflowTable {
  /// Bytes of a row in COPY's binary encoding, measured: what splitting a table into parts goes by.
  func averageRowBytes(hostile: Bool) -> Int {
    switch self {
    case .linkTypes, .postTypes, .voteTypes: 24
    case .users: hostile ? 494 : 225
    case .badges: 44
    case .posts: hostile ? 1_291 : 1_213
    case .comments: hostile ? 196 : 204
    case .postLinks: 46
    case .votes: 47
    }
  }
}
