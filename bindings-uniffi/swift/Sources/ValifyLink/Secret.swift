import ValifyLinkCore

/// A secret in exactly one encoding: there is no detection and no fallback. Nothing shows it.
public struct Secret: Sendable, HiddenContent {
  private enum Encoding: String { case utf8, base64, hex }

  private let encoding: Encoding
  private let secret: String?

  private init(_ encoding: Encoding, _ secret: String?) {
    self.encoding = encoding
    self.secret = secret
  }

  /// The bytes of the text itself, in UTF-8. `nil` is refused by what takes the secret, so that a missing variable is seen.
  public static func utf8(_ text: String?) -> Secret { Secret(.utf8, text) }
  /// Standard base64 with padding.
  public static func base64(_ text: String?) -> Secret { Secret(.base64, text) }
  /// Hexadecimal digits of either case.
  public static func hex(_ text: String?) -> Secret { Secret(.hex, text) }

  /// The encoding alone.
  public var description: String { "Secret.\(encoding.rawValue)(hidden)" }

  func entry(_ id: String) -> Document {
    .object(["id": .text(id), encoding.rawValue: .text(optional: secret)])
  }

  func handle() throws -> SecretHandle {
    let text = secret ?? ""
    return try core {
      switch encoding {
      case .utf8: try SecretHandle.utf8(text: text)
      case .base64: try SecretHandle.base64(text: text)
      case .hex: try SecretHandle.hex(text: text)
      }
    }
  }
}

/// Secrets by their ids, in order. Ids are not secret: they appear in logs and results.
///
/// A literal serves: `["2026-11": .utf8(secret)]`.
public struct Secrets: Sendable, ExpressibleByDictionaryLiteral, HiddenContent {
  let named: [(id: String, secret: Secret)]

  /// Secrets that are not known until the program runs.
  public init(_ named: some Sequence<(id: String, secret: Secret)>) {
    self.named = Array(named)
  }

  /// Secrets as they are written.
  public init(dictionaryLiteral elements: (String, Secret)...) {
    named = elements.map { (id: $0, secret: $1) }
  }

  /// The ids.
  public var description: String { "Secrets(\(named.map(\.id).joined(separator: ", ")))" }

  var document: Document { .list(named.map { $0.secret.entry($0.id) }) }

  func handles() throws -> [SecretById] {
    try named.map { SecretById(id: $0.id, secret: try $0.secret.handle()) }
  }
}
