import Foundation
import ValifyLink
import XCTest

let key = "sandbox-key-not-for-production"
let reference = "user-canary-7"
let back = "https://shop.example/back"

extension LinkRequest {
  static func example(lang: ValifyLink.Lang? = nil) -> LinkRequest {
    LinkRequest(returnURL: back, referenceID: reference, expiresAt: Date().addingTimeInterval(1800), lang: lang)
  }
}

extension ValifyLink {
  /// A client of a sandbox that waits for nothing between attempts.
  static func testing(
    _ baseURL: String, timeout: Duration? = nil, maxRetries: Int? = nil, backoffCap: Duration = .zero, maxResponseBytes: Int? = nil,
    insecureHosts: [String]? = nil, transport: any HTTPTransport = DefaultTransport()
  ) throws -> ValifyLink {
    try ValifyLink(
      apiKey: key, baseURL: baseURL, environment: .sandbox, timeout: timeout, maxRetries: maxRetries, backoffCap: backoffCap,
      maxResponseBytes: maxResponseBytes, insecureHosts: insecureHosts, transport: transport)
  }
}

/// The error of this kind that the block must throw.
@discardableResult
func throwing<T>(
  _ kind: ValifyError.Kind, file: StaticString = #filePath, line: UInt = #line, _ block: () async throws -> T
) async throws -> ValifyError {
  do {
    _ = try await block()
  } catch let error as ValifyError {
    XCTAssertEqual(error.kind, kind, "\(error)", file: file, line: line)
    return error
  }
  XCTFail("nothing was thrown, not even \(kind)", file: file, line: line)
  throw Missing("an error")
}
