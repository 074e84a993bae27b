import Foundation
import ValifyLinkCore

/// Issues and checks the state that `returnURL` carries: which attempt a browser comes back from, and nothing about its outcome.
///
/// The first secret issues, all of them check.
public struct ReturnState: Sendable, HiddenContent {
  /// Where in the URL the state stands.
  public typealias Placement = ValifyLinkCore.Placement

  /// A state that has been issued. No rendering shows it.
  public struct Issued: Sendable, HiddenContent {
    /// The URL to ask the link with.
    public let returnURL: String
    /// The nonce, for ``ValifyLink/ValifyLink/requested(_:nonce:now:)``: the same that the return gives.
    public let nonce: String

    /// Nothing.
    public var description: String { "Issued(hidden)" }
  }

  private let handle: ReturnStateHandle

  /// - Parameters:
  ///   - secrets: Each of at least 16 bytes.
  ///   - parameter: The query parameter. Default: `vl`.
  ///   - placement: In the query, or as the last path segment for a sender that appends `?…` whatever the URL already holds.
  public init(secrets: Secrets, parameter: String? = nil, placement: Placement? = nil) throws {
    let document = Document.object([
      "secrets": secrets.document,
      "parameter": .text(optional: parameter),
      "placement": .text(optional: placement?.rawValue),
    ])
    try self.init(document: document.json)
  }

  /// Reads a `return_state` document as every host spells it (advanced).
  public init(document json: String) throws {
    handle = try core { try ReturnStateHandle.fromDocument(json: json) }
  }

  /// Puts a state into `returnURL`.
  ///
  /// - Parameters:
  ///   - returnURL: Where the browser is to come back to.
  ///   - referenceID: The reference of the request.
  ///   - expiresAt: A little later than the link, for the way back.
  ///   - binding: What this browser keeps in a cookie.
  ///   - now: The time.
  public func issue(returnURL: String, referenceID: String, expiresAt: Date, binding: Binding, now: Date = Date()) throws -> Issued {
    let issued = try core {
      try handle.issue(
        returnUrl: returnURL, referenceId: referenceID, expiresAt: Moment(expiresAt), nonce: random(), binding: binding.handle,
        now: Moment(now))
    }
    return Issued(returnURL: issued.returnUrl, nonce: issued.nonce)
  }

  /// Checks the state of a return. An error of category `returnState` means: wait for the webhook, and never make a new link because of it.
  ///
  /// - Parameters:
  ///   - url: The absolute URL that the browser used: your configured public origin followed by the request's undecoded target, never built
  ///     from the Host header.
  ///   - referenceID: What your own session expects.
  ///   - binding: The cookie's text, if there was one.
  ///   - now: The time.
  public func check(url: String, referenceID: String, binding: String? = nil, now: Date = Date()) throws -> Returned {
    try core {
      try Returned(try handle.check(url: url, referenceId: referenceID, binding: binding, now: Moment(now)))
    }
  }

  /// Nothing.
  public var description: String { "ReturnState(hidden)" }

  /// 128 random bits that one browser keeps in a cookie (`__Host-`, `HttpOnly`, `Secure`, `SameSite=Lax`). No rendering shows them.
  public struct Binding: Sendable, HiddenContent {
    fileprivate let handle: BindingHandle

    /// A new one, from the system's random source.
    public init() throws {
      handle = try core { try BindingHandle(random: random()) }
    }

    /// Reads the cookie of an earlier attempt: take it over instead of setting a new one, so that two tabs do not undo each other.
    public init(cookie: String) throws {
      handle = try core { try BindingHandle.fromCookie(text: cookie) }
    }

    /// The cookie's value. It belongs into the cookie alone, never into a URL, a page or a log.
    public func toCookie() throws -> String {
      try core { try handle.toCookie() }
    }

    /// Nothing.
    public var description: String { "Binding(hidden)" }
  }
}

/// A browser has come back from this attempt. It is not an outcome, and must never log anyone in. Only ``ReturnState`` makes one.
public struct Returned: Sendable, HiddenContent {
  let handle: ReturnedHandle
  private let view: ReturnedView
  /// The columns to find the attempt's record by.
  public let keys: Verification.Keys

  init(_ handle: ReturnedHandle) throws {
    self.handle = handle
    view = try handle.view()
    keys = Verification.Keys(try handle.keys())
  }

  /// The reference that the state was issued for, which is the one that was expected.
  public var referenceID: String { view.referenceId }
  /// The state's nonce: 22 characters of base64url. A replay is yours to refuse, by this.
  public var nonce: String { view.nonce }
  /// When the state expires; a kept nonce may go then.
  public var expiresAt: Date { view.expiresAt.date }
  /// Whether this is the browser that started the attempt. A signal, not a gate.
  public var returnedInBoundBrowser: Verification.BoundBrowser { view.returnedInBoundBrowser }

  /// Nothing.
  public var description: String { "Returned(hidden)" }
}

/// 16 bytes of the system's random source.
private func random() -> Data {
  var generator = SystemRandomNumberGenerator()
  return Data((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
}
