import org.valifylink.Event
import org.valifylink.Returned
import org.valifylink.Verification
import java.net.URI
import java.sql.Connection
import java.sql.DriverManager
import java.sql.PreparedStatement
import java.util.Properties

/** The attempts of a database, SQLite or PostgreSQL: one row for each, every later write an atomic merge. */
class Attempts(
    databaseUrl: String,
) {
    private val isSqlite = databaseUrl.startsWith("sqlite:")
    private val url: String
    private val login = Properties()

    init {
        if (isSqlite) {
            url = "jdbc:sqlite:${databaseUrl.removePrefix("sqlite:///")}"
            // SQLite locks no rows: a transaction that will write takes the whole database as it begins, and others wait.
            login["transaction_mode"] = "IMMEDIATE"
            login["busy_timeout"] = "10000"
        } else {
            val address = URI(databaseUrl)
            url = "jdbc:postgresql://${address.host}:${if (address.port < 0) 5432 else address.port}${address.path}"
            val (user, password) = "${address.userInfo.orEmpty()}:".split(":", limit = 3)
            login["user"] = user
            login["password"] = password
        }
        val id = if (isSqlite) "INTEGER PRIMARY KEY" else "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
        transaction {
            createStatement().use {
                // Two processes may begin at once, and PostgreSQL's IF NOT EXISTS does not wait.
                if (!isSqlite) it.execute("SELECT pg_advisory_xact_lock(7406)")
                it.execute(
                    "CREATE TABLE IF NOT EXISTS attempts (id $id, reference_id VARCHAR(256) NOT NULL, token_hash VARCHAR(32) UNIQUE, " +
                        "nonce_hash VARCHAR(32) UNIQUE, record TEXT NOT NULL)",
                )
                it.execute("CREATE INDEX IF NOT EXISTS attempts_reference ON attempts (reference_id)")
            }
        }
    }

    /** A new attempt. Before the call for its link: nothing can come too early then. */
    fun insert(record: Verification): Long =
        transaction {
            prepareStatement("INSERT INTO attempts (reference_id, token_hash, nonce_hash, record) VALUES (?, ?, ?, ?) RETURNING id").use {
                it.columns(record)
                it.executeQuery().use { rows ->
                    rows.next()
                    rows.getLong(1)
                }
            }
        }

    /** Adds to one attempt. */
    fun merge(
        attempt: Long,
        add: (Verification) -> Verification,
    ): Verification = transaction { write(locked("id = ?", attempt).single(), add) }

    /** Adds that a browser came back, to the attempt whose state it carried. */
    fun mergeReturned(returned: Returned): Verification =
        transaction { write(locked("nonce_hash = ?", returned.keys().nonceHash).single()) { it.returned(returned) } }

    /** Adds what a webhook said, to the attempt that it is about; null if that cannot be told: for a human. */
    fun mergeEvent(event: Event): Verification? =
        transaction {
            val keys = event.keys()
            val rows =
                locked("token_hash = ?", keys.tokenHash).ifEmpty { locked("token_hash IS NULL AND reference_id = ?", keys.referenceId) }
            Event.route(event, rows.map { it.record }).index?.let { index -> write(rows[index]) { it.add(event) } }
        }

    /** A user's latest attempt. */
    fun latest(referenceId: String): Verification? =
        transaction { select("reference_id = ? ORDER BY id DESC LIMIT 1", referenceId).firstOrNull()?.record }

    private class Row(
        val id: Long,
        val record: Verification,
    )

    /** Rows that nobody else writes until the transaction ends. */
    private fun Connection.locked(
        which: String,
        key: Any?,
    ): List<Row> = select(if (isSqlite) which else "$which FOR UPDATE", key)

    private fun Connection.select(
        which: String,
        key: Any?,
    ): List<Row> =
        prepareStatement("SELECT id, record FROM attempts WHERE $which").use { statement ->
            statement.setObject(1, key)
            statement.executeQuery().use { rows ->
                buildList { while (rows.next()) add(Row(rows.getLong(1), Verification.fromText(rows.getString(2)))) }
            }
        }

    private fun Connection.write(
        row: Row,
        add: (Verification) -> Verification,
    ): Verification {
        val merged = add(row.record)
        prepareStatement("UPDATE attempts SET reference_id = ?, token_hash = ?, nonce_hash = ?, record = ? WHERE id = ?").use {
            it.columns(merged)
            it.setLong(5, row.id)
            it.executeUpdate()
        }
        return merged
    }

    private fun PreparedStatement.columns(record: Verification) {
        val keys = record.keys()
        listOf(keys.referenceId, keys.tokenHash, keys.nonceHash, record.toText()).forEachIndexed { at, value -> setString(at + 1, value) }
    }

    /** A real app takes its connections from a pool. */
    private fun <T> transaction(run: Connection.() -> T): T =
        DriverManager.getConnection(url, login).use { connection ->
            connection.autoCommit = false
            // What is not committed when the connection closes never was.
            connection.run().also { connection.commit() }
        }
}
