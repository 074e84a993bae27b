import Foundation

/// A loopback server that runs a script for each connection.
final class Server: @unchecked Sendable {
  private let listener: Int32
  private let port: UInt16
  private let script: @Sendable (Connection) -> Void
  private let lock = NSLock()
  private var seen: [String] = []
  private var accepted = 0

  /// `localhost` is a name with two addresses, of which this server has one.
  var baseURL: String { "http://127.0.0.1:\(port)" }
  var baseURLByName: String { "http://localhost:\(port)" }
  var requests: [String] { lock.withLock { seen } }
  var connections: Int { lock.withLock { accepted } }

  convenience init(_ script: @escaping @Sendable (Connection) -> Void) {
    self.init(onPort: 0, script)
  }

  init(onPort chosen: UInt16, _ script: @escaping @Sendable (Connection) -> Void) {
    (listener, port) = Sockets.listen(on: chosen)
    self.script = script
    Thread.detachNewThread { [self] in
      while let descriptor = Sockets.accept(on: listener) {
        let number = lock.withLock {
          accepted += 1
          return accepted - 1
        }
        let connection = Connection(descriptor, self, number)
        Thread.detachNewThread {
          script(connection)
          Sockets.end(descriptor)
        }
      }
      // Not before the last accept: it would take the next server's connections, whose listener has this one's number by then.
      Sockets.end(listener)
    }
  }

  func close() {
    Sockets.stopAccepting(on: listener)
  }

  /// A link of this server's own.
  func linkBody() -> String {
    let token = "5e55104e-0000-4000-8000-00000000000f"
    return #"{"session_token":"\#(token)","redirect_url":"\#(baseURL)/?token=\#(token)"}"#
  }

  fileprivate func note(_ request: String) {
    lock.withLock { seen.append(request) }
  }

  /// Answers one request of each connection with a link.
  static func ofLinks() -> Server {
    Server { connection in
      connection.request()
      connection.link("Connection: close")
    }
  }
}

/// One accepted connection, with what a script needs of HTTP.
final class Connection: @unchecked Sendable {
  /// How many came before it.
  let number: Int
  private let descriptor: Int32
  private let server: Server
  private var buffer: [UInt8] = []

  init(_ descriptor: Int32, _ server: Server, _ number: Int) {
    self.number = number
    self.descriptor = descriptor
    self.server = server
  }

  var linkBody: String { server.linkBody() }

  /// The next request, whole; nothing where the client closed.
  @discardableResult
  func request() -> String? {
    while true {
      let text = String(decoding: buffer, as: UTF8.self)
      if let end = text.range(of: "\r\n\r\n") {
        let head = text[..<end.lowerBound].lowercased()
        let lengths = head.components(separatedBy: "\r\n").filter { $0.hasPrefix("content-length:") }
        let length = lengths.first.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
        let whole = text[..<end.upperBound].utf8.count + length
        if buffer.count >= whole {
          let request = String(decoding: buffer[..<whole], as: UTF8.self)
          buffer.removeFirst(whole)
          server.note(request)
          return request
        }
      }
      guard let chunk = Sockets.receive(from: descriptor) else { return nil }
      buffer += chunk
    }
  }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool { Sockets.send(bytes, to: descriptor) }

  func answer(_ body: [UInt8] = [], _ status: String = "200 OK", _ lines: String...) {
    send(head(body.count, status, lines) + body)
  }

  func link(_ lines: String...) {
    let body = Array(server.linkBody().utf8)
    send(head(body.count, "200 OK", lines) + body)
  }
}

func head(_ length: Int?, _ status: String = "200 OK", _ lines: [String] = []) -> [UInt8] {
  let length = length.map { ["Content-Length: \($0)"] } ?? []
  return Array(((["HTTP/1.1 \(status)"] + length + lines).joined(separator: "\r\n") + "\r\n\r\n").utf8)
}
