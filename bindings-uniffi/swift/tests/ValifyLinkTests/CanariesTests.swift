import Foundation
import ValifyLink
import XCTest

/// What must never be seen: unique, and in everything that the errors below are made of.
private enum Canary {
  static let key = "fake-canary-key-7c41e0"
  static let secret = "fake-canary-secret-7c41e0"
  static let reference = "canary-reference-7c41e0"
  static let token = "canary-token-7c41e0"
  static let nationalID = "30101010100009"
  static let name = "Canary Person Seven"
  static let image = Data("canary-image-bytes-7c41e0".utf8)
  static let all = [
    key, secret, reference, token, nationalID, name, String(decoding: image, as: UTF8.self), image.base64EncodedString(), back,
  ]

  static let back = "https://shop.example/canary-path-7c41e0"
  /// An answer or a delivery that holds all of them. A stranger's server may send anything.
  static let text = all.map { "\"\($0)\"" }.joined(separator: ",")
  static let body = Data(
    #"{"status":"approved","session_token":"\#(token)","redirect_url":"https://evil.example/?token=\#(token)","error_code":"\#(token)","all":[\#(text)]}"#
      .utf8)
}

/// Every kind of error, each provoked through the public API by what is full of canaries: none of them shows one.
final class CanariesTests: XCTestCase {
  private typealias Provocation = () async throws -> Any
  private var provocations: [(kind: ValifyError.Kind, provocation: Provocation)] = []
  private static let then = Date(timeIntervalSince1970: 1_800_000_000)
  private static let later = then.addingTimeInterval(86_400)
  private static let secrets: Secrets = ["2026-11": .utf8(Canary.secret)]
  private static let profile = Profile(
    matchesBy: .sessionToken, sessionToken: ["/session_token"], decision: ["/status"], decisions: ["approved": .passed])

  func testNoErrorOfAnyKindShowsACanary() async throws {
    var provoked: Set<ValifyError.Kind> = []
    answers()
    try calls()
    configurations()
    try deliveries()
    try returns()
    try records()
    for (kind, provocation) in provocations {
      do {
        _ = try await provocation()
        XCTFail("nothing was thrown, not even \(kind)")
      } catch {
        let found = try XCTUnwrap(error as? ValifyError, "\(type(of: error))").kind
        XCTAssertEqual(found, kind, "\(error)")
        provoked.insert(found)
        let text = renderings(error)
        for hidden in Canary.all { XCTAssertFalse(text.contains(hidden), "\(kind) shows \(hidden): \(text)") }
      }
    }
    // Whoever adds a kind provokes it here.
    XCTAssertEqual(provoked, Set(ValifyError.Kind.allCases))
  }

  private func provoke(_ kind: ValifyError.Kind, _ provocation: @escaping Provocation) {
    provocations.append((kind, provocation))
  }

  func testTheCanariesAreSeenWhereTheyAre() {
    struct Careless: Error { let body: Data, key: String }
    XCTAssert(renderings(Careless(body: Canary.body, key: Canary.key)).contains(Canary.key))
    for canary in Canary.all { XCTAssert(String(decoding: Canary.body, as: UTF8.self).contains(canary), canary) }
  }

  // MARK: Links

  private static func request(_ reference: String = Canary.reference, returnURL: String = Canary.back) -> LinkRequest {
    LinkRequest(returnURL: returnURL, referenceID: reference, expiresAt: Date().addingTimeInterval(1800))
  }

  private static func client(_ baseURL: String, transport: any HTTPTransport = DefaultTransport()) throws -> ValifyLink {
    try ValifyLink(apiKey: Canary.key, baseURL: baseURL, environment: .sandbox, maxRetries: 0, transport: transport)
  }

  /// Answers of a server, over the default transport, which have canaries in their head too.
  private func answers() {
    let lines: [String] = [
      "Location: https://evil.example/?token=\(Canary.token)&key=\(Canary.key)", "Set-Cookie: id=\(Canary.nationalID)",
      "Retry-After: 86400", "X-All: \(Canary.text)",
    ]
    let statuses: KeyValuePairs<String, ValifyError.Kind> = [
      "400": .badRequest, "401": .unauthorized, "403": .forbidden, "404": .notFound, "415": .unsupportedMediaType, "422": .rejected,
      "429": .rateLimited, "503": .serverError, "418": .unexpectedStatus, "202": .unexpectedStatus, "307": .redirected, "200": .unsafeLink,
    ]
    for (status, kind) in statuses { answer(kind, status, Canary.body.count, lines, Canary.body) }
    let text = Data(Canary.text.utf8)
    answer(.malformedResponse, "200", text.count, lines, text)
    answer(.outcomeUnknown, "200", 1_000_000, lines, Canary.body)
    answer(.outcomeUnknown, "200", Canary.body.count, lines + ["Content-Encoding: \(Canary.token)"], Canary.body)
    answer(.outcomeUnknown, "200", nil, lines + ["Transfer-Encoding: chunked"], Canary.body)
    serve(.outcomeUnknown, Array(head(nil, "200 OK", lines).dropLast(2)))
    serve(.outcomeUnknown, Array("\(Canary.token) \(Canary.text)\r\n\r\n".utf8))
  }

  private func answer(_ kind: ValifyError.Kind, _ status: String, _ length: Int?, _ lines: [String], _ body: Data) {
    serve(kind, head(length, "\(status) \(Canary.name)", lines) + Array(body))
  }

  private func serve(_ kind: ValifyError.Kind, _ answer: [UInt8]) {
    provoke(kind) {
      let server = Server { connection in
        connection.request()
        connection.send(answer)
      }
      defer { server.close() }
      return try await Self.client(server.baseURL).createLink(Self.request())
    }
  }

  /// What goes wrong on this side: before sending, while sending, and in a transport of the caller's own that tells all it knows.
  private func calls() throws {
    struct Talkative: HTTPTransport {
      struct Oops: Error { let text: String }
      let failure: @Sendable (String) -> any Error
      func send(_ request: ValifyLink.HTTPRequest) async throws -> ValifyLink.HTTPResponse {
        let body = "\(String(decoding: request.body, as: UTF8.self)) \(request.body.base64EncodedString())"
        throw failure("\(request.url) \(request.headers) \(body)")
      }
    }
    func asking(_ kind: ValifyError.Kind, _ failure: @escaping @Sendable (String) -> any Error) {
      provoke(kind) {
        let client = try ValifyLink(apiKey: Canary.key, maxRetries: 0, transport: Talkative(failure: failure))
        return try await client.createLink(Self.request())
      }
    }
    asking(.notSent) { TransportFailure.notSent($0) }
    asking(.outcomeUnknown) { TransportFailure.maybeSent($0) }
    asking(.outcomeUnknown) { Talkative.Oops(text: $0) }
    asking(.outcomeUnknown) { NSError(domain: $0, code: 1, userInfo: [NSLocalizedDescriptionKey: $0]) }
    provoke(.notSent) { try await Self.client("http://127.0.0.1:\(Sockets.freePort())").createLink(Self.request()) }
    provoke(.misuse) {
      let machine = try CreateLink(config: try Self.client("http://127.0.0.1:1").config, request: Self.request())
      return try machine.respond(ValifyLink.HTTPResponse(status: 200, headers: ["X": Canary.text], body: Canary.body))
    }
    let client = try ValifyLink(apiKey: Canary.key)
    provoke(.invalidRequest) { try await client.createLink(Self.request("\(Canary.reference) ")) }
    provoke(.invalidRequest) { try await client.createLink(Self.request(returnURL: "ftp \(Canary.text)")) }
    provoke(.invalidRequest) { try await client.createLink(LinkRequest(document: Canary.text)) }
    provoke(.invalidRequest) { try NationalId("\(Canary.nationalID)x") }
    provoke(.invalidRequest) { try NationalId("\(Canary.nationalID) \(Canary.name)") }
  }

  private func configurations() {
    refuse { try ValifyLink(apiKey: "\(Canary.key) ") }
    refuse { try ValifyLink(apiKey: Canary.key, baseURL: "https://\(Canary.secret)@evil.example") }
    refuse { try ValifyLink(apiKey: Canary.key, linkPrefixes: [Canary.token]) }
    refuse { try ValifyLink.Config(document: #"{"api_key":"\#(Canary.key)","\#(Canary.secret)":"\#(Canary.token)"}"#) }
    refuse { try ValifyLink.Config(document: Canary.text) }
    refuse { try Verifier(auth: .preset(.stripeStyle, secrets: [Canary.name: .utf8(Canary.secret)]), profile: Self.profile) }
    refuse { try Verifier(auth: .preset(.stripeStyle, secrets: ["a": .base64(Canary.secret)]), profile: Self.profile) }
    refuse { try Verifier(auth: .preset(.stripeStyle, secrets: ["a": .utf8("\(Canary.secret)\n")]), profile: Self.profile) }
    refuse { try Verifier(auth: Auth(document: #"{"scheme":"\#(Canary.secret)"}"#), profile: Self.profile) }
    refuse { try Verifier(document: String(decoding: Canary.body, as: UTF8.self)) }
    refuse { try ReturnState(secrets: ["a": .hex(Canary.secret)]) }
    refuse { try sign(body: Canary.body, auth: .basic(secrets: Self.secrets, acceptUnsignedBody: true)) }
  }

  private func refuse(_ provocation: @escaping Provocation) { provoke(.invalidConfig, provocation) }

  // MARK: Deliveries

  private func deliveries() throws {
    let auth = Auth.preset(.standardWebhooks, secrets: ["a": .base64(Data(Canary.secret.utf8).base64EncodedString())])
    let signed = try sign(body: Canary.body, auth: auth, id: Canary.token, now: Self.then).headers
    let verifier = try Verifier(auth: auth, profile: Self.profile, maxBodyBytes: 4096)
    let byURL = Auth.secretURL(query: "key", secrets: Self.secrets, acceptUnsignedBody: true)
    let quietly = try Verifier(auth: byURL, profile: Self.profile)
    typealias Lines = [(name: String, value: String)]
    func verifying(_ kind: ValifyError.Kind, _ lines: Lines, body: Data = Canary.body, now: Date = Self.then) {
      var headers = lines
      headers.append((name: "X-All", value: Canary.text))
      provoke(kind) { [headers] in try verifier.verify(body: body, headers: headers, now: now) }
    }
    func but(_ name: String, _ value: String? = nil) -> Lines {
      var lines = signed.filter { $0.name.lowercased() != name }
      if let value { lines.append((name: name, value: value)) }
      return lines
    }
    verifying(.signatureMissing, [])
    verifying(.signatureMissing, but("webhook-id"))
    verifying(.signatureMalformed, but("webhook-signature", "v1,\(Canary.secret)"))
    verifying(.signatureMalformed, but("webhook-id", Canary.name))
    verifying(.signatureMismatch, signed, body: Canary.body + Data(" ".utf8))
    verifying(.timestampMissing, but("webhook-timestamp"))
    verifying(.timestampMalformed, but("webhook-timestamp", Canary.nationalID + Canary.nationalID))
    verifying(.timestampOutOfTolerance, signed, now: Self.later)
    verifying(.bodyTooLarge, signed, body: Canary.body + Data(repeating: 32, count: 4096))
    verifying(.encodedBody, but("content-encoding", Canary.token))
    provoke(.misuse) { try quietly.verify(body: Canary.body, headers: ["X-All": Canary.text]) }
    provoke(.signatureMismatch) { try quietly.verify(body: Canary.body, headers: [:], url: "/hook?key=\(Canary.token)") }
    provoke(.signatureMissing) { try quietly.verify(body: Canary.body, headers: [:], url: "/hook?other=\(Canary.secret)") }
  }

  // MARK: Returns

  private func returns() throws {
    let state = try ReturnState(secrets: Self.secrets)
    let other = try ReturnState(secrets: ["2026-11": .utf8("another-fake-secret-of-tests")])
    let binding = try ReturnState.Binding()
    let returnURL = "\(Canary.back)?name=\(Canary.token)"
    func issued(_ state: ReturnState) throws -> String {
      try state.issue(
        returnURL: returnURL, referenceID: Canary.reference, expiresAt: Self.then.addingTimeInterval(60), binding: binding, now: Self.then
      ).returnURL
    }
    let (url, forged) = (try issued(state), try issued(other))
    func checking(_ kind: ValifyError.Kind, _ url: String, reference: String = Canary.reference, now: Date = Self.then) {
      provoke(kind) { try state.check(url: url, referenceID: reference, binding: Canary.secret, now: now) }
    }
    checking(.stateMissing, returnURL)
    checking(.stateMalformed, "\(returnURL)&vl=\(Canary.token)")
    checking(.stateForged, forged)
    checking(.stateExpired, url, now: Self.later)
    checking(.stateMismatch, url, reference: Canary.name)
    checking(.stateMismatch, url.replacingOccurrences(of: "shop.example", with: "\(Canary.token).example"))
    provoke(.invalidRequest) { try ReturnState.Binding(cookie: Canary.secret) }
  }

  // MARK: Records

  private func records() throws {
    let client = try ValifyLink(apiKey: Canary.key)
    let record = try client.requested(Self.request())
    let other = try client.requested(Self.request(Canary.token))
    let text = try record.toText()
    XCTAssert(text.contains(Canary.reference))
    let newer = text.replacingOccurrences(of: #""v":1"#, with: #""v":2"#)
    let unsaid = text.replacingOccurrences(of: #""environment":"#, with: #""\#(Canary.name)":"#)
    provoke(.recordMismatch) { try record.merge(other) }
    provoke(.recordNewer) { try Verification(text: newer) }
    provoke(.recordMalformed) { try Verification(text: unsaid) }
    provoke(.recordMalformed) { try Verification(text: String(decoding: Canary.body, as: UTF8.self)) }
    provoke(.recordMalformed) { try JSONDecoder().decode(Verification.self, from: try JSONEncoder().encode(Canary.text)) }
  }
}
