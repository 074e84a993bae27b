import Foundation
import ValifyLink
import XCTest

private let fakeKey = "fake-canary-key-0001"
private let fakeSecret = "fake-canary-secret-0001"
private let fakeReference = "canary-reference-0001"
private let fakeToken = "canary-token-0001"
private let fakeName = "Canary Person"

/// Nothing that is printed, dumped, mirrored or bridged shows a secret.
final class RedactionTests: XCTestCase {
  private static let auth = Auth.preset(.xValifySignatureUnverified, secrets: ["2026-11": .utf8(fakeSecret)])
  private static let profile = Profile(
    matchesBy: .sessionToken, sessionToken: ["/token"], referenceID: ["/reference"], decision: ["/status"],
    decisions: ["approved": .passed], subject: ["full_name": ["/name"]])
  private static let body = Data(
    #"{"token":"\#(fakeToken)","reference":"\#(fakeReference)","name":"\#(fakeName)","status":"approved"}"#.utf8)

  private func event() throws -> Event {
    let verifier = try Verifier(auth: Self.auth, profile: Self.profile)
    return try verifier.verify(body: Self.body, headers: try sign(body: Self.body, auth: Self.auth).headers)
  }

  private func assertHidden(_ value: Any, _ more: String..., file: StaticString = #filePath, line: UInt = #line) {
    let text = renderings(value)
    for hidden in [fakeKey, fakeSecret, fakeToken, fakeName, fakeReference] + more {
      XCTAssertFalse(text.contains(hidden), "\(type(of: value)) shows \(hidden): \(text)", file: file, line: line)
    }
  }

  func testTheWalkFindsWhatIsThere() {
    struct Open { let inner: [String: [Any]] }
    XCTAssert(renderings(Open(inner: ["a": [fakeKey as Any]])).contains(fakeKey))
    XCTAssert(renderings(NSError(domain: "d", code: 1, userInfo: [NSLocalizedDescriptionKey: fakeKey])).contains(fakeKey))
  }

  func testAClientShowsNothing() async throws {
    let server = Server.ofLinks()
    defer { server.close() }
    let client = try ValifyLink(apiKey: fakeKey, baseURL: server.baseURL, environment: .sandbox)
    let request = LinkRequest(returnURL: back, referenceID: fakeReference, expiresAt: Date().addingTimeInterval(300))
    let link = try await client.createLink(request)
    let machine = try CreateLink(config: client.config, request: request)
    let http = try machine.request()
    XCTAssert(http.headers.contains { $0.value == fakeKey })
    let response = ValifyLink.HTTPResponse(status: 200, headers: ["X": fakeToken], body: Self.body)
    let things: [Any] = [client, client.config, request, link, machine, http, response, try client.requested(request), try machine.start()]
    for thing in things { assertHidden(thing, link.sessionToken, link.redirectURL) }
  }

  func testAnErrorShowsNothing() async throws {
    let unsafe = #"{"session_token":"\#(fakeToken)","redirect_url":"https://evil.example/?token=\#(fakeToken)"}"#
    let answers: [(ValifyError.Kind, String, String)] = [
      (.unsafeLink, "200 OK", unsafe), (.malformedResponse, "200 OK", fakeToken), (.serverError, "503 Unavailable", ""),
      (.unauthorized, "401 Unauthorized", #"{"message":"\#(fakeToken)"}"#), (.rejected, "422 No", #"{"error_code":"\#(fakeToken) "}"#),
    ]
    for (kind, status, body) in answers {
      let server = Server { connection in
        connection.request()
        connection.answer(Array(body.utf8), status)
      }
      defer { server.close() }
      assertHidden(try await failure(kind, server))
    }
    let cut = Server { $0.request() }
    defer { cut.close() }
    let error = try await failure(.outcomeUnknown, cut)
    XCTAssertEqual(error.referenceID, fakeReference)
    assertHidden(error)
  }

  private func failure(_ kind: ValifyError.Kind, _ server: Server) async throws -> ValifyError {
    let client = try ValifyLink(apiKey: fakeKey, baseURL: server.baseURL, environment: .sandbox, maxRetries: 0)
    let request = LinkRequest(returnURL: back, referenceID: fakeReference, expiresAt: Date().addingTimeInterval(300))
    return try await throwing(kind) { try await client.createLink(request) }
  }

  func testAnErrorOfConstructionShowsNothing() async throws {
    let refused: [() throws -> Any] = [
      { try ValifyLink(apiKey: fakeKey + " ") },
      { try ValifyLink(apiKey: fakeKey, baseURL: "not a URL of \(fakeSecret)") },
      { try ValifyLink.Config(document: #"{"api_key":"\#(fakeKey) "}"#) },
      { try Verifier(auth: .preset(.stripeStyle, secrets: ["a b": .utf8(fakeSecret)]), profile: Self.profile) },
      { try Verifier(auth: .preset(.stripeStyle, secrets: ["a": .base64(fakeSecret)]), profile: Self.profile) },
      { try Verifier(document: fakeSecret) },
    ]
    for make in refused { assertHidden(try await throwing(.invalidConfig) { try make() }) }
  }

  func testWhatIsReadableInAnError() async throws {
    let error = try await throwing(.invalidConfig) { try ValifyLink(apiKey: nil) }
    XCTAssertEqual(error.field, "api_key")
    XCTAssertEqual(error.category, .config)
    XCTAssert("\(error)".hasPrefix("invalid_config at api_key: "), "\(error)")
    XCTAssertEqual(error.localizedDescription, "\(error)")
    XCTAssertEqual((error as NSError).localizedDescription, "\(error)")
    XCTAssertEqual(error.failureReason, error.detail)
  }

  func testAnEventShowsNothingOfItsBody() throws {
    let event = try event()
    XCTAssertEqual(event.subject["full_name"], fakeName)
    XCTAssertEqual(event.sessionToken, fakeToken)
    assertHidden(event)
    assertHidden(event.keys)
    assertHidden(event.authenticatedBy)
    assertHidden(try readUnverified(body: Self.body, profile: Self.profile))
    assertHidden(try inspect(body: Self.body, headers: ["X-Key": fakeSecret], candidates: [Self.auth]))
    let json = try event.toJSON()
    XCTAssert(json.contains(fakeReference))
    for hidden in [fakeToken, fakeName] { XCTAssertFalse(json.contains(hidden)) }
  }

  func testARefusedDeliverySaysNothingOfItself() async throws {
    let verifier = try Verifier(auth: Self.auth, profile: Self.profile)
    let headers = Headers(["X-Valify-Signature": String(repeating: "0", count: 64)])
    let error = try await throwing(.signatureMismatch) { try verifier.verify(body: Self.body, headers: headers) }
    assertHidden(error)
    assertHidden(verifier)
    assertHidden(try verifier.diagnose(body: Self.body, headers: headers))
  }

  func testOptionsAndSecretsShowNothing() throws {
    let secret = Secret.utf8(fakeSecret)
    XCTAssertEqual("\(secret)", "Secret.utf8(hidden)")
    let secrets: Secrets = ["a": secret]
    let state = try ReturnState(secrets: secrets)
    let binding = try ReturnState.Binding()
    let issued = try state.issue(
      returnURL: back, referenceID: fakeReference, expiresAt: Date().addingTimeInterval(300), binding: binding)
    let returned = try state.check(url: issued.returnURL, referenceID: fakeReference, binding: try binding.toCookie())
    let signed = try sign(body: Data(), auth: .staticHeader("X-Key", secrets: secrets, acceptUnsignedBody: true))
    XCTAssertEqual(signed.headers.map(\.value), [fakeSecret])
    let things: [Any] = [secret, secrets, Self.auth, state, binding, issued, returned, signed, Headers(signed.headers)]
    for thing in things { assertHidden(thing, try binding.toCookie(), issued.nonce, issued.returnURL) }
    let number = try NationalId("30101010100009")
    assertHidden(number, number.digits)
  }
}
