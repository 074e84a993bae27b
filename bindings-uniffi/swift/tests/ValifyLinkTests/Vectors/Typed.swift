import Foundation
import ValifyLink

/// The same cases by typed initialisers, where these can say what a case gives.
enum Typed {
  struct Inexpressible: Error {}

  static func verdict(_ kind: String, _ given: JSON) throws -> [String: JSON]? {
    do {
      switch kind {
      case "config":
        _ = try client(given["config"])
        return [:]
      case "link_request":
        let client = try client(given["config"])
        let request = try request(given["request"])
        let call = try CreateLink(config: client.config, request: request, seed: 0, now: try Verdicts.moment(given["now"]))
        return Verdicts.request(try call.request())
      case "webhook": return try ByDocument.verified(try verifier(given), given)
      case "diagnose": return try ByDocument.diagnosed(try verifier(given), given)
      case "webhook_sign": return try ByDocument.signed(try auth(given["auth"]), given)
      default: return nil
      }
    } catch is Inexpressible {
      return nil
    }
  }

  /// Takes fields of an object one by one. What is left over, or is of another type, the initialisers cannot say.
  private struct Fields {
    private var rest: [String: JSON]

    init(_ value: JSON?) throws {
      guard let fields = value?.fields else { throw Inexpressible() }
      rest = fields
    }

    func has(_ name: String) -> Bool { rest[name] != nil }
    mutating func json(_ name: String) -> JSON? { rest.removeValue(forKey: name) }
    mutating func text(_ name: String) throws -> String? { try take(name) { $0.string } }
    mutating func bool(_ name: String) throws -> Bool? {
      try take(name) {
        guard case .bool(let bool) = $0 else { return nil }
        return bool
      }
    }
    mutating func integer(_ name: String) throws -> Int? { try take(name) { $0.int.map { Int($0) } } }
    mutating func duration(_ name: String) throws -> Duration? { try integer(name + "_ms").map { .milliseconds($0) } }
    mutating func texts(_ name: String) throws -> [String]? { try take(name, Typed.texts) }
    mutating func named<T: NamedCase>(_ name: String) throws -> T? {
      try text(name).map { text in
        guard let member = T(rawValue: text) else { throw Inexpressible() }
        return member
      }
    }
    func end() throws { guard rest.isEmpty else { throw Inexpressible() } }

    private mutating func take<T>(_ name: String, _ read: (JSON) -> T?) throws -> T? {
      guard let value = rest.removeValue(forKey: name) else { return nil }
      guard let read = read(value) else { throw Inexpressible() }
      return read
    }
  }

  private static func required<T>(_ value: T?) throws -> T {
    guard let value else { throw Inexpressible() }
    return value
  }

  private static func texts(_ value: JSON) -> [String]? {
    guard let items = value.items else { return nil }
    let texts = items.compactMap(\.string)
    return texts.count == items.count ? texts : nil
  }

  static func secrets(_ value: JSON) throws -> Secrets {
    let named = try required(value.items).map { entry -> (id: String, secret: Secret) in
      var fields = try Fields(entry)
      let id = try required(fields.text("id"))
      let utf8 = try fields.text("utf8")
      let base64 = try fields.text("base64")
      let hex = try fields.text("hex")
      try fields.end()
      let given = [utf8.map(Secret.utf8), base64.map(Secret.base64), hex.map(Secret.hex)].compactMap { $0 }
      guard given.count == 1 else { throw Inexpressible() }
      return (id, given[0])
    }
    return Secrets(named)
  }

  private static func client(_ value: JSON?) throws -> ValifyLink {
    var fields = try Fields(value)
    let apiKey = try fields.text("api_key")
    let client = { [fields] () throws -> ValifyLink in
      var fields = fields
      let settings = (
        try fields.text("base_url"), try fields.named("lang") as ValifyLink.Lang?,
        try fields.named("environment") as ValifyLink.Environment?
      )
      let times = (
        try fields.duration("timeout"), try fields.duration("deadline"), try fields.duration("backoff_cap"),
        try fields.duration("retry_after_cap"), try fields.duration("expiry_grace")
      )
      let (retries, bytes) = (try fields.integer("max_retries"), try fields.integer("max_response_bytes"))
      let resend = try fields.bool("resend_when_unknown")
      let lists = (try fields.texts("link_prefixes"), try fields.texts("return_schemes"), try fields.texts("insecure_hosts"))
      try fields.end()
      return try ValifyLink(
        apiKey: apiKey, baseURL: settings.0, lang: settings.1, environment: settings.2, timeout: times.0, deadline: times.1,
        maxRetries: retries, backoffCap: times.2, retryAfterCap: times.3, maxResponseBytes: bytes, expiryGrace: times.4,
        resendWhenUnknown: resend, linkPrefixes: lists.0, returnSchemes: lists.1, insecureHosts: lists.2)
    }
    return try client()
  }

  private static func request(_ value: JSON?) throws -> LinkRequest {
    var fields = try Fields(value)
    let written = try required(fields.text("expires_at"))
    // A Date has no way to say how it was written.
    guard let expiresAt = try? Verdicts.moment(.text(written)), Verdicts.instant(expiresAt) == written else { throw Inexpressible() }
    let request = LinkRequest(
      returnURL: try required(fields.text("return_url")), referenceID: try required(fields.text("reference_id")), expiresAt: expiresAt,
      flow: try fields.text("flow"), lang: try fields.named("lang"))
    try fields.end()
    return request
  }

  private static func auth(_ value: JSON?) throws -> Auth {
    var fields = try Fields(value)
    let scheme = try fields.text("scheme")
    let secretsGiven = fields.has("secrets")
    let secrets = try fields.json("secrets").map(secrets) ?? [:]
    let short = try fields.bool("allow_short_secret")
    let auth: Auth
    if fields.has("preset"), scheme == nil, short == nil {
      auth = .preset(try required(fields.named("preset")), secrets: secrets, tolerance: try fields.duration("tolerance"))
    } else if scheme == "hmac" {
      auth = .hmac(
        header: try required(fields.text("header")), digest: try required(fields.named("digest")),
        encoding: try required(fields.named("encoding")), signs: try required(fields.named("signs")), secrets: secrets,
        prefix: try fields.text("prefix"), idHeader: try fields.text("id_header"), timestampHeader: try fields.text("timestamp_header"),
        tolerance: try fields.duration("tolerance"), allowSHA1: try fields.bool("allow_sha1"), allowShortSecret: short)
    } else {
      let accept = try required(fields.bool("accept_unsigned_body"))
      switch scheme {
      case "static_header":
        auth = .staticHeader(try required(fields.text("header")), secrets: secrets, acceptUnsignedBody: accept, allowShortSecret: short)
      case "basic": auth = .basic(secrets: secrets, acceptUnsignedBody: accept, allowShortSecret: short)
      case "secret_url":
        if let query = try fields.text("query") {
          auth = .secretURL(query: query, secrets: secrets, acceptUnsignedBody: accept, allowShortSecret: short)
        } else {
          guard try fields.bool("path_segment") == true else { throw Inexpressible() }
          auth = .secretPathSegment(secrets: secrets, acceptUnsignedBody: accept, allowShortSecret: short)
        }
      case "attested":
        guard short == nil, !secretsGiven else { throw Inexpressible() }
        auth = .attested(by: try required(fields.text("by")), acceptUnsignedBody: accept)
      default: throw Inexpressible()
      }
    }
    try fields.end()
    return auth
  }

  private static func meanings(_ value: JSON?) throws -> Profile.Meanings {
    let pairs = try required(value?.items).map { entry -> (Profile.Value, Outcome) in
      var fields = try Fields(entry)
      let value: Profile.Value =
        switch fields.json("value") {
        case .text(let text): .text(text)
        case .bool(let bool): .bool(bool)
        case .integer(let integer): .integer(integer)
        default: throw Inexpressible()
        }
      let outcome: Outcome = try required(fields.named("outcome"))
      try fields.end()
      return (value, outcome)
    }
    return Profile.Meanings(pairs)
  }

  private static func check(_ value: JSON) throws -> Profile.Check {
    var fields = try Fields(value)
    let check = Profile.Check(at: try required(fields.texts("at")), values: try meanings(fields.json("values")))
    try fields.end()
    return check
  }

  private static func profile(_ value: JSON?) throws -> Profile {
    var fields = try Fields(value)
    var checks: [Profile.Module: Profile.Check] = [:]
    if let given = fields.json("checks") {
      for (name, value) in try required(given.fields) {
        guard let module = Profile.Module(rawValue: name) else { throw Inexpressible() }
        checks[module] = try check(value)
      }
    }
    var subject: [String: [String]] = [:]
    if let given = fields.json("subject") {
      for (name, at) in try required(given.fields) { subject[name] = try required(texts(at)) }
    }
    let profile = Profile(
      matchesBy: try required(fields.named("matches_by")), sessionToken: try fields.texts("session_token") ?? [],
      referenceID: try fields.texts("reference_id") ?? [], transactionID: try fields.texts("transaction_id") ?? [],
      flow: try fields.texts("flow") ?? [], occurredAt: try fields.texts("occurred_at") ?? [], decision: try fields.texts("decision") ?? [],
      decisions: try fields.json("decisions").map(meanings) ?? [:], checks: checks, subject: subject,
      passedWhen: try fields.named("passed_when"), referencePerLink: try fields.bool("reference_per_link"),
      latestDecisionWins: try fields.bool("latest_decision_wins"))
    try fields.end()
    return profile
  }

  private static func verifier(_ given: JSON) throws -> Verifier {
    var limits = try given["limits"].map { try Fields($0) }
    let most = try limits?.integer("max_body_bytes")
    try limits?.end()
    let environment = try given["environment"].map { value -> ValifyLink.Environment in
      try required(value.string.flatMap(ValifyLink.Environment.init(rawValue:)))
    }
    return try Verifier(auth: try auth(given["auth"]), profile: try profile(given["profile"]), environment: environment, maxBodyBytes: most)
  }
}
