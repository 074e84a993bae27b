import Foundation
import ValifyLinkCore

/// One call for a link without its I/O (advanced): feed it one input at a time and do what it answers.
///
/// ``ValifyLink/ValifyLink/createLink(_:timeout:)`` is this machine with a transport and a clock. An input out of order is `misuse` and
/// changes nothing.
public final class CreateLink: Sendable, HiddenContent {
  /// What is to be done next.
  public enum Step: Sendable {
    /// Send this, then come back with the answer or the failure.
    case send(ValifyLink.HTTPRequest)
    /// Sleep, then come back.
    case wait(Duration)
    /// The call has ended.
    case done(Link)
  }

  private let handle: CreateLinkHandle

  /// Checks the request: an error here has cost no I/O.
  ///
  /// - Parameters:
  ///   - config: The account's settings.
  ///   - request: What is asked for.
  ///   - timeout: Replaces the configuration's for each attempt; the deadline stays.
  ///   - seed: 64 random bits, for the jitter of the back-off alone.
  ///   - now: The time.
  public init(
    config: ValifyLink.Config, request: LinkRequest, timeout: Duration? = nil, seed: UInt64 = .random(in: 0...UInt64.max),
    now: Date = Date()
  ) throws {
    let request = try request.handle()
    handle = try core {
      try CreateLinkHandle(
        config: config.handle, request: request, now: Moment(now), seed: Int64(bitPattern: seed), timeoutMs: timeout?.milliseconds)
    }
  }

  /// The request of this call, for those who want no loop.
  public func request() throws -> ValifyLink.HTTPRequest {
    try core { ValifyLink.HTTPRequest(try handle.request()) }
  }

  /// What one answer to ``request()`` means, for those who want no loop. No retry rule is applied.
  public func parse(_ response: ValifyLink.HTTPResponse, now: Date = Date()) throws -> Link {
    try core { Link(try handle.parse(response: response.core, now: Moment(now))) }
  }

  /// Begin. Once, and first.
  public func start(now: Date = Date()) throws -> Step {
    try step { try handle.start(now: Moment(now)) }
  }

  /// The transport brought an answer, read whole.
  public func respond(_ response: ValifyLink.HTTPResponse, now: Date = Date()) throws -> Step {
    try step { try handle.respond(response: response.core, now: Moment(now)) }
  }

  /// The transport failed.
  public func fail(_ failure: TransportFailure, now: Date = Date()) throws -> Step {
    try step { try handle.fail(failure: failure.core, now: Moment(now)) }
  }

  /// The delay has passed.
  public func waited(now: Date = Date()) throws -> Step {
    try step { try handle.waited(now: Moment(now)) }
  }

  /// What a client's error says, fit for a text of one's own: without what the request holds, on one line of at most 200 characters.
  func clean(_ text: String) -> String {
    (try? handle.clean(text: text)) ?? ""
  }

  /// Nothing.
  public var description: String { "CreateLink(hidden)" }

  private func step(_ advance: () throws -> ValifyLinkCore.Step) throws -> Step {
    switch try core(advance) {
    case .send(let request): .send(ValifyLink.HTTPRequest(request))
    case .wait(let delay): .wait(.milliseconds(delay))
    case .done(let link): .done(Link(link))
    }
  }
}

extension TransportFailure {
  fileprivate var core: ValifyLinkCore.TransportFailure {
    switch self {
    case .notSent: .notSent
    case .maybeSent: .maybeSent
    }
  }

  var said: String {
    switch self {
    case .notSent(let said), .maybeSent(let said): said
    }
  }
}
