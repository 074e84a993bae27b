import Foundation
import ValifyLinkCore

/// Authenticates deliveries and reads them by a profile: the only maker of an ``Event``. Make it once and share it.
public struct Verifier: Sendable, HiddenContent {
  private let handle: VerifierHandle
  /// The largest body in bytes: read no more of a stream, and answer 413.
  public let maxBodyBytes: Int
  /// The environment that every event of this verifier carries.
  public let environment: ValifyLink.Environment

  /// Checks everything: an error of kind `invalid_config` says where.
  ///
  /// - Parameters:
  ///   - auth: How a delivery proves itself.
  ///   - profile: Where things are, and what values mean.
  ///   - environment: Where the deliveries come from. Default: production.
  ///   - maxBodyBytes: The largest body that is looked at. Default: 8 MiB.
  public init(auth: Auth, profile: Profile, environment: ValifyLink.Environment? = nil, maxBodyBytes: Int? = nil) throws {
    let document = Document.object([
      "auth": auth.document,
      "profile": profile.document,
      "environment": .text(optional: environment?.rawValue),
      "limits": maxBodyBytes.map { .object(["max_body_bytes": .integer(Int64($0))]) },
    ])
    try self.init(document: document.json)
  }

  /// Reads a `verifier` document as every host spells it (advanced).
  public init(document json: String) throws {
    (handle, maxBodyBytes, environment) = try core {
      let handle = try VerifierHandle.fromDocument(json: json)
      return (handle, Int(try handle.maxBodyBytes()), try handle.environment())
    }
  }

  /// Authenticates one delivery and says what it says.
  ///
  /// After authentication nothing is refused: a signed body that cannot be read is an event with outcome `indeterminate` and a problem.
  ///
  /// - Parameters:
  ///   - body: The raw body as received: what a JSON parser has read and written again is another body.
  ///   - headers: The header lines.
  ///   - url: The request target or absolute URL, undecoded. Only a secret in the URL needs it.
  ///   - now: The time of receipt.
  /// - Throws: ``ValifyError`` of category `signature`: answer with ``ValifyError/deliveryStatus`` and no body, whatever the kind.
  public func verify(body: Data, headers: Headers, url: String? = nil, now: Date = Date()) throws -> Event {
    let received = Received(headers: headers.lines, url: url, at: Moment(now))
    return try core { try Event(try handle.verify(body: body, received: received), body) }
  }

  /// The same with pairs.
  public func verify(body: Data, headers: some Sequence<(name: String, value: String)>, url: String? = nil, now: Date = Date()) throws
    -> Event
  {
    try verify(body: body, headers: Headers(headers), url: url, now: now)
  }

  /// The same with a mapping.
  public func verify(body: Data, headers: [String: String], url: String? = nil, now: Date = Date()) throws -> Event {
    try verify(body: body, headers: Headers(headers), url: url, now: now)
  }

  /// Says which mistake makes a delivery fail: for your log, and never for the answer.
  ///
  /// - Parameters:
  ///   - body: The raw body as received.
  ///   - headers: The header lines.
  ///   - url: The request target, as for verifying.
  ///   - older: Secrets of earlier days, to be tried as well.
  ///   - now: The time of receipt.
  public func diagnose(
    body: Data, headers: Headers, url: String? = nil, older: Secrets = [:], now: Date = Date()
  ) throws -> Diagnosis {
    let received = Received(headers: headers.lines, url: url, at: Moment(now))
    let older = try older.handles()
    return try core { Diagnosis(try handle.diagnose(body: body, received: received, older: older)) }
  }

  /// Nothing but the environment.
  public var description: String { "Verifier(\(environment), hidden)" }
}

/// Reads a body that nobody has authenticated, for support and for setting up. From what it returns, nothing leads to passed.
public func readUnverified(body: Data, profile: Profile) throws -> UnverifiedEvent {
  try core { try UnverifiedEvent(try ValifyLinkCore.readUnverified(profile: profile.document.json, body: body), body) }
}

/// What makes a delivery authentic. Values stay hidden.
public struct Signed: Sendable, HiddenContent {
  /// The headers to send, besides those of HTTP itself.
  public let headers: [(name: String, value: String)]
  /// Path and query to send to, for a secret in the URL alone.
  public let url: String?

  /// The names of the headers.
  public var description: String { "Signed(\(headers.map(\.name).joined(separator: ", ")))" }
}

/// Makes what a verifier with this `auth` accepts, with the first of its secrets: for tests.
///
/// - Parameters:
///   - body: The body.
///   - auth: The scheme.
///   - id: The delivery's id: 1 to 128 of `A-Z a-z 0-9 - _`, needed where the scheme signs one.
///   - now: The time.
public func sign(body: Data, auth: Auth, id: String? = nil, now: Date = Date()) throws -> Signed {
  let signed = try core { try ValifyLinkCore.sign(auth: auth.document.json, body: body, id: id, now: Moment(now)) }
  return Signed(headers: signed.headers.map { ($0.name, $0.value) }, url: signed.url)
}
