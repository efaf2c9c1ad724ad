/// The tables whose rows everybody has.
struct Lookup: Sendable {
  let rows: [(id: Int32, name: StaticString)]

  static let linkTypes = Lookup(rows: [(1, "Linked"), (3, "Duplicate")])

  static let postTypes = Lookup(rows: [
    (1, "Question"), (2, "Answer"), (3, "Wiki"), (4, "TagWikiExerpt"), (5, "TagWiki"),
    (6, "ModeratorNomination"), (7, "WikiPlaceholder"), (8, "PrivilegeWiki"),
  ])

  static let voteTypes = Lookup(rows: [
    (1, "AcceptedByOriginator"), (2, "UpMod"), (3, "DownMod"), (4, "Offensive"), (5, "Favorite"),
    (6, "Close"),
    (7, "Reopen"), (8, "BountyStart"), (9, "BountyClose"), (10, "Deletion"), (11, "Undeletion"), (12, "Spam"),
    (13, "InformModerator"), (15, "ModeratorReview"), (16, "ApproveEditSuggestion"),
  ])

  init(rows: [(id: Int32, name: StaticString)]) { self.rows = rows }

  /// Nil for a table that is not a lookup table.
  init?(_ table: StackOverflowTable) {
    switch table {
    case .linkTypes: self = Lookup.linkTypes
    case .postTypes: self = Lookup.postTypes
    case .voteTypes: self = Lookup.voteTypes
    default: return nil
    }
  }
}
