import Foundation
import XCTest

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The whole way against the sandbox: create, redirect, return, webhook, in whatever order they come.
final class JourneyTests: XCTestCase {
  private var journey = Journey.none

  override func setUp() async throws { journey = try await Journey.start() }
  override func tearDown() async throws { journey.stop() }

  func testTheWebhookDecides() async throws {
    for (user, outcome) in [("user-1", "passed"), ("user-2", "failed"), ("user-3", "review"), ("user-4", "abandoned")] {
      journey.browser.cookies = ["user": user]
      try await assertStatus("nothing yet")
      let token = try await journey.begin()
      try await assertStatus("issued")
      let back = try await journey.complete(token, outcome)
      try await journey.wait(for: outcome)
      // The browser comes after the webhook, and cannot change what it said.
      let answer = try await journey.browser.send("GET", back)
      XCTAssertEqual(answer.status, 303)
      try await assertStatus(outcome)
    }
  }

  func testAReturnAloneProvesNothing() async throws {
    _ = try await journey.control("/_sandbox/faults", #"{"on":"webhook","action":"never","count":1}"#)
    let back = try await journey.complete(try await journey.begin(), "passed")
    let forged = try await journey.browser.send("GET", back.replacingOccurrences(of: "vl=", with: "vl=x"))
    XCTAssertEqual(forged.status, 303)
    try await assertStatus("issued")
    _ = try await journey.browser.send("GET", back)
    try await assertStatus("returned")
  }

  func testAForgedWebhookIsRefused() async throws {
    let body = #"{"data":{"token":"\#(try await journey.begin())","status":"approved"}}"#
    let answer = try await Browser().send("POST", journey.app + "/webhooks/valify", body: body)
    XCTAssertEqual(answer.status, 401)
    XCTAssertEqual(answer.body, "")
    try await assertStatus("issued")
  }

  func testALinkThatCannotBeHadIsSaid() async throws {
    _ = try await journey.control("/_sandbox/faults", #"{"on":"link","action":"drop_after","count":1}"#)
    let answer = try await journey.browser.send("POST", journey.app + "/verify")
    XCTAssertEqual(answer.status, 503)
    try await assertStatus("requested")
  }

  func testWhatIsNotThereIsSaid() async throws {
    let there = try await Browser().send("GET", journey.app + "/webhooks/valify")
    XCTAssertEqual(there.status, 405)
    let nowhere = try await Browser().send("GET", journey.app + "/nowhere")
    XCTAssertEqual(nowhere.status, 404)
    let large = try await Browser().send("POST", journey.app + "/webhooks/valify", body: String(repeating: " ", count: (8 << 20) + 1))
    XCTAssertEqual(large.status, 413)
  }

  func testWritesAtTheSameTimeAreAllKept() async throws {
    let back = try await journey.complete(try await journey.begin(), "passed")
    let answers = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<16 { group.addTask { try await Browser().send("GET", back).status } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    XCTAssertEqual(Set(answers), [303])
    try await journey.wait(for: "passed")
  }

  private func assertStatus(_ expected: String, line: UInt = #line) async throws {
    let status = try await journey.status()
    XCTAssertEqual(status, expected, line: line)
  }
}

/// A running app with a sandbox of its own, and a browser.
private final class Journey {
  static let none = Journey(app: "", sandbox: "", processes: [])

  let app: String
  let browser = Browser()
  private let sandbox: String
  private let processes: [Process]

  private init(app: String, sandbox: String, processes: [Process]) {
    self.app = app
    self.sandbox = sandbox
    self.processes = processes
  }

  static func start() async throws -> Journey {
    let environment = ProcessInfo.processInfo.environment
    guard let binary = environment["VALIFY_SANDBOX"], let server = environment["APP"], let port = environment["APP_PORT"] else {
      throw Failed("VALIFY_SANDBOX and APP must name the built valify-sandbox and Server, APP_PORT a free port: tests/run swift does")
    }
    let app = "http://127.0.0.1:\(port)"
    let (sandbox, line) = try launch(
      URL(fileURLWithPath: binary), ["serve", "--listen", "127.0.0.1:0", "--webhook-url", "\(app)/webhooks/valify"])
    let base = String(line.split(separator: " ").last ?? "")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
      let (process, ready) = try launch(
        URL(fileURLWithPath: server), [],
        ["PORT": port, "VALIFY_SANDBOX_URL": base, "DATABASE_URL": "sqlite:///\(folder.path)/attempts.db"])
      guard ready == "serving \(app)" else { throw Failed("the app said: \(ready)") }
      return Journey(app: app, sandbox: base, processes: [process, sandbox])
    } catch {
      end(sandbox)
      throw error
    }
  }

  func stop() {
    for process in processes { end(process) }
  }

  func status() async throws -> String {
    let page = try await browser.send("GET", app + "/").body
    let rest = page.components(separatedBy: #"<b id="status">"#).last ?? ""
    return rest.components(separatedBy: "<")[0]
  }

  func begin() async throws -> String {
    let answer = try await browser.send("POST", app + "/verify")
    guard answer.status == 303, let token = answer.location.components(separatedBy: "token=").last else { throw Failed("\(answer)") }
    return token
  }

  func complete(_ token: String, _ outcome: String) async throws -> String {
    let answer = try await control("/_sandbox/sessions/\(token)/complete", #"{"outcome":"\#(outcome)"}"#)
    let fields = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
    guard let back = fields?["redirect_to"] as? String else { throw Failed(answer) }
    return back
  }

  func control(_ path: String, _ body: String) async throws -> String {
    let answer = try await Browser().send("POST", sandbox + path, body: body)
    guard (200..<300).contains(answer.status) else { throw Failed("\(answer)") }
    return answer.body
  }

  func wait(for expected: String) async throws {
    for _ in 0..<200 where try await status() != expected { try await Task.sleep(for: .milliseconds(50)) }
    let status = try await status()
    guard status == expected else { throw Failed("expected \(expected), got \(status)") }
  }

  /// Starts a program, and gives the first line that it prints.
  private static func launch(_ program: URL, _ arguments: [String], _ environment: [String: String] = [:]) throws -> (Process, String) {
    let (process, output) = (Process(), Pipe())
    process.executableURL = program
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    try process.run()
    var line: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { line.append(byte) }
    return (process, String(decoding: line, as: UTF8.self))
  }
}

/// At once: asked to end, the sandbox waits for connections that a session may keep open.
private func end(_ process: Process) {
  kill(process.processIdentifier, SIGKILL)
  process.waitUntilExit()
}

private struct Failed: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// A client that follows no redirect and keeps its cookies.
private final class Browser: NSObject, URLSessionTaskDelegate, @unchecked Sendable {
  struct Answer {
    let status: Int
    let location: String
    let body: String
  }

  var cookies: [String: String] = [:]

  func send(_ method: String, _ url: String, body: String? = nil) async throws -> Answer {
    guard let parsed = URL(string: url) else { throw Failed("no URL: \(url)") }
    var request = URLRequest(url: parsed)
    request.httpMethod = method
    request.httpBody = body.map { Data($0.utf8) }
    request.httpShouldHandleCookies = false
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    if !cookies.isEmpty {
      request.setValue(cookies.map { "\($0)=\($1)" }.joined(separator: "; "), forHTTPHeaderField: "Cookie")
    }
    let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    let (data, response) = try await session.data(for: request)
    guard let response = response as? HTTPURLResponse else { throw Failed("no HTTP") }
    if let pair = response.value(forHTTPHeaderField: "Set-Cookie")?.split(separator: ";").first?.split(separator: "=", maxSplits: 1) {
      cookies[String(pair[0])] = pair.count > 1 ? String(pair[1]) : ""
    }
    return Answer(
      status: response.statusCode, location: response.value(forHTTPHeaderField: "Location") ?? "",
      body: String(decoding: data, as: UTF8.self))
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}
