import ValifyLink

/// The attempts of a database: one row for each, every later write an atomic merge under a lock.
struct Attempts: Sendable {
  private typealias Row = (id: String, record: Verification)
  private let database: any Database

  /// The attempts of a database, its table made where it is missing.
  init(_ database: any Database) throws {
    self.database = database
    try database.transaction { query in
      _ = try query(
        """
        CREATE TABLE IF NOT EXISTS attempts (
          id \(database.idColumn), reference_id TEXT NOT NULL, token_hash TEXT UNIQUE, nonce_hash TEXT UNIQUE, record TEXT NOT NULL)
        """)
      _ = try query("CREATE INDEX IF NOT EXISTS attempts_reference ON attempts (reference_id)")
    }
  }

  /// A new attempt. Before the call for its link: nothing can come too early then.
  func insert(_ record: Verification) throws -> String {
    try database.transaction { query in
      let keys = record.keys
      let inserted = try query(
        "INSERT INTO attempts (reference_id, token_hash, nonce_hash, record) VALUES ($1, $2, $3, $4) RETURNING id", keys.referenceID,
        keys.tokenHash, keys.nonceHash, record.toText())
      guard let id = inserted.first?.first ?? nil else { throw Failed(description: "the attempt has no number") }
      return id
    }
  }

  /// Adds to one attempt.
  func merge(_ id: String, _ add: (Verification) throws -> Verification) throws {
    try database.transaction { query in try write(try rows(query, "id = $1", id).first, query, add) }
  }

  /// Adds that a browser came back, to the attempt whose state it carried.
  func merge(_ returned: Returned) throws {
    try database.transaction { query in
      try write(try rows(query, "nonce_hash = $1", returned.keys.nonceHash).first, query) { try $0.returned(returned) }
    }
  }

  /// Adds what a webhook said, to the attempt that it is about. False if that cannot be told: for a human.
  func merge(_ event: Event) throws -> Bool {
    try database.transaction { query in
      let found = try rows(about: event.keys, query)
      guard case .one(let index) = try Verification.route(event, among: found.map(\.record)) else { return false }
      try write(found[index], query) { try $0.add(event) }
      return true
    }
  }

  /// A user's latest attempt.
  func latest(_ reference: String) throws -> Verification? {
    let newest = try database.transaction { query in
      try query("SELECT record FROM attempts WHERE reference_id = $1 ORDER BY id DESC LIMIT 1", reference)
    }
    return try (newest.first?.first ?? nil).map { try Verification(text: $0) }
  }

  /// The rows that an event may be about: the one with its token, or else those of its reference that have none yet.
  private func rows(about keys: Verification.Keys, _ query: Query) throws -> [Row] {
    let byToken = try rows(query, "token_hash = $1", keys.tokenHash)
    if !byToken.isEmpty { return byToken }
    let byReference = try rows(query, "token_hash IS NULL AND reference_id = $1", keys.referenceID)
    // A row that was waited for may have been given its token meanwhile: it is of no reference without one any more.
    return byReference.isEmpty ? try rows(query, "token_hash = $1", keys.tokenHash) : byReference
  }

  /// Rows that nobody else writes until the transaction ends, always locked in the same order.
  private func rows(_ query: Query, _ which: String, _ value: String?) throws -> [Row] {
    try query("SELECT id, record FROM attempts WHERE \(which) ORDER BY id \(database.lock)", value).map { row in
      (row[0] ?? "", try Verification(text: row[1] ?? ""))
    }
  }

  private func write(_ row: Row?, _ query: Query, _ add: (Verification) throws -> Verification) throws {
    guard let row else { throw Failed(description: "there is no such attempt") }
    let record = try add(row.record)
    let (tokenHash, nonceHash) = (record.keys.tokenHash, record.keys.nonceHash)
    _ = try query(
      "UPDATE attempts SET token_hash = $1, nonce_hash = $2, record = $3 WHERE id = $4", tokenHash, nonceHash, record.toText(), row.id)
  }
}
