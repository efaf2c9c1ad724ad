import Databases
import Foundation

extension ServerText {
  /// What happened, without row values: any log may hold it.
  var safeText: String {
    switch number {
    case 2601, 2627: return upTo(" The duplicate key value is")
    case 2628: return upTo(" Truncated value:")
    // "converting the varchar value 'secret' to data type int"
    case 220, 244, 245, 248, 1505, 8169, 9420: return withoutValues
    // Raised by a trigger's or constraint's own code, which may say anything.
    case 50000...: return "the database's own code raised an error"
    default: return text
    }
  }

  private func upTo(_ end: String) -> String {
    text.range(of: end).map { String(text[..<$0.lowerBound]) } ?? text
  }

  /// With dots for what stands in quotes and parentheses.
  private var withoutValues: String {
    var result = ""
    var isInside = false
    for character in text {
      if character == "'" {
        result.append(isInside ? "'" : "'…")
        isInside.toggle()
      } else if !isInside {
        result.append(character)
      }
    }
    if let start = result.range(of: " The duplicate key value is") {
      return String(result[..<start.lowerBound])
    }
    return result
  }
}
