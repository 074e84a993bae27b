#if canImport(CCurl)
  import CCurl

  /// The default transport on Linux, over libcurl.
  ///
  /// `URLSession` is none there: FoundationNetworking ends the whole process where a peer closes the connection inside an answer's head.
  ///
  /// Each request has a thread and a connection of its own, and nothing is there for the next one. HTTP/1.1, TLS 1.2 or newer; no redirects,
  /// cookies, netrc, or proxies of the environment. Cancelling the task cancels the request.
  ///
  /// ``TransportFailure/notSent(_:)`` is claimed where libcurl fails, or the time is up, before it has asked whether it may write the
  /// request: refused, name not found, no connection in time, TLS that does not come about. A libcurl older than 7.80 does not ask, and with
  /// it nothing is ever claimed.
  public struct CurlTransport: HTTPTransport, HiddenContent {
    let proxy: String?
    let certificateAuthorities: String?

    /// - Parameters:
    ///   - proxy: The URL of a proxy, such as `http://gateway.internal:3128`, for every request. None otherwise, whatever the environment says.
    ///     Through one, a request to `https` goes in a tunnel; the proxy does not see the API key.
    ///   - certificateAuthorities: The path of a PEM file with the authorities to trust instead of the system's.
    public init(proxy: String? = nil, certificateAuthorities: String? = nil) {
      self.proxy = proxy
      self.certificateAuthorities = certificateAuthorities
    }

    public func send(_ request: ValifyLink.HTTPRequest) async throws -> ValifyLink.HTTPResponse {
      guard libraryIsReady else { throw TransportFailure.notSent("libcurl cannot be set up") }
      let exchange = CurlExchange(request, over: self)
      return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation(exchange.begin)
      } onCancel: {
        exchange.cancel()
      }
    }

    /// Nothing of a proxy's URL, which may hold a password.
    public var description: String { "CurlTransport" }
  }

  /// Once for the process; whoever else uses libcurl does so too, and it counts.
  private let libraryIsReady = ccurl_begin() == CURLE_OK
#endif
