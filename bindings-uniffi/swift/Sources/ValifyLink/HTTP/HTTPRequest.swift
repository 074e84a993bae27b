import Foundation
import ValifyLinkCore

extension ValifyLink {
  /// The request that a transport sends, exactly as it stands. Its headers hold the API key: no rendering shows them.
  public struct HTTPRequest: Sendable, HiddenContent {
    private let request: ValifyLinkCore.HttpRequest

    init(_ request: ValifyLinkCore.HttpRequest) {
      self.request = request
    }

    /// Always `POST`.
    public var method: String { request.method }
    /// The absolute URL.
    public var url: String { request.url }
    /// The header lines. They hold the API key.
    public var headers: [(name: String, value: String)] { request.headers.map { ($0.name, $0.value) } }
    /// The JSON body in UTF-8.
    public var body: Data { request.body }
    /// From hand-over to the last byte of the answer's body, connecting included.
    public var timeout: Duration { .milliseconds(request.timeoutMs) }
    /// The cap on the answer's decoded body, in bytes.
    public var maxResponseBytes: Int { Int(request.maxResponseBytes) }

    /// Method and URL.
    public var description: String { "HTTPRequest(\(method) \(url))" }
  }

  /// What came back, read whole. Its body holds tokens: no rendering shows it.
  public struct HTTPResponse: Sendable, HiddenContent {
    /// The status code.
    public let status: Int
    private let headers: Headers
    private let body: Data
    private let finalURL: String?

    /// - Parameters:
    ///   - status: The status code.
    ///   - headers: The header lines as received.
    ///   - body: The decoded body.
    ///   - finalURL: The URL that answered, where the client tells it.
    public init(status: Int, headers: Headers, body: Data, finalURL: String? = nil) {
      self.status = status
      self.headers = headers
      self.body = body
      self.finalURL = finalURL
    }

    /// The status.
    public var description: String { "HTTPResponse(\(status))" }

    var core: ValifyLinkCore.HttpResponse {
      HttpResponse(status: Int32(clamping: status), headers: headers.lines, body: body, finalUrl: finalURL ?? "")
    }
  }
}

/// Header lines as received, repeated ones included: pairs of name and value in any of the shapes that servers and clients have.
///
/// Values stay hidden.
public struct Headers: Sendable, ExpressibleByDictionaryLiteral, HiddenContent {
  let lines: [HeaderLine]

  /// Pairs.
  public init(_ pairs: some Sequence<(String, String)>) {
    lines = pairs.map { HeaderLine(name: $0, value: $1) }
  }

  /// Pairs with labels.
  public init(_ pairs: some Sequence<(name: String, value: String)>) {
    lines = pairs.map { HeaderLine(name: $0.name, value: $0.value) }
  }

  /// A mapping. Where one header came in several lines, prefer pairs.
  public init(_ mapping: [String: String]) {
    lines = mapping.map { HeaderLine(name: $0.key, value: $0.value) }
  }

  /// Lines as they are written.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements)
  }

  /// The names.
  public var description: String { "Headers(\(lines.map(\.name).joined(separator: ", ")))" }
}
