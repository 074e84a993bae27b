import Foundation
import ValifyLink
import XCTest

/// The default transport over loopback: what is sent, what is refused, and what may be claimed afterwards.
final class TransportTests: XCTestCase {
  private var servers: [Server] = []

  override func tearDown() {
    servers.forEach { $0.close() }
    servers = []
  }

  private func serve(_ script: @escaping @Sendable (Connection) -> Void) -> Server {
    let server = Server(script)
    servers.append(server)
    return server
  }

  private func links() -> Server {
    let server = Server.ofLinks()
    servers.append(server)
    return server
  }

  private func ask(_ baseURL: String, timeout: Duration? = nil, maxRetries: Int? = nil, maxResponseBytes: Int? = nil) async throws -> Link {
    try await ValifyLink.testing(baseURL, timeout: timeout, maxRetries: maxRetries, maxResponseBytes: maxResponseBytes)
      .createLink(.example())
  }

  func testALinkComesFromTheSandbox() async throws {
    let sandbox = try await Sandbox.fresh()
    let link = try await ask(sandbox.baseURL)
    XCTAssertEqual(link.redirectURL, "\(sandbox.baseURL)/?token=\(link.sessionToken)")
    XCTAssertEqual(link.referenceID, reference)
    XCTAssertEqual(link.environment, .sandbox)
    let sessions = try await sandbox.sessions()
    XCTAssertEqual(sessions, 1)
  }

  func testTheRequestIsTheContractsAndNothingIsAdded() async throws {
    let server = links()
    _ = try await ValifyLink.testing(server.baseURL).createLink(.example(lang: .ar))
    XCTAssertEqual(server.requests.count, 1)
    let parts = server.requests[0].components(separatedBy: "\r\n\r\n")
    let lines = parts[0].components(separatedBy: "\r\n")
    XCTAssertEqual(lines[0], "POST /api/link/v1/request/?lang=ar HTTP/1.1")
    let headers = Dictionary(
      lines.dropFirst().map { line in
        let pair = line.components(separatedBy: ": ")
        return (pair[0].lowercased(), pair[1])
      }, uniquingKeysWith: { "\($0), \($1)" })
    XCTAssertEqual(headers["x-valify-api-key"], key)
    XCTAssertEqual(headers["content-type"], "application/json")
    XCTAssertEqual(headers["connection"], "close")
    XCTAssertEqual(headers["accept-encoding"], "identity")
    for name in ["cookie", "authorization", "transfer-encoding", "expect"] { XCTAssertNil(headers[name]) }
    let body = try XCTUnwrap(JSONSerialization.jsonObject(with: Data(parts[1].utf8)) as? [String: String])
    XCTAssertEqual(body.filter { $0.key != "expires_at" }, ["return_url": back, "reference_id": reference])
  }

  // MARK: Nothing was sent

  func testRefusedIsNotSent() async throws {
    let error = try await throwing(.notSent) { try await ask("http://127.0.0.1:\(Sockets.freePort())", maxRetries: 1) }
    let said = try XCTUnwrap(error.transportError)
    XCTAssertFalse(said.isEmpty)
    XCTAssert("\(error)".contains(said))
  }

  func testANameThatIsNotFoundIsNotSent() async throws {
    let host = "valify-link.invalid"
    let client = try ValifyLink.testing("http://\(host)", maxRetries: 0, insecureHosts: [host])
    try await throwing(.notSent) { try await client.createLink(.example()) }
  }

  func testAConnectionThatIsNeverMadeIsNotSent() async throws {
    let (listener, port) = Sockets.listen(backlog: 0)
    // Nobody accepts, and the queue is full: a further SYN is not answered.
    let queue = (0..<4).map { _ in Sockets.beginToConnect(to: port) }
    defer { ([listener] + queue).forEach(Sockets.end) }
    try await Task.sleep(for: .milliseconds(50))
    try await throwing(.notSent) { try await ask("http://127.0.0.1:\(port)", timeout: .milliseconds(400), maxRetries: 0) }
  }

  func testACallThatWasNotSentIsSentAgain() async throws {
    let port = Sockets.freePort()
    let client = try ValifyLink.testing("http://127.0.0.1:\(port)", maxRetries: 10, backoffCap: .seconds(8))
    let late = Task {
      try await Task.sleep(for: .milliseconds(300))
      return Server(onPort: port) { connection in
        connection.request()
        connection.link("Connection: close")
      }
    }
    // Full jitter from 0 to 0.5, 1, 2 … seconds: ten attempts reach beyond the opening.
    let link = try await client.createLink(.example())
    let server = try await late.value
    defer { server.close() }
    XCTAssertFalse(link.sessionToken.isEmpty)
    XCTAssertEqual(server.requests.count, 1)
  }

  // MARK: It may have been processed

  func testACutIsOutcomeUnknownAndNotSentAgain() async throws {
    for (action, sessions) in [("drop_before", 0), ("drop_after", 1), ("truncate", 1)] {
      let sandbox = try await Sandbox.fresh()
      try await sandbox.fault(action)
      let error = try await throwing(.outcomeUnknown) { try await ask(sandbox.baseURL, maxRetries: 5) }
      XCTAssertEqual(error.referenceID, reference)
      XCTAssertEqual(error.next, .doNotResend)
      let made = try await sandbox.sessions()
      XCTAssertEqual(made, sessions, action)
    }
  }

  /// The first address of `localhost` refuses, the second takes the request and closes.
  func testACutAfterARefusedAddressIsOutcomeUnknown() async throws {
    let server = serve { $0.request() }
    try await throwing(.outcomeUnknown) { try await ask(server.baseURLByName, maxRetries: 5) }
    XCTAssertEqual(server.requests.count, 1)
  }

  /// A head that ends in the middle is where FoundationNetworking ends the process, and where libcurl sees nothing wrong.
  func testAnAnswerThatIsClosedAfterAnyByteIsOutcomeUnknown() async throws {
    let lines = ["Content-Type: application/json", "Set-Cookie: a=b", "Connection: close"]
    for chunked in [false, true] {
      let answer: @Sendable (Connection) -> [UInt8] = { connection in
        let body = Array(connection.linkBody.utf8)
        if !chunked { return head(body.count, "200 OK", lines) + body }
        let size = Array((String(body.count, radix: 16) + "\r\n").utf8)
        return head(nil, "200 OK", lines + ["Transfer-Encoding: chunked"]) + size + body + Array("\r\n0\r\nX: y\r\n\r\n".utf8)
      }
      let server = serve { connection in
        connection.request()
        connection.send(Array(answer(connection).prefix(connection.number)))
      }
      var cuts = 0
      while true {
        do {
          _ = try await ask(server.baseURL)
          break
        } catch let error as ValifyError {
          XCTAssertEqual(error.kind, .outcomeUnknown, "\(error) after \(cuts) bytes")
          cuts += 1
        }
        guard cuts < 1000 else { return XCTFail("no answer is whole") }
      }
      // What may be missing of a whole answer is the end of the part behind its last chunk.
      let whole = head(server.linkBody().utf8.count, "200 OK", lines).count + server.linkBody().utf8.count
      if chunked { XCTAssertGreaterThan(cuts, whole) } else { XCTAssertEqual(cuts, whole) }
      XCTAssertEqual(server.requests.count, cuts + 1)
    }
  }

  func testWhatComesBeforeAnAnswerIsNone() async throws {
    let interim = Array("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Encoding: x\r\n\r\n".utf8)
    let answered = serve { connection in
      connection.request()
      connection.send(interim)
      connection.link("Connection: close")
    }
    _ = try await ask(answered.baseURL)
    let closed = serve { connection in
      connection.request()
      connection.send(interim)
    }
    try await throwing(.outcomeUnknown) { try await ask(closed.baseURL) }
  }

  func testWhatIsNoAnswerOfHTTPIsOutcomeUnknown() async throws {
    for junk in [
      #"{"session_token":"5e55104e-0000"}"#, "SSH-2.0-x\r\n\r\n", "HTTP/1.1\r\n\r\n", "\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n",
    ] {
      let server = serve { connection in
        connection.request()
        connection.send(Array(junk.utf8))
      }
      try await throwing(.outcomeUnknown) { try await ask(server.baseURL, maxRetries: 5) }
      XCTAssertEqual(server.requests.count, 1, junk)
    }
  }

  func testAHeadWithoutEndIsNotReadToIt() async throws {
    let long = String(repeating: "x", count: 1000)
    for line in ["X-Line: \(long)\r\n", "\r\nHTTP/1.1 100 Continue\r\n", long] {
      let server = serve { connection in
        connection.request()
        connection.send(Array("HTTP/1.1 100 Continue\r\n".utf8))
        let lines = Array(String(repeating: line, count: 64).utf8)
        while connection.send(lines) {}
      }
      let before = peakMemory()
      try await throwing(.outcomeUnknown) { try await ask(server.baseURL, timeout: .seconds(60)) }
      XCTAssertLessThan(peakMemory() - before, 40_000_000)
    }
  }

  func testAServerErrorIsNotSentAgain() async throws {
    let sandbox = try await Sandbox.fresh()
    try await sandbox.fault("status", ["status": 503])
    let error = try await throwing(.serverError) { try await ask(sandbox.baseURL, maxRetries: 5) }
    XCTAssertEqual(error.status, 503)
    let sessions = try await sandbox.sessions()
    XCTAssertEqual(sessions, 0)
  }

  func testTooManyRequestsAreSentAgain() async throws {
    let sandbox = try await Sandbox.fresh()
    try await sandbox.fault("status", ["status": 429])
    _ = try await ask(sandbox.baseURL)
    let sessions = try await sandbox.sessions()
    XCTAssertEqual(sessions, 1)
  }

  func testSilenceEndsWithTheTimeout() async throws {
    let server = serve { connection in
      connection.request()
      connection.request()  // until the client has gone
    }
    let error = try await throwing(.outcomeUnknown) { try await ask(server.baseURL, timeout: .milliseconds(1500), maxRetries: 5) }
    XCTAssertEqual(server.requests.count, 1)
    XCTAssertEqual(error.transportError, "no answer within the timeout")
  }

  func testAnAnswerThatDripsEndsWithTheTimeout() async throws {
    for dripsFrom in ["head", "body"] {
      let server = serve { connection in
        connection.request()
        let body = [UInt8](repeating: 32, count: 100)
        let whole = head(body.count) + body
        let at = dripsFrom == "head" ? 5 : whole.count - body.count
        connection.send(Array(whole[..<at]))
        for byte in whole[at...] {
          Thread.sleep(forTimeInterval: 0.1)  // each byte in time, all of them not
          if !connection.send([byte]) { return }
        }
      }
      try await throwing(.outcomeUnknown) { try await ask(server.baseURL, timeout: .seconds(2)) }
    }
  }

  func testATimeoutOfTheCallReplacesTheClients() async throws {
    let server = serve { connection in
      connection.request()
      connection.request()
    }
    let client = try ValifyLink.testing(server.baseURL, timeout: .seconds(300))
    try await throwing(.outcomeUnknown) { try await client.createLink(.example(), timeout: .milliseconds(1500)) }
  }

  // MARK: What comes back

  func testARedirectIsRefusedAndTheKeyStays() async throws {
    let other = links()
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"] {
      let server = serve { connection in
        connection.request()
        connection.answer([], status, "Location: \(other.baseURL)/api/link/v1/request/?lang=en")
      }
      let error = try await throwing(.redirected) { try await ask(server.baseURL) }
      XCTAssertEqual(error.status.map(String.init), String(status.prefix(3)))
    }
    XCTAssertEqual(other.connections, 0)
  }

  func testAnEncodedAnswerIsRead() async throws {
    let server = serve { connection in
      connection.request()
      connection.answer(gzip(Array(connection.linkBody.utf8)), "200 OK", "Content-Encoding: gzip")
    }
    let link = try await ask(server.baseURL)
    XCTAssertFalse(link.sessionToken.isEmpty)
  }

  func testAnEncodedAnswerThatCannotBeDecodedIsOutcomeUnknown() async throws {
    for (status, line) in [
      ("200 OK", "Content-Encoding: gzip"), ("200 OK", "Content-Encoding: br"), ("200 OK", "Content-Encoding: rot13"),
      ("200 OK", "Content-Encoding: gzip, gzip"), ("200 OK", "Content-Encoding:\r\n gzip"), ("200 OK", "Transfer-Encoding: gzip"),
      ("401 Unauthorized", "Content-Encoding: gzip"),
    ] {
      let server = serve { connection in
        connection.request()
        connection.answer(Array(gzip(Array(connection.linkBody.utf8)).dropLast(12)), status, line)
      }
      try await throwing(.outcomeUnknown) { try await ask(server.baseURL) }
    }
  }

  func testAnEmptyAnswerIsWholeWhateverItsEncoding() async throws {
    let server = serve { connection in
      connection.request()
      connection.answer([], "401 Unauthorized", "Content-Encoding: gzip")
    }
    try await throwing(.unauthorized) { try await ask(server.baseURL) }
  }

  func testABombIsNotKept() async throws {
    let bomb = try Tool.run(["sh", "-c", "head -c 200000000 /dev/zero | gzip -9"])
    _ = try await ask(links().baseURL)  // what is loaded once is not what is measured
    let server = serve { connection in
      connection.request()
      connection.answer(Array(bomb), "200 OK", "Content-Encoding: gzip")
    }
    let before = peakMemory()
    let error = try await throwing(.outcomeUnknown) { try await ask(server.baseURL, maxResponseBytes: 100_000) }
    XCTAssert("\(error)".contains("larger"), "\(error)")
    XCTAssertLessThan(peakMemory() - before, 40_000_000)
  }

  func testABodyWithoutEndIsNotReadToIt() async throws {
    let server = serve { connection in
      connection.request()
      connection.send(head(nil, "200 OK", ["Connection: close"]))
      let chunk = [UInt8](repeating: 32, count: 65536)
      while connection.send(chunk) {}
    }
    let before = peakMemory()
    let error = try await throwing(.outcomeUnknown) { try await ask(server.baseURL, maxResponseBytes: 1_000_000) }
    XCTAssert("\(error)".contains("larger"), "\(error)")
    XCTAssertLessThan(peakMemory() - before, 40_000_000)
  }

  func testABodyOfTheVeryCapIsRead() async throws {
    let server = links()
    let size = server.linkBody().utf8.count
    _ = try await ask(server.baseURL, maxResponseBytes: max(1024, size))
    let padded = serve { connection in
      connection.request()
      connection.answer(Array(connection.linkBody.utf8) + [UInt8](repeating: 32, count: 2048 - connection.linkBody.utf8.count))
    }
    _ = try await ask(padded.baseURL, maxResponseBytes: 2048)
    try await throwing(.outcomeUnknown) { try await ask(padded.baseURL, maxResponseBytes: 2047) }
  }

  func testAMalformedAnswerIsTheCoresToJudge() async throws {
    let sandbox = try await Sandbox.fresh()
    try await sandbox.fault("malformed")
    let error = try await throwing(.malformedResponse) { try await ask(sandbox.baseURL) }
    XCTAssertNil(error.transportError)
  }

  // MARK: Connections

  func testEachRequestHasAConnectionOfItsOwn() async throws {
    // Offers to keep the connection, and closes it without an answer when it is used again.
    let server = serve { connection in
      connection.request()
      connection.link("Connection: keep-alive")
      connection.request()
    }
    let client = try ValifyLink.testing(server.baseURL)
    for _ in 0..<3 { _ = try await client.createLink(.example()) }
    XCTAssertEqual(server.requests.count, 3)
    XCTAssertEqual(server.connections, 3)
  }

  func testNothingIsKeptBetweenRequests() async throws {
    let server = serve { connection in
      connection.request()
      connection.link("Connection: close", "Set-Cookie: tracker=canary-cookie")
    }
    let client = try ValifyLink.testing(server.baseURL)
    for _ in 0..<2 { _ = try await client.createLink(.example()) }
    XCTAssertFalse(server.requests[1].contains("canary-cookie"))
  }

  // MARK: The caller

  func testCancellingTheTaskCancelsTheRequest() async throws {
    let (reached, gone) = (expectation(description: "reached"), expectation(description: "the client has gone"))
    let server = serve { connection in
      connection.request()
      reached.fulfill()
      if connection.request() == nil { gone.fulfill() }
    }
    let client = try ValifyLink.testing(server.baseURL, timeout: .seconds(300))
    let call = Task { try await client.createLink(.example()) }
    await fulfillment(of: [reached], timeout: 20)
    call.cancel()
    do {
      _ = try await call.value
      XCTFail("a cancelled call gave a link")
    } catch {
      XCTAssert(error is CancellationError, "\(error)")
    }
    await fulfillment(of: [gone], timeout: 20)
    XCTAssertEqual(server.requests.count, 1)
  }

  func testATaskThatIsCancelledBeforeSendsNothing() async throws {
    let server = links()
    let client = try ValifyLink.testing(server.baseURL)
    let call = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await client.createLink(.example())
    }
    call.cancel()
    do {
      _ = try await call.value
      XCTFail("a cancelled call gave a link")
    } catch {
      XCTAssert(error is CancellationError, "\(error)")
    }
    XCTAssertEqual(server.requests.count, 0)
  }

  func testCancellingAWaitEndsTheCall() async throws {
    let client = try ValifyLink.testing("http://127.0.0.1:\(Sockets.freePort())", maxRetries: 10, backoffCap: .seconds(60))
    let call = Task { try await client.createLink(.example()) }
    try await Task.sleep(for: .milliseconds(100))
    call.cancel()
    do {
      _ = try await call.value
      XCTFail("a cancelled call gave a link")
    } catch {
      XCTAssert(error is CancellationError, "\(error)")
    }
  }

  func testWhateverATransportOfTheCallersThrowsIsOutcomeUnknown() async throws {
    struct Broken: HTTPTransport {
      struct Oops: Error { let text: String }
      func send(_ request: ValifyLink.HTTPRequest) async throws -> ValifyLink.HTTPResponse {
        throw Oops(text: "no luck with \(request.headers) and\n\(String(decoding: request.body, as: UTF8.self))")
      }
    }
    let client = try ValifyLink(apiKey: "fake-canary-key-1", transport: Broken())
    let error = try await throwing(.outcomeUnknown) { try await client.createLink(.example()) }
    let said = try XCTUnwrap(error.transportError)
    XCTAssert(said.hasPrefix("Oops: "), said)
    for hidden in ["fake-canary-key-1", reference, back, "\n"] { XCTAssertFalse("\(error)".contains(hidden), "\(error)") }
  }

  func testATransportOfTheCallersCarriesTheCall() async throws {
    struct Canned: HTTPTransport {
      func send(_ request: ValifyLink.HTTPRequest) async throws -> ValifyLink.HTTPResponse {
        let body = #"{"session_token":"5e55104e-0000","redirect_url ":"https://verify.valifysolutions.com/?token=5e55104e-0000"}"#
        return ValifyLink.HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: Data(body.utf8))
      }
    }
    let link = try await ValifyLink(apiKey: "fake-canary-key-1", transport: Canned()).createLink(.example())
    XCTAssertEqual(link.redirectURL, "https://verify.valifysolutions.com/?token=5e55104e-0000")
  }
}

private func gzip(_ bytes: [UInt8]) -> [UInt8] {
  guard let packed = try? Tool.run(["gzip", "-c"], input: Data(bytes)) else { return [] }
  return Array(packed)
}

/// The most memory that this process has had, in bytes. Linux alone tells it so; elsewhere nothing is known.
private func peakMemory() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
}
