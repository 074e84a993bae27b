import CCrypto
import Foundation

/// A JSON value of the vectors, and of verdicts.
enum JSON: Equatable, Decodable {
  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
  case list([JSON])
  case object([String: JSON])

  init(from decoder: any Decoder) throws {
    let one = try decoder.singleValueContainer()
    // The most frequent first: each miss makes an error.
    if let text = try? one.decode(String.self) {
      self = .text(text)
    } else if let fields = try? one.decode([String: JSON].self) {
      self = .object(fields)
    } else if let list = try? one.decode([JSON].self) {
      self = .list(list)
    } else if one.decodeNil() {
      self = .null
    } else if let bool = try? one.decode(Bool.self) {
      self = .bool(bool)
    } else if let integer = try? one.decode(Int64.self) {
      self = .integer(integer)
    } else {
      self = .number(try one.decode(Double.self))
    }
  }

  /// What is there, under its names.
  static func present(_ fields: KeyValuePairs<String, JSON?>) -> [String: JSON] {
    var present: [String: JSON] = [:]
    for (name, value) in fields where value != nil && value != .null { present[name] = value }
    return present
  }

  static func text(optional text: String?) -> JSON? { text.map(JSON.text) }
  static func texts(_ texts: [String: String]) -> JSON { .object(texts.mapValues(JSON.text)) }

  subscript(_ name: String) -> JSON? {
    guard case .object(let fields) = self else { return nil }
    return fields[name]
  }
  var string: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }
  var int: Int64? {
    guard case .integer(let integer) = self else { return nil }
    return integer
  }
  var items: [JSON]? {
    guard case .list(let list) = self else { return nil }
    return list
  }
  var fields: [String: JSON]? {
    guard case .object(let fields) = self else { return nil }
    return fields
  }

  /// Canonical text: keys sorted by their bytes, no white space.
  var canonical: String {
    switch self {
    case .null: "null"
    case .bool(let bool): bool ? "true" : "false"
    case .integer(let integer): String(integer)
    case .number(let number): String(number)
    case .text(let text): quoted(text)
    case .list(let list): "[" + list.map(\.canonical).joined(separator: ",") + "]"
    case .object(let fields):
      "{"
        + fields.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
        .map { quoted($0.key) + ":" + $0.value.canonical }.joined(separator: ",") + "}"
    }
  }
}

private func quoted(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case "\u{8}": out += "\\b"
    case "\u{c}": out += "\\f"
    case "\u{0}"..<"\u{20}": out += String(format: "\\u%04x", scalar.value)
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}

/// The bytes that a vector gives in one of its forms.
func octets(_ value: JSON) throws -> Data {
  if let items = value.items { return try items.reduce(into: Data()) { $0 += try octets($1) } }
  if let text = value["utf8"]?.string { return Data(text.utf8) }
  if let base64 = value["base64"]?.string, let bytes = Data(base64Encoded: base64) { return bytes }
  if let repeated = value["repeat"]?.items, let count = repeated.last?.int {
    let one = try octets(repeated[0])
    let length = one.count * Int(count)
    guard length > 0 else { return Data() }
    var all = one
    while all.count < length { all += all.prefix(length - all.count) }
    return all
  }
  throw Missing("no form of bytes: \(value.canonical)")
}

func isOctets(_ value: JSON) -> Bool {
  if case .list = value { return true }
  guard let fields = value.fields, fields.count == 1 else { return false }
  return ["utf8", "base64", "repeat"].contains(fields.keys.first ?? "")
}

func sha256(_ data: Data) -> String {
  var digest = [UInt8](repeating: 0, count: 32)
  _ = data.withUnsafeBytes { SHA256($0.bindMemory(to: UInt8.self).baseAddress, $0.count, &digest) }
  return digest.map { String(format: "%02x", $0) }.joined()
}
