package org.valifylink.canaries

import org.valifylink.ErrorKind
import org.valifylink.ScriptedServer
import java.net.ServerSocket

/** A way to have something refused, and the kind that it is refused by. */
class Refusal(
    val kind: ErrorKind,
    /** What is wrong. */
    val how: String,
    val provoke: Provocation,
)

/** A call that throws. */
fun interface Provocation {
    @Throws(Exception::class)
    fun run()
}

/** Every kind of error as one language comes to it, canaries in all that the library is given. */
interface Refusals {
    fun all(): List<Refusal>
}

/** What stands in for a service that answers badly. */
object Service {
    /** The status lines of answers that say something else than a link, by kind. */
    @JvmField
    val ANSWERS =
        mapOf(
            ErrorKind.RATE_LIMITED to "429 Too Many Requests",
            ErrorKind.SERVER_ERROR to "503 Service Unavailable",
            ErrorKind.UNSAFE_LINK to "200 OK",
            ErrorKind.UNEXPECTED_STATUS to "418 Teapot",
            ErrorKind.BAD_REQUEST to "400 Bad Request",
            ErrorKind.UNSUPPORTED_MEDIA_TYPE to "415 Unsupported Media Type",
            ErrorKind.NOT_FOUND to "404 Not Found",
            ErrorKind.UNAUTHORIZED to "401 Unauthorized",
            ErrorKind.FORBIDDEN to "403 Forbidden",
            ErrorKind.REJECTED to "422 Unprocessable Entity",
            ErrorKind.REDIRECTED to "302 Found",
        )

    /** Answers each request alike; its headers hold canaries too. */
    @JvmStatic
    fun answering(
        status: String,
        body: ByteArray,
    ): String {
        val lines = arrayOf("Connection: close", "Location: https://evil.example/?token=${Canaries.TOKEN}", "X-Echo: ${Canaries.KEY}")
        return serving {
            it.request()
            it.answer(body, status, *lines)
        }
    }

    /** Ends the connection when it has the request whole. */
    @JvmStatic
    fun cutting(): String = serving { it.request() }

    /** Where nobody listens. */
    @JvmStatic
    fun nobody(): String = "http://127.0.0.1:${ServerSocket(0).use { it.localPort }}"

    private fun serving(script: (ScriptedServer.Connection) -> Unit): String = ScriptedServer(script = script).baseUrl
}
