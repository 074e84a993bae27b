import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The default transport, over `URLSession`.
///
/// Each request has an ephemeral session of its own, so that its connection is fresh and nothing is there for the next one: no cookies, no
/// credentials, no cache. Redirects are not followed. Cancelling the task cancels the request.
///
/// On Linux, where the tests run, ``TransportFailure/notSent(_:)`` is claimed where `URLSession` fails, or the time is up, before it has
/// asked for the request's body: refused, name not found, certificate not trusted, no connection in time. The error codes prove nothing
/// there: after a first address has refused, a connection to the second one that breaks later has the code of a refusal too. On other
/// platforms nobody has tested it, and it is never claimed.
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
    let session = URLSession(configuration: configuration, delegate: exchange, delegateQueue: delegateQueue())
    return (session.dataTask(with: message), session)
  }
}

#if canImport(FoundationNetworking)
  /// Tells the delegate on the thread that reads, which therefore waits for it: a queue of its own would hold everything that has been
  /// read and not yet counted, 200 MB of a bomb of 200 kB.
  private final class Inline: OperationQueue, @unchecked Sendable {
    override func addOperation(_ operation: Operation) { operation.start() }
    override func addOperation(_ block: @escaping @Sendable () -> Void) { block() }
  }
  private func delegateQueue() -> OperationQueue? { Inline() }
  /// Whether a body that was never asked for proves that nothing was sent: shown by the tests, which run on this platform.
  private let unaskedProvesUnsent = true
  /// Encoded answers are decoded here, and one that was cut passes for a whole one.
  private let cutEncodingsPass = true
#else
  private func delegateQueue() -> OperationQueue? { nil }
  private let unaskedProvesUnsent = false
  private let cutEncodingsPass = false
#endif

/// One request and its answer. Whatever ends it first is its end.
private final class Exchange: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  private let lock = NSLock()
  private let cap: Int
  // Under the lock.
  private var waiting: CheckedContinuation<ValifyLink.HTTPResponse, any Error>?
  private var ended = false
  private var bodyAskedFor = false
  private var given: String?
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
    let clock = DispatchQueue.global()
    clock.asyncAfter(deadline: .now() + time.seconds) { [weak self, weak task] in
      guard let self, let task, self.giveUp(on: timedOut) else { return }
      task.cancel()
      // Resolving a name cannot be interrupted everywhere: nobody waits for that.
      clock.asyncAfter(deadline: .now() + 1) { self.end(.failure(TransportFailure.maybeSent(timedOut))) }
    }
  }

  /// The caller's task was cancelled.
  func cancel(_ task: URLSessionDataTask) {
    end(.failure(CancellationError()))
    task.cancel()
  }

  // MARK: What URLSession tells

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didSendBodyData bytes: Int64, totalBytesSent: Int64, totalBytesExpectedToSend: Int64
  ) {
    lock.withLock { bodyAskedFor = true }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let fits = lock.withLock {
      if body.count + data.count > cap { return false }
      body.append(data)
      return true
    }
    if !fits, giveUp(on: "the answer's body is larger than max_response_bytes") {
      // Not from here: this may be the thread that the cancellation waits for.
      DispatchQueue.global().async { dataTask.cancel() }
    }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    let (asked, given, body) = lock.withLock { (self.bodyAskedFor, self.given, self.body) }
    if let said = given ?? error.map(described) {
      let unsent = unaskedProvesUnsent && !asked
      end(.failure(unsent ? TransportFailure.notSent(said) : TransportFailure.maybeSent(said)))
    } else if let response = task.response as? HTTPURLResponse {
      end(answer(response, body))
    } else {
      end(.failure(TransportFailure.maybeSent("the answer is not one of HTTP")))
    }
  }

  // MARK: Ends

  /// Decides that the exchange fails for this reason, whatever its completion says. Returns whether it was still open.
  private func giveUp(on reason: String) -> Bool {
    lock.withLock {
      guard !ended, given == nil else { return false }
      given = reason
      body = Data()
      return true
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

private let timedOut = "no answer within the timeout"

private func answer(_ response: HTTPURLResponse, _ body: Data) -> Result<ValifyLink.HTTPResponse, any Error> {
  let encoding = response.value(forHTTPHeaderField: "Content-Encoding")?.lowercased() ?? "identity"
  if cutEncodingsPass, encoding != "identity", (try? JSONSerialization.jsonObject(with: body)) == nil {
    return .failure(TransportFailure.maybeSent("the answer has a content encoding that nobody asked for, and may have been cut"))
  }
  let headers = response.allHeaderFields.map { (String(describing: $0.key), String(describing: $0.value)) }
  return .success(
    ValifyLink.HTTPResponse(status: response.statusCode, headers: Headers(headers), body: body, finalURL: response.url?.absoluteString))
}

/// All that is kept of an error of `URLSession`, which holds the request's URL and may hold more.
private func described(_ error: any Error) -> String {
  let error = error as NSError
  return "\(error.domain) \(error.code): \(error.localizedDescription)"
}
