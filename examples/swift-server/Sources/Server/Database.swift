/// Runs one statement and gives its rows, each value as text; `$1`, `$2` and so on in it stand for the values.
typealias Query = (_ sql: String, _ values: String?...) throws -> [[String?]]

/// SQLite or PostgreSQL, as far as this app tells them apart.
protocol Database: Sendable {
  /// How a column of numbers is declared that the database gives.
  var idColumn: String { get }
  /// Ends a selection of rows that nobody else is to write until the transaction ends.
  var lock: String { get }
  /// All of the work or nothing of it.
  func transaction<T>(_ work: (Query) throws -> T) throws -> T
}

/// `postgresql://user:password@host:port/name`, or `sqlite:///` and a file's path.
func open(_ url: String) throws -> any Database {
  if url.hasPrefix("postgresql:") { return PostgreSQL(url) }
  return try SQLite(url.hasPrefix("sqlite:///") ? String(url.dropFirst("sqlite:///".count)) : url)
}

struct Failed: Error, CustomStringConvertible {
  let description: String
}

/// What begins with the first statement, is kept as a whole or not at all.
func between<T>(_ begin: String, _ query: @escaping Query, _ work: (Query) throws -> T) throws -> T {
  _ = try query(begin)
  do {
    let result = try work(query)
    _ = try query("COMMIT")
    return result
  } catch {
    _ = try? query("ROLLBACK")
    throw error
  }
}
