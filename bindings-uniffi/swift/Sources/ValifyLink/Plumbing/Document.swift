/// A configuration document on its way to the core, which reads it strictly and says what is wrong with it.
indirect enum Document: Sendable {
  case text(String)
  case bool(Bool)
  case integer(Int64)
  case list([Document])
  case fields([(String, Document)])
  /// A document that the caller has written.
  case verbatim(String)

  /// An object of what is given; what is not is left out.
  static func object(_ fields: KeyValuePairs<String, Document?>) -> Document {
    .fields(fields.compactMap { name, value in value.map { (name, $0) } })
  }

  static func texts(_ texts: [String]?) -> Document? { texts.map { .list($0.map(Document.text)) } }
  static func texts(present texts: [String]) -> Document? { texts.isEmpty ? nil : .texts(texts) }
  static func text(optional text: String?) -> Document? { text.map(Document.text) }
  static func bool(optional bool: Bool?) -> Document? { bool.map(Document.bool) }
  static func integer(optional number: Int?) -> Document? { number.map { .integer(Int64($0)) } }
  static func milliseconds(_ duration: Duration?) -> Document? { duration.map { .integer($0.milliseconds) } }

  var json: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .verbatim(let json): out += json
    case .text(let text): Document.quote(text, to: &out)
    case .bool(let bool): out += bool ? "true" : "false"
    case .integer(let number): out += String(number)
    case .list(let items):
      out += "["
      for (index, item) in items.enumerated() {
        if index > 0 { out += "," }
        item.write(to: &out)
      }
      out += "]"
    case .fields(let fields):
      out += "{"
      for (index, field) in fields.enumerated() {
        if index > 0 { out += "," }
        Document.quote(field.0, to: &out)
        out += ":"
        field.1.write(to: &out)
      }
      out += "}"
    }
  }

  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\u{0}"..<"\u{20}":
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
