import Foundation
import ValifyLink
import XCTest

/// Puts the conformance vectors through the public API, and writes the report that a gate compares with those of the other hosts.
final class VectorsTests: XCTestCase {
  func testEveryCaseHasTheExpectedVerdict() throws {
    let environment = ProcessInfo.processInfo.environment
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../../..").standardizedFileURL
    let folder = URL(fileURLWithPath: environment["VECTORS_DIR"] ?? "tests/vectors", relativeTo: root)
    let report = URL(fileURLWithPath: environment["VECTORS_REPORT"] ?? "target/vectors/swift.json", relativeTo: root)
    let run = try Run(folder)
    try FileManager.default.createDirectory(at: report.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data((run.report.canonical + "\n").utf8).write(to: report)
    XCTAssertFalse(run.results.isEmpty, "\(folder.path): no cases")
    XCTAssertGreaterThan(run.typed * 3, run.results.count, "too few cases by typed initialisers")
    for complaint in run.complaints.values { XCTFail(complaint) }
    print("vectors: \(run.results.count - run.complaints.count) passed, \(run.complaints.count) failed")
  }

  func testWhatIsNamedMustBeEqualAndNothingElse() throws {
    let actual = #"{"ok":{"a":1,"b":{"c":"x","d":true},"e":[{"f":1,"g":2},{"delay_ms":300}],"body":"xx"}}"#
    let cases = [
      (#"{"ok":{}}"#, 0), (#"{"ok":{"a":1,"absent":null,"b":{"c":"x"}}}"#, 0),
      (#"{"ok":{"e":[{"f":1},{"delay":{"min_ms":300,"max_ms":300}}]}}"#, 0), (#"{"ok":{"body":{"repeat":[{"utf8":"x"},2]}}}"#, 0),
      (#"{"error":{}}"#, 1), (#"{"ok":{"a":"1"}}"#, 1), (#"{"ok":{"a":true}}"#, 1), (#"{"ok":{"a":null,"b":{"c":"y"}}}"#, 2),
      (#"{"ok":{"e":[{}]}}"#, 1), (#"{"ok":{"e":[{},{"delay":{"min_ms":0,"max_ms":299}}]}}"#, 1), (#"{"ok":{"body":{"utf8":"x"}}}"#, 1),
    ]
    for (expected, count) in cases {
      let found = try differences(json(expected), json(actual))
      XCTAssertEqual(found.count, count, "\(expected): \(found)")
    }
  }

  private func json(_ text: String) throws -> JSON { try JSONDecoder().decode(JSON.self, from: Data(text.utf8)) }
}

/// One run through all cases of a folder.
private struct Run {
  private(set) var results: [String: JSON] = [:]
  private(set) var complaints: [String: String] = [:]
  private(set) var typed = 0
  private var digest = ""

  init(_ folder: URL) throws {
    var hashed = Data()
    for name in try Run.names(in: folder) {
      let content = try Data(contentsOf: folder.appendingPathComponent(name))
      hashed += Data("\(name)\0\(content.count)\0".utf8) + content
      guard name != "errors.json" else { continue }
      let suite = try JSONDecoder().decode(JSON.self, from: content)
      guard let kind = suite["kind"]?.string, let cases = suite["cases"]?.items else { throw Missing("\(name): no cases") }
      for one in cases { try add(one, kind) }
    }
    digest = sha256(hashed)
  }

  private mutating func add(_ one: JSON, _ kind: String) throws {
    guard let id = one["id"]?.string, let given = one["given"], let expect = one["expect"] else { throw Missing("no case") }
    guard results[id] == nil else { throw Missing("\(id) is there twice") }
    let actual = try verdict { try ByDocument.verdict(kind, given) }
    guard let actual else { throw Missing("\(id): no verdict") }
    var found = try differences(expect, actual)
    if let other = try verdict({ try Typed.verdict(kind, given) }) {
      typed += 1
      if other != actual { found.append("typed initialisers: \(other.canonical)") }
    }
    if !found.isEmpty { complaints[id] = ([id] + found + ["verdict: \(actual.canonical)"]).joined(separator: "\n  ") }
    results[id] = actual
  }

  var report: JSON {
    .object([
      "host": .text("swift"), "version": .text(ValifyLink.version), "vectors_sha256": .text(digest), "results": .object(results),
      "passed": .integer(Int64(results.count - complaints.count)), "failed": .list(complaints.keys.sorted().map(JSON.text)),
    ])
  }

  private func verdict(_ run: () throws -> [String: JSON]?) throws -> JSON? {
    do {
      return try run().map { .object(["ok": .object($0)]) }
    } catch let error as ValifyError {
      return .object(["error": .object(Verdicts.error(error))])
    }
  }

  /// The files in byte order of their paths.
  private static func names(in folder: URL) throws -> [String] {
    let base = folder.standardizedFileURL.resolvingSymlinksInPath().path + "/"
    guard let walk = FileManager.default.enumerator(atPath: base) else { throw Missing("no folder \(base)") }
    let names = walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") }
    return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }
}

/// One line for each difference: only what is named is looked at, at every level.
private func differences(_ expected: JSON, _ actual: JSON?, _ path: String = "") throws -> [String] {
  if case .object = expected, isOctets(expected) {
    let same = try actual?.string.map { Data($0.utf8) } == octets(expected)
    return same ? [] : ["\(path): expected other bytes"]
  }
  if let named = expected.fields, actual?.fields != nil {
    return try named.sorted { $0.key < $1.key }.flatMap { name, value -> [String] in
      guard name == "delay" else { return try differences(value, actual?[name], "\(path).\(name)") }
      let delay = actual?["delay_ms"]?.int ?? -1
      let fits = delay >= (value["min_ms"]?.int ?? .max) && delay <= (value["max_ms"]?.int ?? .min)
      return fits ? [] : ["\(path).delay_ms: expected \(value.canonical), got \(delay)"]
    }
  }
  if let wanted = expected.items, let found = actual?.items, wanted.count == found.count {
    return try wanted.indices.flatMap { try differences(wanted[$0], found[$0], "\(path)[\($0)]") }
  }
  if expected == actual || (expected == .null && actual == nil) { return [] }
  return ["\(path): expected \(expected.canonical), got \(actual?.canonical ?? "nothing")"]
}
