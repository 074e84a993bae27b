import Foundation
import ValifyLinkCore

/// A link that has passed the check: redirect the user to ``redirectURL`` with 303, and to no other address.
///
/// Whoever holds it can use it: no rendering shows it.
public struct Link: Sendable, Equatable, HiddenContent {
  let link: ValifyLinkCore.Link

  init(_ link: ValifyLinkCore.Link) {
    self.link = link
  }

  /// Where the user goes. Secret.
  public var redirectURL: String { link.redirectUrl }
  /// The session that Valify made. Secret.
  public var sessionToken: String { link.sessionToken }
  /// The reference of the request.
  public var referenceID: String { link.referenceId }
  /// The flow of the request, in lower case.
  public var flow: String? { link.flow }
  /// When the link expires, as requested, in whole milliseconds.
  public var expiresAt: Date { link.expiresAt.date }
  /// The client's environment.
  public var environment: ValifyLink.Environment { link.environment }

  /// Everything as JSON text, the secret link too.
  public func toJSON() throws -> String {
    try core { try linkToJson(link: link) }
  }

  /// Nothing but the environment.
  public var description: String { "Link(\(environment), hidden)" }
}
