import Foundation

/// A TLS server of OpenSSL's for one connection. What it is sent it prints, and what it is told it sends.
final class SecurePeer {
  private let tool: Tool
  private let folder: URL
  let baseURL: String
  /// Its own certificate, which nobody has signed: who is to believe it names this file.
  let certificate: String

  init(name: String = "IP:127.0.0.1", options: String = "") throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("valify-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let key = folder.appendingPathComponent("key.pem").path
    certificate = folder.appendingPathComponent("certificate.pem").path
    _ = try Tool.run([
      "sh", "-c",
      "openssl req -x509 -newkey rsa:2048 -nodes -keyout \(key) -out \(certificate) -subj /CN=peer -addext subjectAltName=\(name) 2>/dev/null",
    ])
    tool = try Tool([
      "sh", "-c", "exec openssl s_server -accept 127.0.0.1:0 -key \(key) -cert \(certificate) -naccept 1 \(options) 2>/dev/null",
    ])
    var line = ""
    repeat { line = tool.line() } while !line.isEmpty && !line.hasPrefix("ACCEPT")
    guard let port = line.split(separator: ":").last else { throw Missing("openssl said: \(line)") }
    baseURL = "https://127.0.0.1:\(port)"
  }

  /// The next line that it was sent which begins so; empty if it ended before.
  func line(beginning start: String) -> String {
    var line = ""
    repeat { line = tool.line() } while !tool.isOver && !line.hasPrefix(start)
    return line
  }

  func send(_ text: String) throws { try tool.write(text) }

  /// What it printed, once it has ended.
  func output() -> String { String(decoding: tool.all(), as: UTF8.self) }

  func stop() {
    tool.stop()
    try? FileManager.default.removeItem(at: folder)
  }
}
