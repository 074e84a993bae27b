import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.net.ServerSocket
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Path
import java.util.concurrent.TimeUnit

/** The whole way against the sandbox: create, redirect, return, webhook, in whatever order they come. */
class JourneyTest {
    @TempDir
    lateinit var folder: Path

    private val http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build()
    private val processes = mutableListOf<Process>()
    private val cookies = mutableMapOf<String, String>()
    private lateinit var app: String
    private lateinit var sandbox: String

    @BeforeEach
    fun start() {
        val port = ServerSocket(0).use { it.localPort }
        app = "http://127.0.0.1:$port"
        val binary = checkNotNull(System.getenv("VALIFY_SANDBOX")) { "VALIFY_SANDBOX names the built valify-sandbox" }
        val serving = run(listOf(binary, "serve", "--listen", "127.0.0.1:0", "--webhook-url", "$app/webhooks/valify"), emptyMap())
        sandbox =
            serving.inputStream
                .bufferedReader()
                .readLine()
                .substringAfterLast(' ')
        val java = "${System.getProperty("java.home")}/bin/java"
        // A server's database may hold what earlier tests left: each user is new.
        cookies["user"] = "user-${System.nanoTime()}"
        run(
            listOf(java, "-cp", System.getProperty("java.class.path"), "AppKt"),
            mapOf(
                "PORT" to "$port",
                "PUBLIC_ORIGIN" to app,
                "VALIFY_SANDBOX_URL" to sandbox,
                "DATABASE_URL" to (System.getenv("DATABASE_URL") ?: "sqlite:///$folder/attempts.db"),
            ),
        )
        repeat(600) {
            try {
                get("$app/")
                return
            } catch (_: java.io.IOException) {
                Thread.sleep(50)
            }
        }
        error("the app does not serve")
    }

    @AfterEach
    fun stop() {
        processes.forEach { it.destroy() }
        processes.forEach { it.waitFor(10, TimeUnit.SECONDS) }
    }

    private fun run(
        command: List<String>,
        environment: Map<String, String>,
    ): Process =
        ProcessBuilder(command)
            .apply { environment().putAll(environment) }
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .also(processes::add)

    private fun request(url: String) =
        HttpRequest.newBuilder(URI(url)).header("Cookie", cookies.entries.joinToString("; ") { "${it.key}=${it.value}" })

    private fun send(request: HttpRequest.Builder): HttpResponse<String> {
        val answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString())
        answer.headers().allValues("set-cookie").forEach {
            val (name, value) = it.substringBefore(';').split('=', limit = 2)
            cookies[name] = value
        }
        return answer
    }

    private fun get(url: String) = send(request(url).GET())

    private fun post(
        url: String,
        json: String,
    ) = send(request(url).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json)))

    private fun status(): String = get("$app/").body().substringAfter("<b id=\"status\">").substringBefore('<')

    private fun begin(): String {
        val answer = post("$app/verify", "")
        assertEquals(303, answer.statusCode(), answer.body())
        return answer
            .headers()
            .firstValue("location")
            .get()
            .substringAfter("token=")
    }

    private fun complete(
        token: String,
        outcome: String,
    ): String {
        val answer = post("$sandbox/_sandbox/sessions/$token/complete", """{"outcome":"$outcome"}""")
        assertEquals(200, answer.statusCode(), answer.body())
        return Regex("\"redirect_to\": *\"([^\"]+)\"").find(answer.body())!!.groupValues[1]
    }

    private fun waitFor(status: String) {
        repeat(200) {
            if (status() == status) return
            Thread.sleep(50)
        }
        assertEquals(status, status())
    }

    @ParameterizedTest
    @ValueSource(strings = ["passed", "failed", "review"])
    fun `the webhook decides`(outcome: String) {
        assertEquals("nothing yet", status())
        val token = begin()
        assertEquals("issued", status())
        val back = complete(token, outcome)
        waitFor(outcome)
        // The browser comes after the webhook, and cannot change what it said.
        assertEquals(303, get(back).statusCode())
        assertEquals(outcome, status())
    }

    @Test
    fun `a return alone proves nothing`() {
        post("$sandbox/_sandbox/faults", """{"on":"webhook","action":"never","count":1}""")
        val back = complete(begin(), "passed")
        assertEquals(303, get(back.replace("vl=", "vl=x")).statusCode())
        assertEquals("issued", status())
        assertEquals(303, get(back).statusCode())
        assertEquals("returned", status())
    }

    @Test
    fun `a forged webhook is refused`() {
        val answer = post("$app/webhooks/valify", """{"data":{"token":"${begin()}","status":"approved"}}""")
        assertEquals(401, answer.statusCode())
        assertTrue(answer.body().isEmpty())
        assertEquals("issued", status())
    }

    @Test
    fun `writes at the same time are all kept`() {
        val back = complete(begin(), "passed")
        val answers = (1..16).map { http.sendAsync(request(back).GET().build(), HttpResponse.BodyHandlers.discarding()) }
        assertEquals(setOf(303), answers.map { it.get().statusCode() }.toSet())
        waitFor("passed")
    }
}
