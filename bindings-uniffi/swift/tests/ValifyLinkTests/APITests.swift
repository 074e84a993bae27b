import CCrypto
import Foundation
import ValifyLink
import XCTest

/// The public API's own promises, beside what the vectors hold.
final class APITests: XCTestCase {
  private let auth = Auth.preset(.xValifySignatureUnverified, secrets: ["2026-11": .utf8("fake-webhook-secret-0001")])
  private let profile = Profile(
    matchesBy: .sessionToken, sessionToken: ["/token"], referenceID: ["/reference"], occurredAt: ["/at"], decision: ["/status"],
    decisions: ["approved": .passed, "rejected": .failed, true: .failed, 1: .review])

  private func event(_ fields: String, now: Date = Date()) throws -> Event {
    let verifier = try Verifier(auth: auth, profile: profile, environment: .production)
    let body = Data("{\(fields)}".utf8)
    return try verifier.verify(body: body, headers: try sign(body: body, auth: auth, now: now).headers, now: now)
  }

  func testTheVersionIsTheProjects() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..")
    let manifest = try String(contentsOf: root.appendingPathComponent("Cargo.toml").standardizedFileURL, encoding: .utf8)
    XCTAssert(manifest.contains("[workspace.package]\nversion = \"\(ValifyLink.version)\""))
  }

  /// The generated writer of instants truncates, and half of all milliseconds have no exact Date: none may move.
  func testMillisecondsSurvive() throws {
    let client = try ValifyLink(apiKey: "fake-key-0001")
    let base = 1_768_377_474_000.0
    for millisecond in 0..<1000 {
      let date = Date(timeIntervalSince1970: (base + Double(millisecond)) / 1000)
      let request = LinkRequest(returnURL: back, referenceID: "r", expiresAt: date)
      let call = try CreateLink(config: client.config, request: request, now: Date(timeIntervalSince1970: base / 1000 - 3600))
      let body = String(decoding: try call.request().body, as: UTF8.self)
      let digits = String(format: "%03d", millisecond)
      XCTAssert(body.contains("2026-01-14T07:57:54.\(digits)Z"), "\(digits): \(body)")
      let event = try event(#""token":"5e55104e-0001","at":"2026-01-14T07:57:54.\#(digits)Z""#, now: date)
      for instant in [event.receivedAt, try XCTUnwrap(event.occurredAt)] {
        XCTAssertEqual((instant.timeIntervalSince1970 * 1000).rounded(), base + Double(millisecond))
        XCTAssertEqual(instant.timeIntervalSinceReferenceDate, (base - 978_307_200_000) / 1000 + Double(millisecond) / 1000)
      }
    }
  }

  func testHalvesRoundUpAndTheCarryIsCarried() throws {
    let client = try ValifyLink(apiKey: "fake-key-0001")
    let now = Date(timeIntervalSince1970: 1_768_370_000)
    let cases = [
      (1_768_377_474.9715, "54.972Z"), (1_768_377_474.9714, "54.971Z"), (1_768_377_474.9995, "55.000Z"), (1_768_377_474.9999999, "55.000Z"),
    ]
    for (seconds, digits) in cases {
      let request = LinkRequest(returnURL: back, referenceID: "r", expiresAt: Date(timeIntervalSince1970: seconds))
      let body = String(decoding: try CreateLink(config: client.config, request: request, now: now).request().body, as: UTF8.self)
      XCTAssert(body.contains("2026-01-14T07:57:\(digits)"), body)
    }
  }

  func testADateThatNoCalendarHoldsIsRefused() async throws {
    let client = try ValifyLink(apiKey: "fake-key-0001")
    for seconds in [Double.nan, .infinity, -.infinity, 1e300, -1e12, 1e17] {
      let request = LinkRequest(returnURL: back, referenceID: "r", expiresAt: Date(timeIntervalSinceReferenceDate: seconds))
      let error = try await throwing(.invalidRequest) { try await client.createLink(request) }
      XCTAssertEqual(error.field, "expires_at")
    }
    _ = try? event("", now: Date(timeIntervalSinceReferenceDate: .nan))
  }

  func testADurationThatDoesNotFitIsRefused() async throws {
    for timeout in [Duration.seconds(Int64.max), .seconds(-1), .zero, .milliseconds(0.4)] {
      let error = try await throwing(.invalidConfig) { try ValifyLink(apiKey: "fake-key-0001", timeout: timeout) }
      XCTAssertEqual(error.field, "timeout_ms")
      let client = try ValifyLink(apiKey: "fake-key-0001")
      let other = try await throwing(.invalidRequest) { try await client.createLink(.example(), timeout: timeout) }
      XCTAssertEqual(other.field, "timeout_ms")
    }
  }

  func testAMissingSecretIsRefusedByItsPlace() async throws {
    let error = try await throwing(.invalidConfig) {
      try Verifier(auth: .preset(.xValifySignatureUnverified, secrets: ["2026-11": .utf8(nil)]), profile: profile)
    }
    XCTAssert(error.field?.hasPrefix("secrets[0]") ?? false, "\(error)")
  }

  func testASignatureOfAnothersMakingIsBelieved() throws {
    let (secret, body) = (Array("fake-webhook-secret-0001".utf8), Array(#"{"token":"5e55104e-0001","status":"approved"}"#.utf8))
    var digest = [UInt8](repeating: 0, count: 32)
    _ = HMAC(EVP_sha256(), secret, Int32(secret.count), body, body.count, &digest, nil)
    let hex = digest.map { String(format: "%02x", $0) }.joined()
    let event = try Verifier(auth: auth, profile: profile).verify(body: Data(body), headers: ["x-valify-signature": hex])
    XCTAssertEqual(event.outcome, .passed)
    XCTAssertEqual(event.authenticatedBy.secret, "2026-11")
    XCTAssertEqual(try event.raw(at: "/status"), #""approved""#)
    XCTAssertNil(try event.raw(at: "/nothing"))
    XCTAssertThrowsError(try event.raw(at: "status")) { XCTAssertEqual(($0 as? ValifyError)?.kind, .misuse) }
  }

  func testARecordHasTheSameAnswerInAnyOrder() throws {
    let client = try ValifyLink(apiKey: "fake-key-0001")
    let now = Date(timeIntervalSince1970: 1_768_377_474)
    let state = try ReturnState(secrets: ["a": .utf8("an-example-key-of-32-fake-bytes!")])
    let binding = try ReturnState.Binding(cookie: try ReturnState.Binding().toCookie())
    let issued = try state.issue(
      returnURL: back, referenceID: "user-1", expiresAt: now.addingTimeInterval(2400), binding: binding, now: now)
    let request = LinkRequest(returnURL: issued.returnURL, referenceID: "user-1", expiresAt: now.addingTimeInterval(1800))
    let call = try CreateLink(config: client.config, request: request, now: now)
    let answer = #"{"session_token":"5e55104e-0001","redirect_url":"https://verify.valifysolutions.com/?token=5e55104e-0001"}"#
    let link = try call.parse(ValifyLink.HTTPResponse(status: 200, headers: [:], body: Data(answer.utf8)), now: now)
    let returned = try state.check(url: issued.returnURL, referenceID: "user-1", binding: try binding.toCookie(), now: now)
    let event = try event(#""token":"5e55104e-0001","reference":"user-1","status":"approved""#, now: now.addingTimeInterval(60))

    let requested = try client.requested(request, nonce: issued.nonce, now: now)
    let one = try requested.issued(link).returned(returned).add(event)
    let other = try requested.add(event).returned(returned).issued(link).add(event)
    XCTAssertEqual(one, other)
    XCTAssertEqual(try requested.issued(link).merge(requested.add(event)).merge(requested.returned(returned)), one)
    XCTAssertEqual(try one.toText(), try other.toText())
    XCTAssertEqual(try Verification(text: try one.toText()), one)
    XCTAssertEqual(try JSONDecoder().decode(Verification.self, from: try JSONEncoder().encode(one)), one)
    XCTAssertEqual(try one.status(now: now.addingTimeInterval(61)), .passed)
    XCTAssert(try one.mayProceed())
    XCTAssertFalse(try requested.mayProceed())
    XCTAssertEqual(one.returnedInBoundBrowser, .yes)
    XCTAssertEqual(one.keys.tokenHash, event.keys.tokenHash)
    XCTAssertEqual(one.keys.nonceHash, returned.keys.nonceHash)
    XCTAssertEqual(try Verification.route(event, among: [requested, one]), .one(1))
    XCTAssertEqual(try Verification.route(event, among: []), .none)
    XCTAssertEqual(try one.resolve(.failed, operator: "ops", reason: "T-1", at: now.addingTimeInterval(90)).status(), .failed)
    XCTAssertThrowsError(try one.add(try self.event(#""token":"another-token-1","status":"approved""#))) {
      XCTAssertEqual(($0 as? ValifyError)?.kind, .recordMismatch)
    }
  }

  func testADiagnosisNamesTheMistake() throws {
    let verifier = try Verifier(auth: auth, profile: profile)
    let body = Data("{}".utf8)
    let old = Auth.preset(.xValifySignatureUnverified, secrets: ["old": .utf8("fake-webhook-secret-0000")])
    let headers = Headers(try sign(body: body, auth: old).headers)
    let found = try verifier.diagnose(body: body, headers: headers, older: ["old": .utf8("fake-webhook-secret-0000")])
    XCTAssertEqual(found.findings.map(\.mistake), [.olderSecret])
    XCTAssertEqual(found.findings[0].secret, "old")
    XCTAssertEqual(found.refused, .signatureMismatch)
  }

  func testAnInspectionProposesAProfile() throws {
    let body = Data(#"{"data":{"token":"5e55104e-0000-4000-8000-000000000001","reference_id":"user-1"}}"#.utf8)
    let headers = Headers(try sign(body: body, auth: auth).headers)
    let inspection = try inspect(body: body, headers: headers, candidates: [auth])
    XCTAssert(inspection.json.contains("proposal"), inspection.json)
    XCTAssertFalse(inspection.json.contains("user-1"))
  }

  func testANationalIdNumberIsRead() throws {
    let number = try NationalId("٣٠١٠١٠١ 0100009", now: Date(timeIntervalSince1970: 1_768_377_474))
    XCTAssertEqual(number.digits, "30101010100009")
    XCTAssertEqual(number.birthDate, "2001-01-01")
    XCTAssertEqual(number.governorate?.english, "Cairo")
    XCTAssertEqual(number.warnings, [])
    XCTAssertEqual(try number.pseudonym(key: .utf8("fake-pseudonym-key-0001")).count, 64)
    XCTAssertThrowsError(try NationalId("1")) { XCTAssertEqual(($0 as? ValifyError)?.field, "national_id") }
  }

  func testNamesOfMembersAreFoundAgain() {
    for kind in ValifyError.Kind.allCases { XCTAssertEqual(ValifyError.Kind(rawValue: kind.rawValue), kind) }
    for mistake in Diagnosis.Mistake.allCases { XCTAssertEqual(Diagnosis.Mistake(rawValue: mistake.rawValue), mistake) }
    XCTAssertEqual(Verification.Status.allCases.map(\.rawValue).first, "requested")
    XCTAssertNil(Outcome(rawValue: "Passed"))
  }
}
