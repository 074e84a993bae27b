#if !canImport(FoundationNetworking) || URLSESSION_IS_COMPILED
  import Foundation

  #if canImport(FoundationNetworking)
    import FoundationNetworking
  #endif

  /// The default transport on Apple's platforms, over `URLSession`. There is none on Linux, where it ends the whole process if a peer closes
  /// the connection inside an answer's head: ``DefaultTransport`` is another one there.
  ///
  /// Each request has an ephemeral session of its own, so that its connection is fresh and nothing is there for the next one: no cookies, no
  /// credentials, no cache. Redirects are not followed. Cancelling the task cancels the request.
  ///
  /// Nobody has tested it: ``TransportFailure/notSent(_:)`` is never claimed.
  public struct URLSessionTransport: HTTPTransport {
    private let configure: (@Sendable (URLSessionConfiguration) -> Void)?

    /// - Parameter configure: Changes the configuration of each session, for proxies or protocol classes of your own. It is applied before
    ///   cookies, credentials and cache are taken away.
    public init(configure: (@Sendable (URLSessionConfiguration) -> Void)? = nil) {
      self.configure = configure
    }

    public func send(_ request: ValifyLink.HTTPRequest) async throws -> ValifyLink.HTTPResponse {
      guard let url = URL(string: request.url) else { throw TransportFailure.notSent("the URL cannot be read") }
      let exchange = Exchange(cap: request.maxResponseBytes)
      var message = URLRequest(url: url)
      message.httpMethod = request.method
      message.httpBody = request.body
      for (name, value) in request.headers { message.setValue(value, forHTTPHeaderField: name) }
      message.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
      message.setValue("close", forHTTPHeaderField: "Connection")
      // Its own clock is that of single reads, and cuts off parts of seconds: the whole time is the exchange's to bound.
      message.timeoutInterval = request.timeout.seconds.rounded(.up) + 60
      let (task, session) = prepared(message, for: exchange)
      return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { exchange.begin(task, of: session, within: request.timeout, for: $0) }
      } onCancel: {
        exchange.cancel(task)
      }
    }

    private func prepared(_ message: URLRequest, for exchange: Exchange) -> (URLSessionDataTask, URLSession) {
      let configuration = URLSessionConfiguration.ephemeral
      configure?(configuration)
      configuration.httpCookieStorage = nil
      configuration.httpShouldSetCookies = false
      configuration.httpCookieAcceptPolicy = .never
      configuration.urlCredentialStorage = nil
      configuration.urlCache = nil
      configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
      let session = URLSession(configuration: configuration, delegate: exchange, delegateQueue: nil)
      return (session.dataTask(with: message), session)
    }
  }

  /// One request and its answer. Whatever ends it first is its end.
  private final class Exchange: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let lock = NSLock()
    private let cap: Int
    // Under the lock.
    private var waiting: CheckedContinuation<ValifyLink.HTTPResponse, any Error>?
    private var ended = false
    private var body = Data()

    init(cap: Int) {
      self.cap = cap
    }

    func begin(
      _ task: URLSessionDataTask, of session: URLSession, within time: Duration,
      for continuation: CheckedContinuation<ValifyLink.HTTPResponse, any Error>
    ) {
      let cancelled = lock.withLock {
        waiting = ended ? nil : continuation
        return ended
      }
      if cancelled {
        session.invalidateAndCancel()
        continuation.resume(throwing: CancellationError())
        return
      }
      task.resume()
      session.finishTasksAndInvalidate()
      DispatchQueue.global().asyncAfter(deadline: .now() + time.seconds) { [weak self, weak task] in
        self?.end(.failure(TransportFailure.maybeSent("no answer within the timeout")))
        task?.cancel()
      }
    }

    /// The caller's task was cancelled.
    func cancel(_ task: URLSessionDataTask) {
      end(.failure(CancellationError()))
      task.cancel()
    }

    // MARK: What URLSession tells

    func urlSession(
      _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
      completionHandler: @escaping (URLRequest?) -> Void
    ) {
      completionHandler(nil)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
      let fits = lock.withLock {
        if ended { return true }
        if body.count + data.count > cap { return false }
        body.append(data)
        return true
      }
      if !fits {
        end(.failure(TransportFailure.maybeSent("the answer's body is larger than max_response_bytes")))
        dataTask.cancel()
      }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
      if let error {
        end(.failure(TransportFailure.maybeSent(described(error))))
      } else if let response = task.response as? HTTPURLResponse {
        end(.success(answer(response, lock.withLock { body })))
      } else {
        end(.failure(TransportFailure.maybeSent("the answer is not one of HTTP")))
      }
    }

    private func end(_ result: Result<ValifyLink.HTTPResponse, any Error>) {
      let continuation = lock.withLock {
        defer { waiting = nil }
        ended = true
        body = Data()
        return waiting
      }
      continuation?.resume(with: result)
    }
  }

  private func answer(_ response: HTTPURLResponse, _ body: Data) -> ValifyLink.HTTPResponse {
    let headers = response.allHeaderFields.map { (String(describing: $0.key), String(describing: $0.value)) }
    return ValifyLink.HTTPResponse(
      status: response.statusCode, headers: Headers(headers), body: body, finalURL: response.url?.absoluteString)
  }

  /// All that is kept of an error of `URLSession`, which holds the request's URL and may hold more.
  private func described(_ error: any Error) -> String {
    let error = error as NSError
    return "\(error.domain) \(error.code): \(error.localizedDescription)"
  }
#endif
