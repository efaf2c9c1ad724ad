/// Which types convert into which: the chart in the manual of CAST and CONVERT.
package enum ConversionMatrix {
  package enum Permission: Sendable {
    /// By itself, and by CAST and CONVERT.
    case implicit
    /// By CAST and CONVERT only.
    case explicit
    case none
  }

  private enum Group {
    case integer, decimal, money, approximate
    case legacyDate, date
    case char, nchar, text, ntext
    case binary, image, rowversion
    case guid, xml, variant, runtime
  }

  private static func group(_ kind: SQLType.Kind) -> Group {
    switch kind {
    case .bit, .tinyint, .smallint, .int, .bigint: .integer
    case .decimal, .numeric: .decimal
    case .smallmoney, .money: .money
    case .real, .float: .approximate
    case .smalldatetime, .datetime: .legacyDate
    case .date, .time, .datetime2, .datetimeoffset: .date
    case .char, .varchar: .char
    case .nchar, .nvarchar: .nchar
    case .text: .text
    case .ntext: .ntext
    case .binary, .varbinary: .binary
    case .image: .image
    case .rowversion: .rowversion
    case .uniqueidentifier: .guid
    case .xml: .xml
    case .variant: .variant
    case .hierarchyid, .geography, .geometry: .runtime
    }
  }

  package static func permission(from source: SQLType.Kind, to target: SQLType.Kind) -> Permission {
    if source == target { return .implicit }
    let from = group(source)
    let to = group(target)
    if to == .variant { return [.text, .ntext, .image, .xml, .runtime].contains(from) ? .none : .implicit }
    switch from {
    case .integer, .decimal, .money, .approximate: return ofNumber(from, to)
    case .legacyDate, .date: return ofDate(source, from, target, to)
    case .char, .nchar, .text, .ntext: return ofText(from, to)
    case .binary, .image, .rowversion: return ofBinary(from, to, target)
    case .guid: return [.char, .nchar, .binary].contains(to) ? .implicit : .none
    case .xml: return [.char, .nchar, .binary].contains(to) ? .explicit : .none
    case .variant:
      return [.text, .ntext, .image, .rowversion, .xml, .runtime].contains(to) ? .none : .explicit
    case .runtime: return [.char, .nchar, .binary].contains(to) ? .explicit : .none
    }
  }

  private static func ofNumber(_ from: Group, _ to: Group) -> Permission {
    switch to {
    case .integer, .decimal, .money, .approximate, .legacyDate, .binary: .implicit
    case .char, .nchar: from == .money ? .explicit : .implicit
    case .rowversion: from == .approximate ? .none : .implicit
    default: .none
    }
  }

  private static func ofDate(
    _ source: SQLType.Kind, _ from: Group, _ target: SQLType.Kind, _ to: Group
  ) -> Permission {
    switch to {
    case .char, .nchar: .implicit
    case .legacyDate: .implicit
    case .date: source == .date && target == .time || source == .time && target == .date ? .none : .implicit
    case .binary: .explicit
    case .integer, .decimal, .money, .approximate, .rowversion: from == .legacyDate ? .explicit : .none
    default: .none
    }
  }

  private static func ofText(_ from: Group, _ to: Group) -> Permission {
    switch from {
    case .text: [.char, .nchar, .ntext].contains(to) ? .implicit : to == .xml ? .implicit : .none
    case .ntext: to == .nchar || to == .text || to == .xml ? .implicit : to == .char ? .explicit : .none
    default:
      switch to {
      case .binary, .rowversion: .explicit
      case .image: from == .char ? .implicit : .none
      case .runtime: .implicit
      default: .implicit
      }
    }
  }

  private static func ofBinary(_ from: Group, _ to: Group, _ target: SQLType.Kind) -> Permission {
    if from == .image {
      return [.binary, .rowversion].contains(to) ? .implicit : to == .xml ? .explicit : .none
    }
    switch to {
    case .integer, .decimal, .money, .char, .legacyDate, .binary, .image, .rowversion: return .implicit
    case .nchar: return from == .rowversion ? .none : .implicit
    case .guid, .xml: return from == .rowversion ? .none : .implicit
    case .date: return from == .rowversion ? .none : .explicit
    case .runtime: return from == .rowversion ? .none : .explicit
    default: return .none
    }
  }
}

extension SQLType {
  /// Throws 206 for a conversion that does not exist, and 257 for one that CAST alone does; with
  /// `isExplicit` 529.
  package func requireConversion(to target: SQLType, isExplicit: Bool = false) throws(SQLError) {
    switch ConversionMatrix.permission(from: kind, to: target.kind) {
    case .implicit: break
    case .explicit:
      if !isExplicit { throw .implicitConversionNotAllowed(name, to: target.name) }
    case .none:
      throw isExplicit
        ? .explicitConversionNotAllowed(name, to: target.name) : .operandTypeClash(name, target.name)
    }
  }
}
