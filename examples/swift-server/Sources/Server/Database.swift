import CSQLite
import Foundation

/// A connection to SQLite, one statement at a time.
final class Database {
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  private var connection: OpaquePointer?

  init(_ path: String) throws {
    guard sqlite3_open(path, &connection) == SQLITE_OK else { throw failed() }
    sqlite3_busy_timeout(connection, 10_000)
  }

  deinit {
    sqlite3_close(connection)
  }

  var lastInserted: Int64 { sqlite3_last_insert_rowid(connection) }

  /// Runs a statement and gives its rows, each value as text.
  @discardableResult
  func run(_ sql: String, _ values: [String?] = []) throws -> [[String?]] {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK else { throw failed() }
    defer { sqlite3_finalize(statement) }
    // SQLite copies the text before the call ends.
    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    for (index, value) in values.enumerated() {
      let position = Int32(index + 1)
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

  /// Nobody else writes until the block ends, so that what is read in it is current. All of it is kept, or nothing.
  func transaction<T>(_ block: () throws -> T) throws -> T {
    try run("BEGIN IMMEDIATE")
    do {
      let result = try block()
      try run("COMMIT")
      return result
    } catch {
      _ = try? run("ROLLBACK")
      throw error
    }
  }

  private func failed() -> Failed { Failed(description: String(cString: sqlite3_errmsg(connection))) }
}
