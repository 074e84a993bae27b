import ValifyLinkCore

/// How a delivery proves itself: your choice, one scheme per verifier, nothing defaulted outside the presets. No rendering shows a secret.
public struct Auth: Sendable, HiddenContent {
  /// The hash function of an HMAC.
  public typealias Digest = ValifyLinkCore.Digest
  /// How a signature is written.
  public typealias SignatureEncoding = ValifyLinkCore.SignatureEncoding
  /// What a MAC is computed over, the parts joined with full stops.
  public typealias Signs = ValifyLinkCore.Signs
  /// The HMAC schemes that have a name.
  public typealias Preset = ValifyLinkCore.PresetName

  let document: Document

  private init(_ document: Document) {
    self.document = document
  }

  /// Reads an `auth` document as every host spells it (advanced).
  public init(document json: String) {
    document = .verbatim(json)
  }

  /// A MAC over the body in a header: the only kind of scheme that proves what the body says.
  ///
  /// - Parameters:
  ///   - header: The header that carries the signature.
  ///   - digest: The hash function; SHA-1 only with `allowSHA1`.
  ///   - encoding: How the signature is written.
  ///   - signs: What the MAC is computed over.
  ///   - secrets: 1 to 16: any of them may sign.
  ///   - prefix: What stands before the signature, such as `sha256=`.
  ///   - idHeader: The header of the signed id; required if `signs` has one.
  ///   - timestampHeader: The header of the signed timestamp, in seconds since 1970; required if `signs` has one.
  ///   - tolerance: How far the timestamp may be from now, both ways. Default: 5 minutes.
  ///   - allowSHA1: Accept SHA-1.
  ///   - allowShortSecret: Accept secrets of fewer than 16 bytes.
  public static func hmac(
    header: String, digest: Digest, encoding: SignatureEncoding, signs: Signs, secrets: Secrets, prefix: String? = nil,
    idHeader: String? = nil, timestampHeader: String? = nil, tolerance: Duration? = nil, allowSHA1: Bool? = nil,
    allowShortSecret: Bool? = nil
  ) -> Auth {
    Auth(
      .object([
        "scheme": .text("hmac"),
        "header": .text(header),
        "digest": .text(digest.rawValue),
        "encoding": .text(encoding.rawValue),
        "signs": .text(signs.rawValue),
        "prefix": .text(optional: prefix),
        "id_header": .text(optional: idHeader),
        "timestamp_header": .text(optional: timestampHeader),
        "tolerance_ms": .milliseconds(tolerance),
        "allow_sha1": .bool(optional: allowSHA1),
        "allow_short_secret": .bool(optional: allowShortSecret),
        "secrets": secrets.document,
      ]))
  }

  /// A known HMAC scheme by name. Which one Valify uses, if any, is unknown: ask before you rely on it.
  ///
  /// - Parameters:
  ///   - preset: Its name.
  ///   - secrets: 1 to 16: any of them may sign.
  ///   - tolerance: How far the timestamp may be from now, both ways. Refused where the preset signs none.
  public static func preset(_ preset: Preset, secrets: Secrets, tolerance: Duration? = nil) -> Auth {
    Auth(
      .object([
        "preset": .text(preset.rawValue),
        "tolerance_ms": .milliseconds(tolerance),
        "secrets": secrets.document,
      ]))
  }

  /// A header whose value is the secret.
  ///
  /// - Parameters:
  ///   - header: The header.
  ///   - secrets: Visible ASCII without commas.
  ///   - acceptUnsignedBody: Must be true: the body is not signed, so that whoever learns the secret can say anything.
  ///   - allowShortSecret: Accept secrets of fewer than 16 bytes.
  public static func staticHeader(_ header: String, secrets: Secrets, acceptUnsignedBody: Bool, allowShortSecret: Bool? = nil) -> Auth {
    unsigned("static_header", secrets, acceptUnsignedBody, allowShortSecret, ("header", .text(header)))
  }

  /// HTTP Basic credentials.
  ///
  /// - Parameters:
  ///   - secrets: Each `user:password`.
  ///   - acceptUnsignedBody: Must be true: the body is not signed, so that whoever learns the secret can say anything.
  ///   - allowShortSecret: Accept secrets of fewer than 16 bytes.
  public static func basic(secrets: Secrets, acceptUnsignedBody: Bool, allowShortSecret: Bool? = nil) -> Auth {
    unsigned("basic", secrets, acceptUnsignedBody, allowShortSecret)
  }

  /// A secret in the query of the webhook's URL. URLs are logged by proxies: choose this last.
  ///
  /// - Parameters:
  ///   - query: The parameter's name.
  ///   - secrets: Characters that need no encoding in a URL (RFC 3986, unreserved).
  ///   - acceptUnsignedBody: Must be true: the body is not signed, so that whoever learns the secret can say anything.
  ///   - allowShortSecret: Accept secrets of fewer than 16 bytes.
  public static func secretURL(query: String, secrets: Secrets, acceptUnsignedBody: Bool, allowShortSecret: Bool? = nil) -> Auth {
    unsigned("secret_url", secrets, acceptUnsignedBody, allowShortSecret, ("query", .text(query)))
  }

  /// A secret as the last path segment of the webhook's URL. URLs are logged by proxies: choose this last.
  ///
  /// - Parameters:
  ///   - secrets: Characters that need no encoding in a URL (RFC 3986, unreserved).
  ///   - acceptUnsignedBody: Must be true: the body is not signed, so that whoever learns the secret can say anything.
  ///   - allowShortSecret: Accept secrets of fewer than 16 bytes.
  public static func secretPathSegment(secrets: Secrets, acceptUnsignedBody: Bool, allowShortSecret: Bool? = nil) -> Auth {
    unsigned("secret_url", secrets, acceptUnsignedBody, allowShortSecret, ("path_segment", .bool(true)))
  }

  /// Something in front has authenticated the sender: mutual TLS, an address list.
  ///
  /// - Parameters:
  ///   - by: What it is, for the record.
  ///   - acceptUnsignedBody: Must be true: the body is not signed.
  public static func attested(by: String, acceptUnsignedBody: Bool) -> Auth {
    Auth(.object(["scheme": .text("attested"), "by": .text(by), "accept_unsigned_body": .bool(acceptUnsignedBody)]))
  }

  private static func unsigned(
    _ scheme: String, _ secrets: Secrets, _ accept: Bool, _ short: Bool?, _ place: (String, Document)? = nil
  ) -> Auth {
    var fields: [(String, Document)] = [("scheme", .text(scheme)), ("accept_unsigned_body", .bool(accept)), ("secrets", secrets.document)]
    if let place { fields.append(place) }
    if let short { fields.append(("allow_short_secret", .bool(short))) }
    return Auth(.fields(fields))
  }

  /// Nothing.
  public var description: String { "Auth(hidden)" }
}
