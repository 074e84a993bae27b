#if canImport(CCurl)
  import CCurl
  import Foundation

  /// One request and its answer, on a thread of its own. Whatever ends it first is its end.
  final class CurlExchange: @unchecked Sendable {
    private let request: ValifyLink.HTTPRequest
    private let transport: CurlTransport
    private let deadline: ContinuousClock.Instant
    private let lock = NSLock()
    // Under the lock.
    private var waiting: CheckedContinuation<ValifyLink.HTTPResponse, any Error>?
    private var ended = false
    private var multi: UnsafeMutableRawPointer?
    // Of the thread alone.
    private var tellsBeforeItWrites = false
    private var mayHaveWritten = false
    private var head = AnswerHead()
    private var body = Data()
    private var refused: String?

    init(_ request: ValifyLink.HTTPRequest, over transport: CurlTransport) {
      self.request = request
      self.transport = transport
      deadline = .now + request.timeout
    }

    func begin(_ continuation: CheckedContinuation<ValifyLink.HTTPResponse, any Error>) {
      let cancelled = lock.withLock {
        waiting = ended ? nil : continuation
        return ended
      }
      if cancelled {
        continuation.resume(throwing: CancellationError())
        return
      }
      Thread.detachNewThread { self.carry() }
    }

    /// The caller's task was cancelled.
    func cancel() {
      end(.failure(CancellationError()))
    }

    private func end(_ result: Result<ValifyLink.HTTPResponse, any Error>) {
      let continuation = lock.withLock {
        defer { waiting = nil }
        ended = true
        if let multi { curl_multi_wakeup(multi) }
        return waiting
      }
      continuation?.resume(with: result)
    }

    // MARK: The thread

    /// Ends the exchange before it cleans up: a name that is still being looked up is waited for, and nobody waits for that.
    private func carry() {
      withoutBrokenPipes()
      var transfer: CurlTransfer?
      do {
        let made = try CurlTransfer(request, over: transport)
        transfer = made
        try prepare(made)
        lock.withLock { multi = made.multi }
        end(.success(try carried(by: made)))
      } catch {
        end(.failure(error))
      }
      lock.withLock { multi = nil }
      transfer?.close()
    }

    private func prepare(_ transfer: CurlTransfer) throws {
      let context = Unmanaged.passUnretained(self).toOpaque()
      tellsBeforeItWrites = transfer.askBeforeWriting({ context, _, _, _, _ in exchange(context).mayWrite() }, context)
      let head: curl_write_callback = { bytes, size, count, context in exchange(context).takeHead(bytes, size * count) }
      let body: curl_write_callback = { bytes, size, count, context in exchange(context).takeBody(bytes, size * count) }
      try transfer.take(head, CURLOPT_HEADERFUNCTION, CURLOPT_HEADERDATA, context)
      try transfer.take(body, CURLOPT_WRITEFUNCTION, CURLOPT_WRITEDATA, context)
    }

    private func carried(by transfer: CurlTransfer) throws -> ValifyLink.HTTPResponse {
      // A libcurl that does not ask may have written from here on.
      mayHaveWritten = !tellsBeforeItWrites
      let code = try ending(of: transfer)
      if let refused { throw failure(refused) }
      guard code == CURLE_OK else { throw failure(transfer.said(code, mayHaveWritten ? .code : .everything)) }
      // libcurl calls an answer whole whose head was cut.
      guard head.isWhole else { throw failure("the answer was cut inside its head") }
      guard !head.isEncoded || isWhole(transfer) else {
        throw failure("the answer has a content encoding that nobody asked for, and may have been cut")
      }
      return ValifyLink.HTTPResponse(status: transfer.status, headers: Headers(head.lines), body: body, finalURL: transfer.finalURL)
    }

    private func ending(of transfer: CurlTransfer) throws -> CURLcode {
      while true {
        // libcurl's own clock is set later than this one: it would wait for a name to be looked up.
        let left = deadline - .now
        guard left > .zero else { throw failure("no answer within the timeout") }
        if lock.withLock({ ended }) { throw CancellationError() }
        if let code = transfer.perform(waitingFor: left) { return code }
      }
    }

    /// libcurl decodes, and a cut end of a code passes for a whole one: JSON that is whole shows that nothing is missing.
    private func isWhole(_ transfer: CurlTransfer) -> Bool {
      transfer.receivedNoBody || (try? JSONSerialization.jsonObject(with: body)) != nil
    }

    private func failure(_ said: String) -> TransportFailure {
      mayHaveWritten ? .maybeSent(said) : .notSent(said)
    }

    // MARK: What libcurl asks and tells

    /// Zero, once: a second time would be a second request.
    private func mayWrite() -> Int32 {
      guard !mayHaveWritten, !lock.withLock({ ended }) else { return 1 }
      mayHaveWritten = true
      return 0
    }

    private func takeHead(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int {
      guard head.take(text(bytes, count)) else { return refuse("the answer's head is too large") }
      return count
    }

    private func takeBody(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> Int {
      guard count <= request.maxResponseBytes - body.count else { return refuse("the answer's body is larger than max_response_bytes") }
      if let bytes { body.append(UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: count) }
      return count
    }

    /// A count that cannot be the right one ends the transfer.
    private func refuse(_ reason: String) -> Int {
      refused = reason
      return .max
    }
  }

  private func exchange(_ context: UnsafeMutableRawPointer?) -> CurlExchange {
    guard let context else { preconditionFailure("libcurl hands back what it was given") }
    return Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
  }

  private func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// TLS may write to a peer that has gone, which would otherwise be the end of the process. libcurl can see to it only for all threads.
  private func withoutBrokenPipes() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }
#endif
