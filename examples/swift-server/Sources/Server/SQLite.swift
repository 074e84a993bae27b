import CSQLite
import Foundation

/// A connection to a file, whose transactions take turns.
final class SQLite: Database, @unchecked Sendable {
  let idColumn = "INTEGER PRIMARY KEY"
  // SQLite locks no rows: a transaction begins by taking the whole database, so that what is read is current.
  let lock = ""
  private let turn = NSLock()
  private var connection: OpaquePointer?

  init(_ path: String) throws {
    guard sqlite3_open(path, &connection) == SQLITE_OK else { throw failed() }
    sqlite3_busy_timeout(connection, 10_000)
  }

  deinit {
    sqlite3_close(connection)
  }

  func transaction<T>(_ work: (Query) throws -> T) throws -> T {
    try turn.withLock { try between("BEGIN IMMEDIATE", run, work) }
  }

  private func run(_ sql: String, _ values: String?...) throws -> [[String?]] {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else { throw failed() }
    defer { sqlite3_finalize(statement) }
    // SQLite copies the text before the call ends.
    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    for (index, value) in values.enumerated() {
      let position = sqlite3_bind_parameter_index(statement, "$\(index + 1)")
      let bound = value.map { sqlite3_bind_text(statement, position, $0, -1, copied) } ?? sqlite3_bind_null(statement, position)
      guard bound == SQLITE_OK else { throw failed() }
    }
    var rows: [[String?]] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        rows.append((0..<sqlite3_column_count(statement)).map { sqlite3_column_text(statement, $0).map { String(cString: $0) } })
      case SQLITE_DONE: return rows
      default: throw failed()
      }
    }
  }

  private func failed() -> Failed { Failed(description: "SQLite: \(String(cString: sqlite3_errmsg(connection)))") }
}
