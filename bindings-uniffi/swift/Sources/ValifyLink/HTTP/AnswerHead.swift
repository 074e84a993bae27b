/// The head of an answer, line after line as it comes in.
struct AnswerHead {
  /// More than any server sends, and little enough to keep.
  private static let maxBytes = 128 * 1024

  /// Whether its empty line has come.
  private(set) var isWhole = false
  private(set) var lines: [(String, String)] = []
  private var isInterim = false
  private var size = 0

  /// Whether the body was packed in a way that may hide a cut.
  var isEncoded: Bool {
    lines.contains { name, value in
      switch name.lowercased() {
      case "content-encoding": value.lowercased() != "identity"
      case "transfer-encoding": value.lowercased() != "chunked"
      default: false
      }
    }
  }

  /// Takes a line with its end. False once all heads together are too large.
  mutating func take(_ line: String) -> Bool {
    size += line.utf8.count
    guard size <= Self.maxBytes else { return false }
    // What comes after the body says nothing of it.
    if isWhole { return true }
    let content = line.trimmed
    if content.isEmpty {
      isWhole = !isInterim
    } else if line.hasPrefix("HTTP/") {
      begin(content)
    } else if line.first == " " || line.first == "\t" {
      continueLast(content)
    } else if let colon = content.firstIndex(of: ":") {
      lines.append((String(content[..<colon]), String(content[content.index(after: colon)...]).trimmed))
    }
    return true
  }

  /// 1xx comes before the answer; but 101 is one, which nobody asked for.
  private mutating func begin(_ statusLine: String) {
    let status = statusLine.split(separator: " ").dropFirst().first ?? ""
    isInterim = status.hasPrefix("1") && status != "101"
    lines = []
  }

  private mutating func continueLast(_ content: String) {
    guard let (name, value) = lines.popLast() else { return }
    lines.append((name, "\(value) \(content)"))
  }
}

extension String {
  /// Without white space and line ends around it.
  fileprivate var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(self[first...last])
  }
}
