import Foundation
import ValifyLink
import XCTest

/// The running sandbox that all tests share.
struct Sandbox {
  let baseURL: String
  private let tool: Tool

  static let shared: Result<Sandbox, any Error> = Result { try Sandbox() }

  private init() throws {
    guard let binary = ProcessInfo.processInfo.environment["VALIFY_SANDBOX"] else {
      throw Missing("VALIFY_SANDBOX must name the built valify-sandbox: tests/run swift does")
    }
    tool = try Tool([binary, "serve", "--listen", "127.0.0.1:0"])
    let line = tool.line()
    guard line.hasPrefix("valify-sandbox ready at ") else { throw Missing("the sandbox said: \(line)") }
    baseURL = String(line.split(separator: " ")[3])
    running.append(tool)
    atexit { running.forEach { $0.stop() } }
  }

  /// The sandbox, emptied.
  static func fresh() async throws -> Sandbox {
    let sandbox = try shared.get()
    _ = try await sandbox.call("/_sandbox/reset", [:])
    return sandbox
  }

  @discardableResult
  func call(_ path: String, _ body: [String: Any]? = nil) async throws -> Any {
    let text = try body.map { String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self) }
    let answer = try await Browser().send(text == nil ? "GET" : "POST", baseURL + path, body: text, type: "application/json")
    XCTAssert((200..<300).contains(answer.status), "\(path): \(answer.status) \(answer.body)")
    return answer.body.isEmpty ? [:] : try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
  }

  func sessions() async throws -> Int {
    let answer = try await call("/_sandbox/sessions")
    let list = answer as? [Any] ?? (answer as? [String: Any])?["sessions"] as? [Any]
    return try XCTUnwrap(list).count
  }

  func fault(_ action: String, _ more: [String: Any] = [:]) async throws {
    try await call("/_sandbox/faults", ["on": "link", "action": action, "count": 1].merging(more) { $1 })
  }
}

struct Missing: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What ends with the tests.
private nonisolated(unsafe) var running: [Tool] = []
