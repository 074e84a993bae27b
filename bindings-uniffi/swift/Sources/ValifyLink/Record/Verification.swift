import Foundation
import ValifyLinkCore

/// What is known about one attempt, whatever the order it arrived in. Immutable: what adds a fact gives another record.
///
/// Store the record of ``ValifyLink/ValifyLink/requested(_:nonce:now:)`` before the call for a link, and make every later write an atomic
/// merge (a row lock, or compare-and-swap), never a put. The storage is trusted: whoever can write a record can write a verdict.
public struct Verification: Sendable, Equatable, HiddenContent {
  /// What is known about an attempt.
  public typealias Status = ValifyLinkCore.Status
  /// Whether the browser that came back is the one that started.
  public typealias BoundBrowser = ValifyLinkCore.BoundBrowser

  /// What to look a record's row up by: the token first, then the nonce, then the reference.
  public struct Keys: Sendable, Equatable, HiddenContent {
    /// The hash of the session token, where it is known: 32 hexadecimal digits.
    public let tokenHash: String?
    /// The hash of the return state's nonce, where there is one: 32 hexadecimal digits.
    public let nonceHash: String?
    /// The reference, where it is known. It may have several rows: one for each attempt of that user.
    public let referenceID: String?

    init(_ keys: ValifyLinkCore.Keys) {
      tokenHash = keys.tokenHash
      nonceHash = keys.nonceHash
      referenceID = keys.referenceId
    }

    /// The hashes.
    public var description: String { "Keys(token: \(tokenHash ?? "none"), nonce: \(nonceHash ?? "none"))" }
  }

  private let handle: VerificationHandle
  /// The environment that everything in this record belongs to.
  public let environment: ValifyLink.Environment
  /// The columns to look this record up by.
  public let keys: Keys
  /// Whether the browser that came back is the one that started: `no` outweighs `yes`. A signal, not a gate: people change browsers honestly.
  public let returnedInBoundBrowser: BoundBrowser

  init(_ handle: VerificationHandle) throws {
    self.handle = handle
    (environment, keys, returnedInBoundBrowser) = try core {
      (try handle.environment(), Keys(try handle.keys()), try handle.returnedInBoundBrowser())
    }
  }

  /// Reads what ``toText()`` wrote, its members in any order, as a `jsonb` column gives it back.
  public init(text: String) throws {
    try self.init(try core { try VerificationHandle.fromText(text: text) })
  }

  /// Adds that the link was issued.
  public func issued(_ link: Link) throws -> Verification {
    try adding { try handle.issued(link: link.link) }
  }

  /// Adds that the browser came back. It never sets an outcome.
  public func returned(_ returned: Returned) throws -> Verification {
    try adding { try handle.returned(returned: returned.handle) }
  }

  /// Adds what a webhook said. `record_mismatch` for an event of another attempt: keep the delivery for a human.
  public func add(_ event: Event) throws -> Verification {
    try adding { try handle.add(event: event.handle) }
  }

  /// The union of two copies of the same record.
  public func merge(_ other: Verification) throws -> Verification {
    try adding { try handle.merge(other: other.handle) }
  }

  /// Adds an operator's word. No personal data belongs into it.
  ///
  /// - Parameters:
  ///   - outcome: What the operator says.
  ///   - operator: Who: 1 to 48 bytes.
  ///   - reason: Why, in at most 48 bytes: a ticket's number rather than its story.
  ///   - at: Orders it among resolutions and against events.
  public func resolve(_ outcome: Outcome, operator: String, reason: String, at: Date = Date()) throws -> Verification {
    try adding { try handle.resolve(outcome: outcome, operator: `operator`, at: Moment(at), reason: reason) }
  }

  /// What is known at this time.
  public func status(now: Date = Date()) throws -> Status {
    try core { try handle.status(now: Moment(now)) }
  }

  /// True for passed alone.
  public func mayProceed(now: Date = Date()) throws -> Bool {
    try core { try handle.mayProceed(now: Moment(now)) }
  }

  /// The canonical JSON text to store: the same bytes for the same record in every host, under 2 kB, without body, subject or token in clear.
  public func toText() throws -> String {
    try core { try handle.toText() }
  }

  /// Which of several records an event is about.
  public enum Route: Sendable, Equatable {
    /// The record at this place.
    case one(Int)
    /// None of them: keep the delivery for a human.
    case none
    /// Several fit equally: keep the delivery for a human.
    case ambiguous
  }

  /// Says which record an event is about: the one with its token; without such a one, the only one that would take it.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - records: All records that share the event's token or its reference.
  public static func route(_ event: Event, among records: [Verification]) throws -> Route {
    let view = try core { try ValifyLinkCore.route(event: event.handle, records: records.map(\.handle)) }
    if view.ambiguous { return .ambiguous }
    return view.index.map { .one(Int($0)) } ?? .none
  }

  /// Whether both say the same.
  public static func == (one: Verification, other: Verification) -> Bool {
    one.handle == other.handle
  }

  /// Nothing but the environment.
  public var description: String { "Verification(\(environment), hidden)" }

  private func adding(_ add: () throws -> VerificationHandle) throws -> Verification {
    try Verification(try core(add))
  }
}

/// A record is coded as its text.
extension Verification: Codable {
  /// Reads the text.
  public init(from decoder: any Decoder) throws {
    try self.init(text: try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(try toText())
  }
}
