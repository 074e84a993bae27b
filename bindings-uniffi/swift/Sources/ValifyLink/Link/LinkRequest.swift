import Foundation
import ValifyLinkCore

/// What a link is asked for with: plain data, checked by the call that takes it. No rendering shows it.
public struct LinkRequest: Sendable, HiddenContent {
  private let document: Document

  /// - Parameters:
  ///   - returnURL: Where the browser goes after completion: absolute, https (http for loopback hosts), at most 2048 bytes.
  ///   - referenceID: Your own unique id of this end user: 1 to 256 bytes of UTF-8.
  ///   - expiresAt: When the link expires.
  ///   - flow: The flow's UUID, given by Valify; needed only where an account has several flows.
  ///   - lang: The language of the page; by default the client's.
  public init(returnURL: String, referenceID: String, expiresAt: Date, flow: String? = nil, lang: ValifyLink.Lang? = nil) {
    document = .object([
      "return_url": .text(returnURL),
      "reference_id": .text(referenceID),
      "expires_at": .text(Moment(expiresAt).text),
      "flow": .text(optional: flow),
      "lang": .text(optional: lang?.rawValue),
    ])
  }

  /// The same with a `URL`.
  public init(returnURL: URL, referenceID: String, expiresAt: Date, flow: String? = nil, lang: ValifyLink.Lang? = nil) {
    self.init(returnURL: returnURL.absoluteString, referenceID: referenceID, expiresAt: expiresAt, flow: flow, lang: lang)
  }

  /// Reads a `request` document as every host spells it (advanced).
  public init(document json: String) {
    document = .verbatim(json)
  }

  /// Nothing.
  public var description: String { "LinkRequest(hidden)" }

  func handle() throws -> LinkRequestHandle {
    try core { try LinkRequestHandle.fromDocument(json: document.json) }
  }
}
