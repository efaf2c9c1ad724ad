import Databases
import Rows

extension StackOverflowTable {
  var schema: TableSchema {
    var schema = TableSchema(
      name: TableName(name: name), engine: .stackOverflow, columns: columns,
      primaryKey: KeySchema(name: primaryKeyName, columns: ["Id"], isUnique: true))
    schema.foreignKeys = references.map { column, table in
      ForeignKeySchema(
        name: "FK_\(name)_\(column)", columns: [column], referencedTable: TableName(name: table.name),
        referencedColumns: ["Id"])
    }
    return schema
  }

  /// As the original spells them, not all alike.
  private var primaryKeyName: String {
    switch self {
    case .users: "PK_Users_Id"
    case .voteTypes: "PK_VoteType__Id"
    default: "PK_\(name)__Id"
    }
  }

  var references: [(column: String, table: StackOverflowTable)] {
    switch self {
    case .linkTypes, .postTypes, .voteTypes, .users: []
    case .badges: [("UserId", .users)]
    case .comments: [("PostId", .posts), ("UserId", .users)]
    case .postLinks: [("PostId", .posts), ("RelatedPostId", .posts), ("LinkTypeId", .linkTypes)]
    case .posts:
      [
        ("AcceptedAnswerId", .posts), ("LastEditorUserId", .users), ("OwnerUserId", .users),
        ("ParentId", .posts),
        ("PostTypeId", .postTypes),
      ]
    case .votes: [("PostId", .posts), ("UserId", .users), ("VoteTypeId", .voteTypes)]
    }
  }

  /// In stored order.
  var columns: [ColumnSchema] {
    let id = ColumnSchema(
      name: "Id", type: .int32, declared: "int", isNullable: false, identity: .byDefault)
    return [id] + otherColumns
  }

  private var otherColumns: [ColumnSchema] {
    switch self {
    case .linkTypes: [.varchar("Type", 50)]
    case .postTypes: [.nvarchar("Type", 50, isNullable: false)]
    case .voteTypes: [.varchar("Name", 50)]
    case .badges: [.nvarchar("Name", 40, isNullable: false), .int("UserId"), .datetime("Date")]
    case .comments:
      [
        .datetime("CreationDate"), .int("PostId"), .int("Score", isNullable: true),
        .nvarchar("Text", CommentRows.textLimit, isNullable: false), .int("UserId", isNullable: true),
      ]
    case .postLinks: [.datetime("CreationDate"), .int("PostId"), .int("RelatedPostId"), .int("LinkTypeId")]
    case .votes:
      [
        .int("PostId"), .int("UserId", isNullable: true), .int("BountyAmount", isNullable: true),
        .int("VoteTypeId"), .datetime("CreationDate"),
      ]
    case .users: usersColumns
    case .posts: postsColumns
    }
  }

  private var usersColumns: [ColumnSchema] {
    [
      .nvarchar("AboutMe", nil), .int("Age", isNullable: true), .datetime("CreationDate"),
      .nvarchar("DisplayName", 40, isNullable: false), .int("DownVotes"), .nvarchar("EmailHash", 40),
      .datetime("LastAccessDate"), .nvarchar("Location", 100), .int("Reputation"), .int("UpVotes"),
      .int("Views"),
      .nvarchar("WebsiteUrl", 200), .int("AccountId", isNullable: true),
    ]
  }

  private var postsColumns: [ColumnSchema] {
    [
      .int("AcceptedAnswerId", isNullable: true), .int("AnswerCount", isNullable: true),
      .nvarchar("Body", nil, isNullable: false), .datetime("ClosedDate", isNullable: true),
      .int("CommentCount", isNullable: true), .datetime("CommunityOwnedDate", isNullable: true),
      .datetime("CreationDate"), .int("FavoriteCount", isNullable: true), .datetime("LastActivityDate"),
      .datetime("LastEditDate", isNullable: true), .nvarchar("LastEditorDisplayName", 40),
      .int("LastEditorUserId", isNullable: true), .int("OwnerUserId", isNullable: true),
      .int("ParentId", isNullable: true), .int("PostTypeId"), .int("Score"), .nvarchar("Tags", 150),
      .nvarchar("Title", 250), .int("ViewCount"),
    ]
  }
}

/// Columns as SQL Server declares them.
extension ColumnSchema {
  fileprivate static func int(_ name: String, isNullable: Bool = false) -> ColumnSchema {
    ColumnSchema(name: name, type: .int32, declared: "int", isNullable: isNullable)
  }

  fileprivate static func datetime(_ name: String, isNullable: Bool = false) -> ColumnSchema {
    ColumnSchema(name: name, type: .timestamp(precision: 3), declared: "datetime", isNullable: isNullable)
  }

  fileprivate static func nvarchar(_ name: String, _ length: Int?, isNullable: Bool = true) -> ColumnSchema {
    ColumnSchema(
      name: name, type: .text(maxLength: length), declared: "nvarchar(\(length.map(String.init) ?? "max"))",
      isNullable: isNullable)
  }

  fileprivate static func varchar(_ name: String, _ length: Int) -> ColumnSchema {
    ColumnSchema(
      name: name, type: .text(maxLength: length), declared: "varchar(\(length))", isNullable: false)
  }
}
