import CPostgreSQL
import Foundation

/// As many connections as there are transactions at once, over libpq.
final class PostgreSQL: Database, @unchecked Sendable {
  let idColumn = "INTEGER PRIMARY KEY GENERATED ALWAYS AS IDENTITY"
  let lock = "FOR UPDATE"
  private let url: String
  private let guarding = NSLock()
  private var idle: [Connection] = []

  init(_ url: String) {
    self.url = url
  }

  func transaction<T>(_ work: (Query) throws -> T) throws -> T {
    let connection = try guarding.withLock { idle.popLast() } ?? Connection(url)
    // One that the server has closed goes, and the next transaction opens another.
    defer { if connection.isAlive { guarding.withLock { idle.append(connection) } } }
    return try between("BEGIN", connection.run, work)
  }
}

private final class Connection {
  private let handle: OpaquePointer?

  init(_ url: String) throws {
    handle = PQconnectdb(url)
    guard isAlive else { throw failed() }
  }

  deinit {
    PQfinish(handle)
  }

  /// Whether it can take another transaction.
  var isAlive: Bool { PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE }

  func run(_ sql: String, _ values: String?...) throws -> [[String?]] {
    let copies = values.map { $0.map { strdup($0) } }
    defer { for copy in copies { free(copy ?? nil) } }
    let texts = copies.map { UnsafePointer($0 ?? nil) }
    let result = PQexecParams(handle, sql, Int32(texts.count), nil, texts, nil, nil, 0)
    defer { PQclear(result) }
    let status = PQresultStatus(result)
    guard status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK else { throw failed() }
    return (0..<PQntuples(result)).map { row in
      (0..<PQnfields(result)).map { column in
        PQgetisnull(result, row, column) == 1 ? nil : PQgetvalue(result, row, column).map { String(cString: $0) }
      }
    }
  }

  /// What the server says of a statement may name values: its first line names none.
  private func failed() -> Failed {
    let said = PQerrorMessage(handle).map { String(cString: $0) } ?? "no memory"
    return Failed(description: "PostgreSQL: \(said.split(separator: "\n").first ?? "no words")")
  }
}
