import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A client that follows no redirect and keeps the cookies that it is given.
final class Browser: NSObject, URLSessionTaskDelegate, @unchecked Sendable {
  struct Answer {
    let status: Int
    let location: String
    let body: String
  }

  private let cookies = NSMutableDictionary()

  func send(_ method: String, _ url: String, body: String? = nil, type: String? = nil, headers: [String: String] = [:]) async throws
    -> Answer
  {
    guard let parsed = URL(string: url) else { throw Missing("no URL: \(url)") }
    var request = URLRequest(url: parsed)
    request.httpMethod = method
    request.httpBody = body.map { Data($0.utf8) }
    if let type { request.setValue(type, forHTTPHeaderField: "Content-Type") }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    request.httpShouldHandleCookies = false
    if cookies.count > 0 {
      request.setValue(cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "), forHTTPHeaderField: "Cookie")
    }
    let session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    let (data, response) = try await session.data(for: request)
    guard let response = response as? HTTPURLResponse else { throw Missing("no HTTP") }
    if let cookie = response.value(forHTTPHeaderField: "Set-Cookie")?.split(separator: ";").first {
      let parts = cookie.split(separator: "=", maxSplits: 1)
      cookies[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
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
