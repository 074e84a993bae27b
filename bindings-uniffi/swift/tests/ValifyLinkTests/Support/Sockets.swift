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

/// What the tests need of TCP on the loopback address.
enum Sockets {
  /// A listener on a port, or on one that the system chooses.
  static func listen(on chosen: UInt16 = 0, backlog: Int32 = 16) -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, stream, 0)
    precondition(descriptor >= 0)
    var reuse: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = loopback(port: chosen)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
        precondition(bind(descriptor, plain, length) == 0)
        precondition(getsockname(descriptor, plain, &length) == 0)
      }
      return UInt16(bigEndian: address.pointee.sin_port)
    }
    // Glibc's own, not this one.
    #if canImport(Glibc)
      precondition(Glibc.listen(descriptor, backlog) == 0)
    #else
      precondition(Darwin.listen(descriptor, backlog) == 0)
    #endif
    return (descriptor, port)
  }

  /// A port on which nobody listens.
  static func freePort() -> UInt16 {
    let (descriptor, port) = listen()
    close(descriptor)
    return port
  }

  /// Begins to connect, and waits for nothing.
  static func beginToConnect(to port: UInt16) -> Int32 {
    let descriptor = socket(AF_INET, stream, 0)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    var address = loopback(port: port)
    withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
        _ = connect(descriptor, plain, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return descriptor
  }

  /// The next connection; nothing once the listener is shut down.
  static func accept(on listener: Int32) -> Int32? {
    #if canImport(Glibc)
      let accepted = Glibc.accept(listener, nil, nil)
    #else
      let accepted = Darwin.accept(listener, nil, nil)
    #endif
    return accepted < 0 ? nil : accepted
  }

  /// Whoever accepts is told so, and closes the listener.
  static func stopAccepting(on listener: Int32) {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// What has come; nothing at the end.
  static func receive(from descriptor: Int32) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  /// Sends all; false once the peer has gone.
  @discardableResult
  static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { chunk in
        #if canImport(Glibc)
          Glibc.send(descriptor, chunk.baseAddress, chunk.count, noSignal)
        #else
          Darwin.send(descriptor, chunk.baseAddress, chunk.count, noSignal)
        #endif
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  static func end(_ descriptor: Int32) {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
  }
}
