import Foundation
import ValifyLinkCore

/// What ``Verifier/diagnose(body:headers:url:older:now:)`` has found. Nothing in it has key material or anything of the delivery.
public struct Diagnosis: Sendable, CustomStringConvertible {
  /// What is wrong with a delivery, or with the configuration that it was held against.
  public typealias Mistake = ValifyLinkCore.Mistake

  /// One mistake, with what may be said of it without a secret or any content.
  public struct Finding: Sendable {
    /// Which mistake.
    public let mistake: Mistake
    /// What to do.
    public let advice: String
    /// What was found in place of the configured or expected, such as `base64`.
    public let found: String?
    /// The header that it is about.
    public let header: String?
    /// The id of the secret that fits. Not secret.
    public let secret: String?
    /// The signed timestamp less now: negative if the sender's clock is behind, or the delivery is old.
    public let offBy: Duration?
  }

  /// The kind by which verifying refuses the delivery; absent if it verifies.
  public let refused: ValifyError.Kind?
  /// At least one, each mistake once.
  public let findings: [Finding]
  /// One line for each finding.
  public let description: String
  /// The same as JSON text.
  public let json: String

  init(_ view: DiagnosisView) {
    refused = view.refused
    findings = view.findings.map {
      Finding(
        mistake: $0.mistake, advice: $0.advice, found: $0.found, header: $0.header, secret: $0.secret,
        offBy: $0.offByMs.map { .milliseconds($0) })
    }
    description = view.text
    json = view.json
  }
}

/// The form of one delivery, every value masked.
public struct Inspection: Sendable, CustomStringConvertible {
  /// For people.
  public let description: String
  /// For programs: JSON text with headers, the body's form and shape, what became of the candidates, and a proposal for a profile where one of
  /// them authenticates the delivery. Never what values mean.
  public let json: String
}

/// What a delivery looks like, without what it says: the first real one becomes configuration, and nobody's data is shown.
///
/// - Parameters:
///   - body: The raw body as received.
///   - headers: The header lines.
///   - url: The request target or absolute URL, undecoded.
///   - candidates: Schemes that may authenticate the delivery.
///   - environment: Where the candidates' secrets are from.
///   - now: The time of receipt.
public func inspect(
  body: Data, headers: Headers, url: String? = nil, candidates: [Auth] = [], environment: ValifyLink.Environment = .production,
  now: Date = Date()
) throws -> Inspection {
  let received = Received(headers: headers.lines, url: url, at: Moment(now))
  let view = try core {
    try ValifyLinkCore.inspect(body: body, received: received, candidates: candidates.map(\.document.json), environment: environment)
  }
  return Inspection(description: view.text, json: view.json)
}
