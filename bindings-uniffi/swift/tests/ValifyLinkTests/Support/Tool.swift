import Foundation
import XCTest

/// A program that runs while a test does.
final class Tool: @unchecked Sendable {
  private let process = Process()
  private let output = Pipe()
  private let input = Pipe()

  init(_ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardInput = input
    try process.run()
  }

  /// Whether its output has come to its end.
  private(set) var isOver = false

  /// The next line of its output.
  func line() -> String {
    var line: [UInt8] = []
    while true {
      guard let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first else {
        isOver = true
        break
      }
      if byte == 10 { break }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }

  /// Gives it this, and leaves its input open.
  func write(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

  /// All that it printed, once it has ended.
  func all() -> Data {
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return data
  }

  /// At once: asked to end, the sandbox waits for connections that a session may keep open.
  func stop() { kill(process.processIdentifier, SIGKILL) }

  /// What a program makes of its input.
  static func run(_ arguments: [String], input: Data = Data()) throws -> Data {
    let tool = try Tool(arguments)
    let writer = tool.input.fileHandleForWriting
    Thread.detachNewThread {
      try? writer.write(contentsOf: input)
      try? writer.close()
    }
    return tool.all()
  }
}
