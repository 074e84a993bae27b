package org.valifylink

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.json.JsonMapper
import java.net.URI
import java.net.http.HttpClient
import java.util.concurrent.TimeUnit

/** The running sandbox that stands in for Valify: the binary of VALIFY_SANDBOX, one for all tests. */
object Sandbox {
    const val KEY = "sandbox-key-not-for-production"
    const val SECRET = "sandbox-secret-not-for-production"
    private val json = JsonMapper()
    private val http = HttpClient.newHttpClient()

    val baseUrl: String by lazy {
        val binary = checkNotNull(System.getenv("VALIFY_SANDBOX")) { "VALIFY_SANDBOX names the built valify-sandbox" }
        val server = ProcessBuilder(binary, "serve", "--listen", "127.0.0.1:0").redirectError(ProcessBuilder.Redirect.DISCARD).start()
        Runtime.getRuntime().addShutdownHook(Thread { server.destroy().also { server.waitFor(5, TimeUnit.SECONDS) } })
        val line = server.inputStream.bufferedReader().readLine()
        check(line.startsWith("valify-sandbox ready at ")) { line }
        line.substringAfterLast(' ')
    }

    fun reset() {
        call("/_sandbox/reset", emptyMap<String, Any>())
    }

    fun sessions(): List<JsonNode> {
        val answer = call("/_sandbox/sessions")
        return (if (answer.isObject) answer["sessions"] else answer).toList()
    }

    fun fault(
        action: String,
        vararg more: Pair<String, Any>,
    ) {
        call("/_sandbox/faults", mapOf("on" to "link", "action" to action, "count" to 1, *more))
    }

    fun complete(
        token: String,
        outcome: String,
    ) {
        call("/_sandbox/sessions/$token/complete", mapOf("outcome" to outcome))
    }

    private fun call(
        path: String,
        body: Any? = null,
    ): JsonNode {
        val request =
            java.net.http.HttpRequest
                .newBuilder(URI.create(baseUrl + path))
                .header("Content-Type", "application/json")
        if (body != null) {
            request.POST(
                java.net.http.HttpRequest.BodyPublishers
                    .ofByteArray(json.writeValueAsBytes(body)),
            )
        }
        val answer =
            http.send(
                request.build(),
                java.net.http.HttpResponse.BodyHandlers
                    .ofString(),
            )
        check(answer.statusCode() in 200..299) { "$path: ${answer.statusCode()} ${answer.body()}" }
        return if (answer.body().isBlank()) json.missingNode() else json.readTree(answer.body())
    }
}
