import Foundation
import ValifyLinkCore

/// The one error of this package: what went wrong, where, and what to do now.
///
/// No rendering shows a key, a token, anything of a body, or ``referenceID``, and nothing of a transport's own error is kept but its cleaned
/// text. A cancelled task throws `CancellationError` instead.
public struct ValifyError: Error, Sendable, HiddenContent {
  /// What went wrong. The set is closed.
  public typealias Kind = ValifyLinkCore.ErrorKind
  /// What to do now.
  public typealias Next = ValifyLinkCore.Next

  /// The classes of other hosts over the kinds: one for each thing that a caller does about it.
  public enum Category: String, Sendable, CaseIterable {
    /// A configuration was refused at construction; ``ValifyError/field`` says where.
    case config = "Config"
    /// A request was refused before anything was sent; ``ValifyError/field`` says where.
    case invalidRequest = "InvalidRequest"
    /// The API was called in a way that it does not allow.
    case misuse = "Misuse"
    /// Nothing has left this machine: the same call may be made again later.
    case notSent = "NotSent"
    /// 429: the same call may be made again later.
    case rateLimited = "RateLimited"
    /// The request may have been processed: keep the record as requested, show no link, make a new attempt only on purpose.
    case outcomeUnknown = "OutcomeUnknown"
    /// 5xx, and as ``outcomeUnknown``: the request may have been processed.
    case server = "Server"
    /// 400, 404, 415, and statuses that the contract does not name.
    case api = "Api"
    /// 401 and 403: correct the key.
    case authentication = "Authentication"
    /// 422: Valify refused the request; ``ValifyError/code`` says why, where it is there.
    case rejected = "Rejected"
    /// The answer was a redirect, could not be read, or its link is not safe to show.
    case response = "Response"
    /// A delivery was not believed: answer it with the one empty refusal.
    case signature = "Signature"
    /// A return proves nothing: wait for the webhook, and never make a new link because of it.
    case returnState = "ReturnState"
    /// A fact is of another attempt, or a stored record cannot be read.
    case record = "Record"
    /// None of these.
    case valify = "Valify"
  }

  private let details: ErrorDetails
  /// The type and cleaned text of what the transport threw last, if that ended the call. For people.
  public internal(set) var transportError: String?

  init(_ details: ErrorDetails) {
    self.details = details
  }

  /// A defect of this package, which the core has survived.
  static let defect = ValifyError(
    ErrorDetails(
      kind: .misuse, category: Category.misuse.rawValue, next: .fixRequest, deliveryStatus: 500,
      text: "misuse: the core has failed: please report this", detail: "the core has failed: please report this", field: nil, status: nil,
      code: nil, retryAfterMs: nil, referenceId: nil))

  /// What went wrong.
  public var kind: Kind { details.kind }
  /// The class of the kind.
  public var category: Category { Category(rawValue: details.category) ?? .valify }
  /// What to do now.
  public var next: Next { details.next }
  /// What was wrong and what to do, in English. For people, not for programs.
  public var detail: String { details.detail }
  /// The `snake_case` path of the refused field inside its own document, such as `secrets[0].id`; empty for the document itself.
  public var field: String? { details.field }
  /// The HTTP status of the last answer, where there was one.
  public var status: Int? { details.status.map(Int.init) }
  /// Valify's `error_code`, as text and as received. Its values are not published: treat an unknown one as unknown.
  public var code: String? { details.code }
  /// How long the service asked to wait.
  public var retryAfter: Duration? { details.retryAfterMs.map { .milliseconds($0) } }
  /// The reference of the request that the error is about. In no text.
  public var referenceID: String? { details.referenceId }
  /// The status with which a webhook is answered, its body empty: 401, 413 or 415, and 500 where the sender is not to blame.
  public var deliveryStatus: Int { Int(details.deliveryStatus) }

  /// One readable line.
  public var description: String { transportError.map { "\(details.text) (\($0))" } ?? details.text }
  /// The same with what to do now.
  public var debugDescription: String { "ValifyError(\(description); next: \(next))" }
}

extension ValifyError: LocalizedError, CustomNSError {
  /// The same line as the description.
  public var errorDescription: String? { description }
  /// What was wrong and what to do.
  public var failureReason: String? { detail }
  /// `ValifyLink.ValifyError`.
  public static var errorDomain: String { "ValifyLink.ValifyError" }
  /// Nothing but the text: what is bridged may be logged with all it has.
  public var errorUserInfo: [String: Any] { [NSLocalizedDescriptionKey: description] }
}
