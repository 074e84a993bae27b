import Foundation
import ValifyLink

/// The attempts of a database: one row for each, every later write an atomic merge.
final class Attempts: @unchecked Sendable {
  private let lock = NSLock()
  private let database: Database

  init(_ path: String) throws {
    database = try Database(path)
    try database.run(
      """
      CREATE TABLE IF NOT EXISTS attempts (
        id INTEGER PRIMARY KEY, reference_id TEXT NOT NULL, token_hash TEXT UNIQUE, nonce_hash TEXT UNIQUE, record TEXT NOT NULL)
      """)
    try database.run("CREATE INDEX IF NOT EXISTS attempts_reference ON attempts (reference_id)")
  }

  /// A new attempt. Before the call for its link: nothing can come too early then.
  func insert(_ record: Verification) throws -> String {
    try locked {
      try database.run("INSERT INTO attempts (reference_id, token_hash, nonce_hash, record) VALUES (?, ?, ?, ?)", columns(record))
      return String(database.lastInserted)
    }
  }

  /// Adds to one attempt.
  func merge(_ id: String, _ add: (Verification) throws -> Verification) throws {
    try locked { try write(try rows("id = ?", id), 0, add) }
  }

  /// Adds that a browser came back, to the attempt whose state it carried.
  func merge(_ returned: Returned) throws {
    try locked { try write(try rows("nonce_hash = ?", returned.keys.nonceHash), 0) { try $0.returned(returned) } }
  }

  /// Adds what a webhook said, to the attempt that it is about. False if that cannot be told: for a human.
  func merge(_ event: Event) throws -> Bool {
    try locked {
      var found = try rows("token_hash = ?", event.keys.tokenHash)
      if found.isEmpty { found = try rows("token_hash IS NULL AND reference_id = ?", event.keys.referenceID) }
      guard case .one(let index) = try Verification.route(event, among: found.map(\.record)) else { return false }
      try write(found, index) { try $0.add(event) }
      return true
    }
  }

  /// A user's latest attempt.
  func latest(_ reference: String) throws -> Verification? {
    try locked { try rows("reference_id = ? ORDER BY id DESC LIMIT 1", reference).first?.record }
  }

  private func locked<T>(_ block: () throws -> T) throws -> T {
    try lock.withLock { try database.transaction(block) }
  }

  private func rows(_ which: String, _ value: String?) throws -> [(id: String, record: Verification)] {
    try database.run("SELECT id, record FROM attempts WHERE \(which)", [value]).map { row in
      (row[0] ?? "", try Verification(text: row[1] ?? ""))
    }
  }

  private func write(_ rows: [(id: String, record: Verification)], _ index: Int, _ add: (Verification) throws -> Verification) throws {
    guard rows.indices.contains(index) else { throw Database.Failed(description: "there is no such attempt") }
    let values = try columns(try add(rows[index].record)) + [rows[index].id]
    try database.run("UPDATE attempts SET reference_id = ?, token_hash = ?, nonce_hash = ?, record = ? WHERE id = ?", values)
  }

  private func columns(_ record: Verification) throws -> [String?] {
    [record.keys.referenceID, record.keys.tokenHash, record.keys.nonceHash, try record.toText()]
  }
}
