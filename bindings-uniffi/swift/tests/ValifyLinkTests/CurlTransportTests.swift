#if os(Linux)
  import Foundation
  import ValifyLink
  import XCTest

  /// What only the transport over libcurl has: TLS as it is told, and proxies.
  final class CurlTransportTests: XCTestCase {
    private func ask(_ baseURL: String, _ transport: CurlTransport, timeout: Duration? = nil) async throws -> Link {
      try await ValifyLink.testing(baseURL, timeout: timeout, maxRetries: 0, transport: transport).createLink(.example())
    }

    func testTheHeadIsTheCoresAndWhatHTTPNeeds() async throws {
      let server = Server.ofLinks()
      defer { server.close() }
      let client = try ValifyLink.testing(server.baseURL)
      _ = try await client.createLink(.example())
      let lines = server.requests[0].components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n").dropFirst()
      let sent = lines.map { $0.components(separatedBy: ":")[0].lowercased() }
      let core = try CreateLink(config: client.config, request: .example()).request().headers.map { $0.name.lowercased() }
      XCTAssertEqual(sent.sorted(), (core + ["host", "content-length", "accept-encoding", "connection"]).sorted())
    }

    func testManyAtOnceLeaveNothingBehind() async throws {
      let server = Server.ofLinks()
      let silent = Server { connection in
        connection.request()
        connection.request()
      }
      defer { [server, silent].forEach { $0.close() } }
      let (client, waiting) = (try ValifyLink.testing(server.baseURL), try ValifyLink.testing(silent.baseURL, timeout: .seconds(300)))
      _ = try await client.createLink(.example())
      let before = try descriptors()
      let left = (0..<32).map { _ in Task { try await waiting.createLink(.example()) } }
      let tokens = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<64 { group.addTask { try await client.createLink(.example()).sessionToken } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      XCTAssertEqual(tokens.count, 64)
      for call in left { call.cancel() }
      for call in left { _ = await call.result }
      // A thread closes what it had a moment after its call has ended.
      for _ in 0..<400 where try descriptors() > before { try await Task.sleep(for: .milliseconds(50)) }
      XCTAssertLessThanOrEqual(try descriptors(), before)
    }

    /// How many are open: without timers, of which the runtime keeps those that its tasks have slept by.
    private func descriptors() throws -> Int {
      let (files, folder) = (FileManager.default, "/proc/self/fd")
      let open = try files.contentsOfDirectory(atPath: folder)
      return open.filter { (try? files.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) != "anon_inode:[timerfd]" }.count
    }

    // MARK: TLS

    func testALinkComesOverTLS() async throws {
      let peer = try SecurePeer()
      defer { peer.stop() }
      let call = Task { try await ask(peer.baseURL, CurlTransport(certificateAuthorities: peer.certificate)) }
      XCTAssertFalse(peer.line(beginning: "POST ").isEmpty)
      let body = #"{"session_token":"5e55104e-0000","redirect_url":"\#(peer.baseURL)/?token=5e55104e-0000"}"#
      try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
      let link = try await call.value
      XCTAssertEqual(link.redirectURL, "\(peer.baseURL)/?token=5e55104e-0000")
    }

    func testACutWithinTLSIsOutcomeUnknown() async throws {
      for answer in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n{"] {
        let peer = try SecurePeer()
        let call = Task { try await ask(peer.baseURL, CurlTransport(certificateAuthorities: peer.certificate)) }
        XCTAssertFalse(peer.line(beginning: "POST ").isEmpty)
        if !answer.isEmpty {
          try peer.send(answer)
          // What openssl has not read yet would never leave.
          try await Task.sleep(for: .milliseconds(300))
        }
        peer.stop()
        try await throwing(.outcomeUnknown) { try await call.value }
      }
    }

    func testACertificateThatIsNotTrustedIsNotSent() async throws {
      for (name, trusted) in [("IP:127.0.0.1", false), ("IP:127.0.0.2", true), ("DNS:peer.example", true)] {
        let peer = try SecurePeer(name: name)
        defer { peer.stop() }
        let transport = CurlTransport(certificateAuthorities: trusted ? peer.certificate : nil)
        let error = try await throwing(.notSent) { try await ask(peer.baseURL, transport) }
        XCTAssert("\(error)".contains("libcurl 60: "), "\(error)")
        XCTAssertFalse(peer.output().contains("POST"))
      }
    }

    func testAnOlderTLSIsNotSent() async throws {
      let peer = try SecurePeer(options: "-tls1_1 -cipher DEFAULT:@SECLEVEL=0")
      defer { peer.stop() }
      try await throwing(.notSent) { try await ask(peer.baseURL, CurlTransport(certificateAuthorities: peer.certificate)) }
      XCTAssertFalse(peer.output().contains("POST"))
    }

    /// A connection is there, and TLS never is.
    func testAPeerThatNeverFinishesTLSIsNotSent() async throws {
      let server = Server { connection in
        connection.request()
        connection.request()
      }
      defer { server.close() }
      let baseURL = server.baseURL.replacingOccurrences(of: "http:", with: "https:")
      try await throwing(.notSent) { try await ask(baseURL, CurlTransport(), timeout: .milliseconds(1500)) }
      XCTAssertEqual(server.connections, 1)
    }

    func testAFileOfAuthoritiesThatIsNotThereIsNotSent() async throws {
      let peer = try SecurePeer()
      defer { peer.stop() }
      try await throwing(.notSent) { try await ask(peer.baseURL, CurlTransport(certificateAuthorities: "/nowhere.pem")) }
    }

    // MARK: Proxies

    func testTheEnvironmentNamesNoProxy() async throws {
      let (server, other) = (Server.ofLinks(), Server.ofLinks())
      defer { [server, other].forEach { $0.close() } }
      for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] { setenv(name, other.baseURL, 1) }
      defer { for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] { unsetenv(name) } }
      _ = try await ask(server.baseURL, CurlTransport())
      XCTAssertEqual(server.requests.count, 1)
      XCTAssertEqual(other.connections, 0)
    }

    func testAProxyThatIsNamedIsUsed() async throws {
      let (server, proxy) = (
        Server.ofLinks(),
        Server { connection in
          connection.request()
          connection.answer([], "401 Unauthorized")
        }
      )
      defer { [server, proxy].forEach { $0.close() } }
      setenv("no_proxy", "127.0.0.1", 1)
      defer { unsetenv("no_proxy") }
      let transport = CurlTransport(proxy: proxy.baseURL.replacingOccurrences(of: "//", with: "//canary-user:canary-password@"))
      try await throwing(.unauthorized) { try await ask(server.baseURL, transport) }
      XCTAssert(proxy.requests[0].hasPrefix("POST \(server.baseURL)/api/"), proxy.requests[0])
      XCTAssertEqual(server.connections, 0)
      XCTAssertEqual("\(transport)", "CurlTransport")
    }

    func testATunnelThatIsRefusedIsNotSentAndSawNoKey() async throws {
      let proxy = Server { connection in
        connection.request()
        connection.answer([], "407 Proxy Authentication Required")
      }
      defer { proxy.close() }
      let transport = CurlTransport(proxy: proxy.baseURL)
      try await throwing(.notSent) { try await ask("https://127.0.0.1:1", transport) }
      XCTAssert(proxy.requests[0].hasPrefix("CONNECT 127.0.0.1:1 "), proxy.requests[0])
      XCTAssertFalse(proxy.requests[0].contains(key))
    }

    func testAProxyThatIsNotThereIsNotSent() async throws {
      let server = Server.ofLinks()
      defer { server.close() }
      let transport = CurlTransport(proxy: "http://canary-user:canary-password@127.0.0.1:\(Sockets.freePort())")
      let error = try await throwing(.notSent) { try await ask(server.baseURL, transport) }
      for hidden in ["canary-user", "canary-password"] { XCTAssertFalse("\(error)".contains(hidden), "\(error)") }
      XCTAssertEqual(server.connections, 0)
    }
  }
#endif
