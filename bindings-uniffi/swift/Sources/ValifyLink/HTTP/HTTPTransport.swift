import Foundation

/// Carries one request to Valify. The default is ``DefaultTransport``; any HTTP client can take its place.
///
/// A transport sends the request once and exactly as it stands: on a connection of its own, without redirects, cookies or stored
/// credentials, with ``ValifyLink/ValifyLink/HTTPRequest/timeout`` over all of it and ``ValifyLink/ValifyLink/HTTPRequest/maxResponseBytes`` over the decoded body while it is read.
/// A client that sends again behind its caller's back, as many do on a connection that was kept open, makes two sessions.
public protocol HTTPTransport: Sendable {
  /// Sends the request, and returns once the answer has been read whole.
  ///
  /// - Throws: ``TransportFailure/notSent(_:)`` only where not one byte of the request can have left this machine. Whatever else is
  ///   thrown means that it may have; a `CancellationError` ends the call as such.
  func send(_ request: ValifyLink.HTTPRequest) async throws -> ValifyLink.HTTPResponse
}

/// Why there is no answer that was read whole.
///
/// The texts are for people. Of what they say, nothing that the request holds reaches an error.
public enum TransportFailure: Error, Sendable {
  /// Not one byte of the request has left this machine.
  case notSent(String)
  /// Everything else, a body that could not be read whole included.
  case maybeSent(String)
}

extension TransportFailure: CustomStringConvertible, LocalizedError {
  /// What is known, and what was said.
  public var description: String {
    switch self {
    case .notSent(let said): "not sent: \(said)"
    case .maybeSent(let said): "may have been sent: \(said)"
    }
  }
  /// The same.
  public var errorDescription: String? { description }
}
