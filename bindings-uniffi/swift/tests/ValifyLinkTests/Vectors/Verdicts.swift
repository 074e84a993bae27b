import Foundation
import ValifyLink

/// Canonical fields of what the public API gives: made here from its values, never by the core.
enum Verdicts {
  static func error(_ error: ValifyError) -> [String: JSON] {
    JSON.present([
      "kind": .text(error.kind.rawValue),
      "field": .text(optional: error.field),
      "status": error.status.map { .integer(Int64($0)) },
      "code": .text(optional: error.code),
    ])
  }

  static func request(_ request: ValifyLink.HTTPRequest) -> [String: JSON] {
    JSON.present([
      "method": .text(request.method),
      "url": .text(request.url),
      "headers": lines(request.headers),
      "body": .text(String(decoding: request.body, as: UTF8.self)),
    ])
  }

  static func lines(_ headers: [(name: String, value: String)]) -> JSON {
    let fields = Dictionary(headers.map { ($0.name.lowercased(), $0.value) }) { _, _ in "twice" }
    return .texts(fields)
  }

  static func link(_ link: Link) -> [String: JSON] {
    JSON.present([
      "redirect_url": .text(link.redirectURL),
      "session_token": .text(link.sessionToken),
      "reference_id": .text(link.referenceID),
      "flow": .text(optional: link.flow),
      "expires_at": .text(instant(link.expiresAt)),
      "environment": .text(link.environment.rawValue),
    ])
  }

  static func event(_ event: Event) throws -> [String: JSON] {
    let by = event.authenticatedBy
    let checks = Dictionary(uniqueKeysWithValues: event.checks.map { ($0.key.rawValue, $0.value.rawValue) })
    return JSON.present([
      "environment": .text(event.environment.rawValue),
      "outcome": .text(event.outcome.rawValue),
      "checks": .texts(checks),
      "problem": .text(optional: event.problem?.rawValue),
      "reference_id": .text(optional: event.referenceID),
      "session_token": .text(optional: event.sessionToken),
      "flow": .text(optional: event.flow),
      "transaction_id": .text(optional: event.transactionID),
      "occurred_at": .text(optional: event.occurredAt.map(instant)),
      "received_at": .text(instant(event.receivedAt)),
      "subject": .texts(event.subject),
      "dedupe_key": .text(try event.dedupeKey),
      "authenticated_by": .object([
        "scheme": .text(by.scheme.rawValue), "secret": .text(by.secret), "body_signed": .bool(by.bodySigned), "fresh": .bool(by.fresh),
      ]),
      "raw": .text(sha256(event.raw)),
    ])
  }

  static func diagnosis(_ diagnosis: Diagnosis) -> [String: JSON] {
    JSON.present([
      "refused": .text(optional: diagnosis.refused?.rawValue),
      "mistakes": .list(diagnosis.findings.map { .text($0.mistake.rawValue) }),
      "off_by_ms": diagnosis.findings.compactMap(\.offBy).first.map { .integer(milliseconds($0)) },
    ])
  }

  static func signed(_ signed: Signed) -> [String: JSON] {
    JSON.present(["headers": lines(signed.headers), "url": .text(optional: signed.url)])
  }

  static func step(_ step: CreateLink.Step) -> [String: JSON] {
    switch step {
    case .send(let http):
      request(http).merging(["step": .text("send"), "timeout_ms": .integer(milliseconds(http.timeout))]) { $1 }
    case .wait(let delay): ["step": .text("wait"), "delay_ms": .integer(milliseconds(delay))]
    case .done(let done): link(done).merging(["step": .text("done")]) { $1 }
    }
  }

  static func errorStep(_ error: ValifyError) -> [String: JSON] {
    let more = JSON.present([
      "step": .text("error"),
      "retry_after_ms": error.retryAfter.map { .integer(milliseconds($0)) },
      "reference_id": .text(optional: error.referenceID),
    ])
    return self.error(error).merging(more) { $1 }
  }

  static func milliseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
  }

  /// `YYYY-MM-DDTHH:MM:SS.mmmZ`, by a calendar that is not the package's.
  static func instant(_ date: Date) -> String {
    let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
    let rest = ((milliseconds % 1000) + 1000) % 1000
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
    let whole = Date(timeIntervalSince1970: Double((milliseconds - rest) / 1000))
    let part = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: whole)
    let (year, month, day) = (part.year ?? 0, part.month ?? 0, part.day ?? 0)
    return String(format: "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, day, part.hour ?? 0, part.minute ?? 0, part.second ?? 0, rest)
  }

  /// The `Date` of a vector's RFC 3339 text, which has at most milliseconds.
  static func moment(_ value: JSON?) throws -> Date {
    guard let text = value?.string else { throw Missing("no instant: \(value?.canonical ?? "absent")") }
    guard let point = text.firstIndex(of: ".") else { return try whole(text) }
    let digits = text[text.index(after: point)...].prefix { $0.isNumber }
    let date = try whole(String(text[..<point]) + text[digits.endIndex...])
    // From 2001, as a Date counts, so that nothing is lost in between.
    return Date(timeIntervalSinceReferenceDate: date.timeIntervalSinceReferenceDate + (Double("0." + digits) ?? 0))
  }

  private static func whole(_ text: String) throws -> Date {
    guard let date = ISO8601DateFormatter().date(from: text) else { throw Missing("no instant: \(text)") }
    return date
  }
}
