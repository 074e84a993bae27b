import Foundation

/// A request as it came, its body as raw bytes.
struct Request {
  let method: String
  /// The request target, undecoded.
  let target: String
  let headers: [(name: String, value: String)]
  let body: Data

  var path: Substring { target.prefix { $0 != "?" } }

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name }?.value
  }

  func cookie(_ name: String) -> String? {
    let pairs = (header("cookie") ?? "").split(separator: ";").map { $0.split(separator: "=", maxSplits: 1) }
    return pairs.first { $0.count == 2 && $0[0].drop { $0 == " " } == name }.map { String($0[1]) }
  }
}

struct Response {
  var status: Int
  var headers: [(String, String)] = []
  var body = ""

  static func redirect(_ location: String) -> Response { Response(status: 303, headers: [("Location", location)]) }
}

/// What is wrong with a request before anybody looks at what it says.
struct Refused: Error {
  let status: Int
}

/// Takes a request apart while it comes in.
struct Parser {
  private static let maxHeadBytes = 16 * 1024
  private let maxBodyBytes: Int
  private var buffer = Data()
  private var head: (method: String, target: String, headers: [(name: String, value: String)], length: Int)?

  init(maxBodyBytes: Int) {
    self.maxBodyBytes = maxBodyBytes
  }

  /// Takes what has come. Gives the request once it is whole.
  mutating func feed(_ chunk: Data) throws -> Request? {
    buffer.append(chunk)
    if head == nil { try readHead() }
    guard let head else { return nil }
    guard buffer.count >= head.length else { return nil }
    return Request(method: head.method, target: head.target, headers: head.headers, body: Data(buffer.prefix(head.length)))
  }

  private mutating func readHead() throws {
    guard let end = buffer.range(of: Data("\r\n\r\n".utf8)) else {
      if buffer.count > Self.maxHeadBytes { throw Refused(status: 431) }
      return
    }
    guard end.lowerBound <= Self.maxHeadBytes else { throw Refused(status: 431) }
    let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let start = lines[0].split(separator: " ")
    guard start.count == 3, start[2].hasPrefix("HTTP/1."), start[1].hasPrefix("/") else { throw Refused(status: 400) }
    let headers = try lines.dropFirst().map { line -> (name: String, value: String) in
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { throw Refused(status: 400) }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: CharacterSet(charactersIn: " \t"))
      return (String(line[..<colon]), value)
    }
    let lengths = headers.filter { $0.name.lowercased() == "content-length" }.map { Int($0.value) }
    // A body whose end is not certain is not guessed at.
    guard lengths.count <= 1, !headers.contains(where: { $0.name.lowercased() == "transfer-encoding" }) else { throw Refused(status: 411) }
    guard let length = lengths.first ?? 0, length >= 0 else { throw Refused(status: 400) }
    guard length <= maxBodyBytes else { throw Refused(status: 413) }
    head = (String(start[0]), String(start[1]), headers, length)
    buffer = Data(buffer[end.upperBound...])
  }
}
