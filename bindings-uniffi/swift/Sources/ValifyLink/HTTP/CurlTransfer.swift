#if canImport(CCurl)
  import CCurl
  import Foundation

  /// The handles of libcurl for one request, and all that they are told. Used on one thread, and closed there.
  final class CurlTransfer {
    /// How much of what libcurl says of a failure may be kept. Once the peer has spoken, its words are in the whole.
    enum Words { case code, everything }

    let multi: UnsafeMutableRawPointer
    private let easy: UnsafeMutableRawPointer
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var headers: UnsafeMutablePointer<curl_slist>?

    init(_ request: ValifyLink.HTTPRequest, over transport: CurlTransport) throws {
      guard let multi = curl_multi_init() else { throw TransportFailure.notSent("libcurl has no memory") }
      guard let easy = curl_easy_init() else {
        curl_multi_cleanup(multi)
        throw TransportFailure.notSent("libcurl has no memory")
      }
      (self.multi, self.easy) = (multi, easy)
      words.pointee = 0
      do {
        try check(ccurl_isolate(easy))
        try tell(request)
        try take(transport)
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else { throw TransportFailure.notSent("libcurl takes no request") }
      } catch {
        close()
        throw error
      }
    }

    /// Waits for a name that is still being looked up.
    func close() {
      curl_multi_remove_handle(multi, easy)
      curl_easy_cleanup(easy)
      curl_multi_cleanup(multi)
      curl_slist_free_all(headers)
      words.deallocate()
    }

    // MARK: What is sent

    private func tell(_ request: ValifyLink.HTTPRequest) throws {
      try check(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, words))
      try set(CURLOPT_URL, request.url)
      try set(CURLOPT_POST, 1)
      try request.body.withUnsafeBytes { try check(ccurl_set_body(easy, $0.baseAddress, $0.count)) }
      var lines = request.headers.map { "\($0.name): \($0.value)" }
      lines += ["Accept-Encoding: identity", "Connection: close"]
      // Without a value: what libcurl would add of its own.
      let names = request.headers.map { $0.name.lowercased() }
      lines += ["Expect:"] + (names.contains("accept") ? [] : ["Accept:"])
      for line in lines {
        guard let longer = curl_slist_append(headers, line) else { throw TransportFailure.notSent("libcurl has no memory") }
        headers = longer
      }
      try check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, headers))
      // Nobody asks for an encoding; what comes in one all the same is decoded while it is counted.
      try set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
      // A little later than the exchange's own clock. The first of several addresses has half of it.
      let later = request.timeout + .seconds(1)
      try set(CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: min(later.milliseconds, Int64(Int32.max))))
    }

    private func take(_ transport: CurlTransport) throws {
      // Empty is none, whatever the environment says; so is the list of hosts that a proxy is not for.
      try set(CURLOPT_PROXY, transport.proxy ?? "")
      try set(CURLOPT_NOPROXY, "")
      guard let file = transport.certificateAuthorities else { return }
      try set(CURLOPT_CAINFO, file)
      // The folder of the system's. Not every TLS library has one.
      try? set(CURLOPT_CAPATH, nil)
    }

    // MARK: What is told

    /// Whether this libcurl asks.
    func askBeforeWriting(_ ask: @escaping ccurl_before, _ context: UnsafeMutableRawPointer) -> Bool {
      ccurl_set_before(easy, ask, context) == CURLE_OK
    }

    func take(_ taker: @escaping curl_write_callback, _ option: CURLoption, _ data: CURLoption, _ context: UnsafeMutableRawPointer) throws {
      try check(ccurl_set_taker(easy, option, taker))
      try check(ccurl_set_pointer(easy, data, context))
    }

    // MARK: The transfer

    /// Does what can be done, and waits for more, no longer than this. Returns its code once it has ended.
    func perform(waitingFor time: Duration) -> CURLcode? {
      var running: Int32 = 0
      var failed = curl_multi_perform(multi, &running)
      var left: Int32 = 0
      while let message = curl_multi_info_read(multi, &left) {
        if message.pointee.msg == CURLMSG_DONE { return message.pointee.data.result }
      }
      if failed == CURLM_OK { failed = curl_multi_poll(multi, nil, 0, Int32(clamping: time.milliseconds + 1), nil) }
      guard failed == CURLM_OK else { return CURLE_OUT_OF_MEMORY }
      return nil
    }

    var status: Int { ccurl_status(easy) }
    var finalURL: String? { ccurl_final_url(easy).map { String(cString: $0) } }
    var receivedNoBody: Bool { ccurl_received(easy) == 0 }

    func said(_ code: CURLcode, _ kept: Words) -> String {
      let said = kept == .everything ? String(cString: words) : ""
      return "libcurl \(code.rawValue): \(said.isEmpty ? String(cString: curl_easy_strerror(code)) : said)"
    }

    // MARK: Options

    private func set(_ option: CURLoption, _ number: Int) throws { try check(ccurl_set_number(easy, option, number)) }
    private func set(_ option: CURLoption, _ text: String?) throws { try check(ccurl_set_text(easy, option, text)) }

    /// A libcurl that refuses one of these would not do as it must.
    private func check(_ code: CURLcode) throws {
      if code != CURLE_OK { throw TransportFailure.notSent("libcurl refuses an option: \(said(code, .code))") }
    }
  }
#endif
