import Foundation

#if canImport(Glibc)
  import Glibc
  private let stream = Int32(SOCK_STREAM.rawValue)
  private let noSignal = Int32(MSG_NOSIGNAL)
#else
  import Darwin
  private let stream = SOCK_STREAM
  private let noSignal: Int32 = 0
#endif

/// As much of an HTTP server as an example needs, since it has no dependency: one request for each connection, on the loopback address. A real
/// app has a framework, and gives its verifier that framework's raw body, header pairs and undecoded target.
struct Listener {
  private let descriptor: Int32
  private let maxBodyBytes: Int

  init(port: UInt16, maxBodyBytes: Int) throws {
    self.maxBodyBytes = maxBodyBytes
    descriptor = socket(AF_INET, stream, 0)
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let bound = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard bound == 0, listen(descriptor, 64) == 0 else { throw Failed(description: "port \(port) is not to be had") }
  }

  /// Serves until the process ends.
  func serve(_ handler: @escaping @Sendable (Request) async -> Response) {
    while true {
      let accepted = accept(descriptor, nil, nil)
      guard accepted >= 0 else { continue }
      Thread.detachNewThread {
        answer(accepted, handler)
        close(accepted)
      }
    }
  }

  private func answer(_ connection: Int32, _ handler: @escaping @Sendable (Request) async -> Response) {
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var parser = Parser(maxBodyBytes: maxBodyBytes)
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    do {
      while true {
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        if let request = try parser.feed(Data(buffer[..<count])) { return write(wait(for: request, handler), to: connection) }
      }
    } catch {
      write(Response(status: (error as? Refused)?.status ?? 400), to: connection)
      // The sender is still writing: closed at once, it would see a reset instead of this answer.
      shutdown(connection, Int32(SHUT_WR))
      var left = 4 * maxBodyBytes
      while left > 0 {
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        left -= count
      }
    }
  }

  /// This thread is the connection's own: it may wait.
  private func wait(for request: Request, _ handler: @escaping @Sendable (Request) async -> Response) -> Response {
    let done = DispatchSemaphore(value: 0)
    let box = Box()
    Task {
      box.response = await handler(request)
      done.signal()
    }
    done.wait()
    return box.response
  }

  private final class Box: @unchecked Sendable {
    var response = Response(status: 500)
  }

  private func write(_ response: Response, to connection: Int32) {
    let body = Data(response.body.utf8)
    let headers = response.headers + [("Content-Length", String(body.count)), ("Connection", "close")]
    let head = "HTTP/1.1 \(response.status) -\r\n" + headers.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
    let all = Data(head.utf8) + body
    var sent = 0
    while sent < all.count {
      let count = all[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, noSignal) }
      guard count > 0 else { return }
      sent += count
    }
  }
}
