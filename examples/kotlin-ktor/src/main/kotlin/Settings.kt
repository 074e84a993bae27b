import org.valifylink.Environment
import org.valifylink.MatchesBy
import org.valifylink.Meaning
import org.valifylink.Outcome
import org.valifylink.Preset
import org.valifylink.PresetName
import org.valifylink.Profile
import org.valifylink.ReturnState
import org.valifylink.Secret
import org.valifylink.ValifyConfig
import org.valifylink.ValifyLink
import org.valifylink.Verifier

/** What the app takes from its environment. The defaults are those of the local sandbox, and of nothing else. */
object Settings {
    val port = env("PORT", "8000").toInt()
    val publicOrigin = env("PUBLIC_ORIGIN", "http://127.0.0.1:$port")
    val databaseUrl = env("DATABASE_URL", "sqlite:///attempts.db")

    /** In production: the key from the environment, and neither environment nor base URL. */
    val valify =
        ValifyLink(
            ValifyConfig(
                apiKey = env("VALIFY_API_KEY", "sandbox-key-not-for-production"),
                environment = Environment.SANDBOX,
                baseUrl = env("VALIFY_SANDBOX_URL", "http://127.0.0.1:8484"),
            ),
        )

    /** How Valify signs its webhooks, and what they look like, is agreed with Valify: these are the sandbox's. */
    val verifier =
        Verifier(
            environment = Environment.SANDBOX,
            auth =
                Preset(
                    PresetName.X_VALIFY_SIGNATURE_UNVERIFIED,
                    mapOf("2026-11" to Secret.utf8(env("VALIFY_WEBHOOK_SECRET", "sandbox-secret-not-for-production"))),
                ),
            profile =
                Profile(
                    MatchesBy.SESSION_TOKEN,
                    sessionToken = listOf("/data/token"),
                    referenceId = listOf("/data/reference_id"),
                    occurredAt = listOf("/data/occurred_at"),
                    decision = listOf("/data/status"),
                    decisions =
                        listOf(
                            Meaning("approved", Outcome.PASSED),
                            Meaning("rejected", Outcome.FAILED),
                            Meaning("review", Outcome.REVIEW),
                            Meaning("abandoned", Outcome.ABANDONED),
                            Meaning("expired", Outcome.EXPIRED),
                        ),
                ),
        )

    val returnState = ReturnState(mapOf("2026-11" to Secret.utf8(env("RETURN_STATE_SECRET", "an-example-key-of-32-fake-bytes!"))))

    private fun env(
        name: String,
        otherwise: String,
    ): String = System.getenv(name)?.takeIf(String::isNotEmpty) ?: otherwise
}
