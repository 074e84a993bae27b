import kotlinx.coroutines.runBlocking
import org.valifylink.Environment
import org.valifylink.LinkRequest
import org.valifylink.MatchesBy
import org.valifylink.Meaning
import org.valifylink.Outcome
import org.valifylink.Preset
import org.valifylink.PresetName
import org.valifylink.Profile
import org.valifylink.Secret
import org.valifylink.Status
import org.valifylink.ValifyConfig
import org.valifylink.ValifyLink
import org.valifylink.Verifier
import org.valifylink.Webhooks
import java.time.Instant

/** The whole way of one user through the installed jar, against the sandbox at the URL of the first argument. */
fun main(arguments: Array<String>) =
    runBlocking {
        val valify =
            ValifyLink(ValifyConfig("sandbox-key-not-for-production", baseUrl = arguments[0], environment = Environment.SANDBOX))
        val request = LinkRequest("https://shop.example/back", "user-1", Instant.now().plusSeconds(1800))
        var attempt = valify.requested(request)
        val link = valify.createLink(request)
        attempt = attempt.issued(link)

        val auth = Preset(PresetName.STRIPE_STYLE, mapOf("2026-11" to Secret.utf8("fake-webhook-secret-0001")))
        val profile =
            Profile(
                MatchesBy.SESSION_TOKEN,
                sessionToken = listOf("/data/token"),
                decision = listOf("/data/status"),
                decisions = listOf(Meaning("approved", Outcome.PASSED)),
            )
        // The sandbox is another environment than this verifier's, which a record notices.
        val verifier = Verifier(auth, profile, environment = Environment.SANDBOX)
        val body = """{"data":{"token":"${link.sessionToken}","status":"approved"}}""".toByteArray()
        attempt = attempt.add(verifier.verify(body, Webhooks.sign(auth, body).headers))
        check(attempt.status() == Status.PASSED && attempt.mayProceed())
        println("kotlin: one link, one event")
    }
