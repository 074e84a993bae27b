import io.ktor.http.ContentType
import io.ktor.http.Cookie
import io.ktor.http.HttpHeaders
import io.ktor.http.HttpStatusCode
import io.ktor.server.application.Application
import io.ktor.server.application.ApplicationCall
import io.ktor.server.engine.embeddedServer
import io.ktor.server.netty.Netty
import io.ktor.server.request.uri
import io.ktor.server.response.header
import io.ktor.server.response.respond
import io.ktor.server.response.respondText
import io.ktor.server.routing.get
import io.ktor.server.routing.post
import io.ktor.server.routing.routing
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.slf4j.LoggerFactory
import org.valifylink.Binding
import org.valifylink.LinkRequest
import org.valifylink.ReturnStateException
import org.valifylink.ValifyException
import org.valifylink.ktor.valifyWebhook
import java.time.Instant
import java.time.temporal.ChronoUnit.MINUTES

/*
 * Verify a user with Valify: ask for a link, redirect, take the browser back, believe the webhook alone.
 *
 * The sandbox first, with this app's webhook: `valify-sandbox serve --webhook-url http://127.0.0.1:8000/webhooks/valify`.
 * Then this: `mvn compile exec:java`, and http://127.0.0.1:8000 in a browser.
 */

private val log = LoggerFactory.getLogger("app")

/** Over https: `__Host-valify`, and secure. */
private const val COOKIE = "valify"

fun main() {
    embeddedServer(Netty, port = Settings.port, host = "127.0.0.1") { app(Attempts(Settings.databaseUrl)) }.start(wait = true)
}

fun Application.app(rows: Attempts) {
    routing {
        get("/") {
            val record = database { rows.latest(call.user()) }
            val status = record?.status()?.name?.lowercase() ?: "nothing yet"
            call.respondText(
                """<p>Verification: <b id="status">$status</b></p><form method="post" action="/verify"><button>Verify</button></form>""",
                ContentType.Text.Html,
            )
        }

        post("/verify") {
            val user = call.user()
            val binding = call.binding()
            val issued =
                Settings.returnState.issue("${Settings.publicOrigin}/back", user, Instant.now().plus(40, MINUTES), binding)
            val request = LinkRequest(issued.returnUrl, user, Instant.now().plus(30, MINUTES))
            val attempt = database { rows.insert(Settings.valify.requested(request).boundTo(issued.nonce)) }
            val link =
                try {
                    Settings.valify.createLink(request)
                } catch (error: ValifyException) {
                    log.warn("no link: {} (next: {})", error.message, error.next)
                    call.respondText("Verification cannot begin now.", status = HttpStatusCode.ServiceUnavailable)
                    return@post
                }
            database { rows.merge(attempt) { it.issued(link) } }
            call.response.cookies.append(
                Cookie(COOKIE, binding.toCookie(), maxAge = 3600, path = "/", httpOnly = true, extensions = mapOf("SameSite" to "Lax")),
            )
            call.seeOther(link.redirectUrl)
        }

        // A browser has come back, which proves nothing about the outcome.
        get("/back") {
            try {
                val url = Settings.publicOrigin + call.request.uri
                val returned = Settings.returnState.check(url, call.user(), call.request.cookies[COOKIE])
                database { rows.mergeReturned(returned) }
            } catch (error: ReturnStateException) {
                log.info("a return that counts for nothing: {}", error.message)
            }
            call.seeOther("/")
        }

        // What Valify says. Whatever order it comes in, the record has the same answer.
        valifyWebhook("/webhooks/valify", Settings.verifier) { event ->
            // Two attempts whose links are not yet written look alike: what is thrown is answered with 503, and the sender comes again.
            database { rows.mergeEvent(event) } ?: error("an event that no attempt takes, for a human: $event")
        }
    }
}

/** Stands in for the app's own session: a real app never takes the user from the browser's word. */
private fun ApplicationCall.user(): String = request.cookies["user"] ?: "user-1"

/** The browser's own binding, so that two tabs do not undo each other; or a new one. */
private fun ApplicationCall.binding(): Binding =
    try {
        request.cookies[COOKIE]?.let(Binding::fromCookie) ?: Binding()
    } catch (_: ValifyException) {
        Binding()
    }

private suspend fun ApplicationCall.seeOther(location: String) {
    response.header(HttpHeaders.Location, location)
    respond(HttpStatusCode.SeeOther)
}

/** JDBC blocks. */
private suspend fun <T> database(run: () -> T): T = withContext(Dispatchers.IO) { run() }
