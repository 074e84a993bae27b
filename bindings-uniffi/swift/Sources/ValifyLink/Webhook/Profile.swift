import ValifyLinkCore

/// Where things are in a body, by ordered lists of JSON pointers (RFC 6901), and what values mean.
///
/// All pointers of a list that resolve must agree.
public struct Profile: Sendable {
  /// By what an event is matched to an attempt.
  public typealias MatchesBy = ValifyLinkCore.MatchesBy
  /// A step of the verification.
  public typealias Module = ValifyLinkCore.Module
  /// What makes an event's outcome.
  public typealias PassedWhen = ValifyLinkCore.PassedWhen

  /// A value as it stands in the body. Matched exactly and by JSON type: `true` is not `"true"`.
  public enum Value: Sendable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    /// A text.
    case text(String)
    /// A boolean.
    case bool(Bool)
    /// An integer within ±(2^53−1).
    case integer(Int64)

    /// A text as it is written.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A boolean as it is written.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer as it is written.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    fileprivate var document: Document {
      switch self {
      case .text(let text): .text(text)
      case .bool(let bool): .bool(bool)
      case .integer(let number): .integer(number)
      }
    }
  }

  /// What values mean. Whatever is not listed is indeterminate: never passed, never failed.
  ///
  /// A literal serves: `["approved": .passed, "rejected": .failed]`.
  public struct Meanings: Sendable, ExpressibleByDictionaryLiteral {
    fileprivate let pairs: [(Value, Outcome)]

    /// Meanings that are not known until the program runs.
    public init(_ pairs: some Sequence<(Value, Outcome)>) {
      self.pairs = Array(pairs)
    }

    /// Meanings as they are written.
    public init(dictionaryLiteral elements: (Value, Outcome)...) {
      pairs = elements
    }

    fileprivate var document: Document {
      .list(pairs.map { .object(["value": $0.document, "outcome": .text($1.rawValue)]) })
    }
  }

  /// Where the outcome of one module is, and what its values mean.
  public struct Check: Sendable {
    fileprivate let document: Document

    /// - Parameters:
    ///   - at: JSON pointers.
    ///   - values: What the values there mean.
    public init(at: [String], values: Meanings) {
      document = .object(["at": .texts(at), "values": values.document])
    }
  }

  let document: Document

  /// - Parameters:
  ///   - matchesBy: By what an event is matched to an attempt. Required, and the pointers it needs.
  ///   - sessionToken: Where the session token is.
  ///   - referenceID: Where your reference is.
  ///   - transactionID: Where Valify's id of the transaction is.
  ///   - flow: Where the flow is.
  ///   - occurredAt: Where the time of occurrence is.
  ///   - decision: Where the decision is.
  ///   - decisions: What its values mean.
  ///   - checks: The same for single modules.
  ///   - subject: Personal fields by names of your own. With the names that Valify's OCR uses (`front_nid`, `date_of_birth`, …) they are
  ///     checked against each other.
  ///   - passedWhen: What makes the outcome. Default: the decision alone.
  ///   - referencePerLink: Your word that each link has a reference of its own.
  ///   - latestDecisionWins: Of opposite decisions, let the latest by its signed time win, for flows that allow several trials.
  public init(
    matchesBy: MatchesBy, sessionToken: [String] = [], referenceID: [String] = [], transactionID: [String] = [], flow: [String] = [],
    occurredAt: [String] = [], decision: [String] = [], decisions: Meanings = [:], checks: [Module: Check] = [:],
    subject: [String: [String]] = [:], passedWhen: PassedWhen? = nil, referencePerLink: Bool? = nil, latestDecisionWins: Bool? = nil
  ) {
    document = .object([
      "matches_by": .text(matchesBy.rawValue),
      "session_token": .texts(present: sessionToken),
      "reference_id": .texts(present: referenceID),
      "transaction_id": .texts(present: transactionID),
      "flow": .texts(present: flow),
      "occurred_at": .texts(present: occurredAt),
      "decision": .texts(present: decision),
      "decisions": decisions.pairs.isEmpty ? nil : decisions.document,
      "checks": checks.isEmpty ? nil : .fields(checks.map { ($0.key.rawValue, $0.value.document) }),
      "subject": subject.isEmpty ? nil : .fields(subject.map { ($0.key, Document.list($0.value.map(Document.text))) }),
      "passed_when": .text(optional: passedWhen?.rawValue),
      "reference_per_link": .bool(optional: referencePerLink),
      "latest_decision_wins": .bool(optional: latestDecisionWins),
    ])
  }

  /// Reads a `profile` document as every host spells it (advanced).
  public init(document json: String) {
    document = .verbatim(json)
  }
}
