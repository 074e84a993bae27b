import Foundation
import ValifyLinkCore

/// What an authenticated delivery says. Only a ``Verifier`` makes one; to queue one, queue the delivery and verify it again with its time of
/// receipt. One event is not the verdict: ask the record (``Verification``).
public struct Event: Sendable, HiddenContent {
  /// Why an event says less than it might.
  public typealias Problem = ValifyLinkCore.Problem

  /// What has been proven about a delivery, and with which secret.
  public struct AuthenticatedBy: Sendable, Equatable {
    /// How a delivery was authenticated.
    public typealias Scheme = ValifyLinkCore.SchemeName
    /// The kind of scheme.
    public let scheme: Scheme
    /// The id of the secret, or of what attests. Not secret.
    public let secret: String
    /// Whether the sender signed the body. If not, whoever learns the secret can say anything.
    public let bodySigned: Bool
    /// Whether a signed timestamp was within the tolerance. If not, an old delivery can be sent again.
    public let fresh: Bool
  }

  let handle: EventHandle
  private let view: EventView
  /// The personal fields that the profile names, by its names for them. Personal data.
  public let subject: [String: String]
  /// The exact bytes of the body. Personal data.
  public let raw: Data
  /// The columns to look the attempt's record up by.
  public let keys: Verification.Keys
  private let shown: String

  init(_ handle: EventHandle, _ body: Data) throws {
    self.handle = handle
    view = try handle.view()
    subject = try handle.subject()
    keys = Verification.Keys(try handle.keys())
    raw = body
    shown = "\(handle)"
  }

  /// The verifier's environment.
  public var environment: ValifyLink.Environment { view.environment }
  /// What the event says. Only a record knows what that means for an attempt.
  public var outcome: Outcome { view.outcome }
  /// The outcome of each module that the profile names and the event tells of.
  public var checks: [Profile.Module: Outcome] {
    let checks = view.checks
    let all: [Profile.Module: Outcome?] = [
      .ocr: checks.ocr, .faceMatch: checks.faceMatch, .liveness: checks.liveness, .emailOtp: checks.emailOtp, .phoneOtp: checks.phoneOtp,
    ]
    return all.compactMapValues { $0 }
  }
  /// Why the event says less than it might.
  public var problem: Problem? { view.problem }
  /// Your reference of the user. In no text.
  public var referenceID: String? { view.referenceId }
  /// The session that the event is about. In no text.
  public var sessionToken: String? { view.sessionToken }
  /// The flow that the event is about, as received.
  public var flow: String? { view.flow }
  /// Valify's id of the transaction.
  public var transactionID: String? { view.transactionId }
  /// When it occurred, by the event's own word. Proven only if the body was signed.
  public var occurredAt: Date? { view.occurredAt?.date }
  /// The time of receipt.
  public var receivedAt: Date { view.receivedAt.date }
  /// 64 hexadecimal digits, the same for the same delivery: guards your own side effects. Records need no such guard.
  ///
  /// Where no id is signed, each reading hashes the whole body.
  public var dedupeKey: String {
    get throws { try core { try handle.dedupeKey(body: raw) } }
  }
  /// What has been proven about the delivery, and with which secret.
  public var authenticatedBy: AuthenticatedBy {
    let by = view.authenticatedBy
    return AuthenticatedBy(scheme: by.scheme, secret: by.secret, bodySigned: by.bodySigned, fresh: by.fresh)
  }

  /// What does not fit among the personal fields, for a rule or a person of yours. It never changes an outcome.
  public func subjectWarnings(now: Date = Date()) throws -> [SubjectWarning] {
    try core { try handle.subjectWarnings(now: Moment(now)) }
  }

  /// One value of the body as its exact JSON text, so that no number is rounded on the way. Personal data.
  ///
  /// - Parameter pointer: A JSON pointer, such as `/data/status`.
  /// - Returns: Nothing if nothing stands there or the body cannot be read.
  public func raw(at pointer: String) throws -> String? {
    try core { try rawAt(body: raw, pointer: pointer) }
  }

  /// Everything but `session_token`, `subject` and the body as JSON text.
  public func toJSON() throws -> String {
    try core { try handle.toJson(body: raw) }
  }

  /// The outcome, and how it was authenticated.
  public var description: String { shown }
}

/// What does not fit among the personal fields of an event.
public typealias SubjectWarning = ValifyLinkCore.SubjectWarning

/// What a body claims that nobody has authenticated: for support and for setting up, never for a decision. It has no outcome, and nothing
/// takes it where an ``Event`` is needed.
public struct UnverifiedEvent: Sendable, HiddenContent {
  private let handle: UnverifiedEventHandle
  private let view: UnverifiedEventView
  /// The personal fields that the profile names, by its names for them. Personal data.
  public let subject: [String: String]
  /// The exact bytes of the body. Personal data.
  public let raw: Data

  init(_ handle: UnverifiedEventHandle, _ body: Data) throws {
    self.handle = handle
    view = try handle.view()
    subject = try handle.subject()
    raw = body
  }

  /// Why an event of this body would say less than it might.
  public var problem: Event.Problem? { view.problem }
  /// The reference that the body claims.
  public var referenceID: String? { view.referenceId }
  /// The session that the body claims.
  public var sessionToken: String? { view.sessionToken }
  /// The flow that the body claims.
  public var flow: String? { view.flow }
  /// The transaction that the body claims.
  public var transactionID: String? { view.transactionId }
  /// When it occurred, by the body's own word.
  public var occurredAt: Date? { view.occurredAt?.date }

  /// What does not fit among the personal fields.
  public func subjectWarnings(now: Date = Date()) throws -> [SubjectWarning] {
    try core { try handle.subjectWarnings(now: Moment(now)) }
  }

  /// One value of the body as its exact JSON text. Personal data.
  public func raw(at pointer: String) throws -> String? {
    try core { try rawAt(body: raw, pointer: pointer) }
  }

  /// Nothing of the body.
  public var description: String { "UnverifiedEvent(hidden)" }
}
