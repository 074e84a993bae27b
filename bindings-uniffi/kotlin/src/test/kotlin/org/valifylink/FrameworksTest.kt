package org.valifylink

import io.ktor.http.HttpStatusCode
import io.ktor.serialization.kotlinx.json.json
import io.ktor.server.application.install
import io.ktor.server.engine.embeddedServer
import io.ktor.server.netty.Netty
import io.ktor.server.plugins.contentnegotiation.ContentNegotiation
import io.ktor.server.request.receiveText
import io.ktor.server.response.respond
import io.ktor.server.routing.post
import io.ktor.server.routing.routing
import jakarta.servlet.http.HttpServletRequest
import jakarta.servlet.http.HttpServletResponse
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.springframework.boot.SpringApplication
import org.springframework.boot.autoconfigure.EnableAutoConfiguration
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext
import org.springframework.context.annotation.Configuration
import org.springframework.web.bind.annotation.PostMapping
import org.springframework.web.bind.annotation.RequestBody
import org.springframework.web.bind.annotation.RequestMapping
import org.springframework.web.bind.annotation.RestController
import org.valifylink.ktor.receiveValifyEvent
import org.valifylink.ktor.valifyWebhook
import org.valifylink.spring.ValifyWebhookHandler
import java.net.Socket
import java.util.concurrent.CopyOnWriteArrayList

private val auth = Preset(PresetName.X_VALIFY_SIGNATURE_UNVERIFIED, mapOf("2026-11" to Secret.utf8("fake-webhook-secret-0001")))
private val profile =
    Profile(
        MatchesBy.SESSION_TOKEN,
        sessionToken = listOf("/data/token"),
        decision = listOf("/data/status"),
        decisions = listOf(Meaning("approved", Outcome.PASSED)),
    )

/** What both applications do with events, and what the tests see of it. */
private object Seen {
    val events = CopyOnWriteArrayList<Event>()
    val verifier = Verifier(auth, profile, Limits(100_000))

    @Volatile
    var failing = false

    fun take(event: Event) {
        if (failing) throw IllegalStateException("the database is away")
        events += event
    }
}

/** The same deliveries to each framework, over a socket, so that nothing in between makes them nicer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FrameworkTest {
    abstract val port: Int

    @BeforeEach
    fun forget() {
        Seen.events.clear()
        Seen.failing = false
    }

    private val body = """{"data": {"token": "0-token-0", "status": "approved", "big": 12345678901234567890.10}}""".toByteArray()

    private fun signature(of: ByteArray = body): String =
        Webhooks
            .sign(auth, of)
            .headers
            .single()
            .value

    private fun send(
        body: ByteArray,
        vararg lines: String,
        path: String = "/webhooks/valify",
        method: String = "POST",
        length: Int = body.size,
        pauseMs: Long = 0,
    ): Pair<Int, String> =
        Socket("127.0.0.1", port).use { socket ->
            socket.soTimeout = 30_000
            val head =
                listOf("$method $path HTTP/1.1", "Host: 127.0.0.1:$port", "Connection: close", "Content-Type: application/json") + lines +
                    "Content-Length: $length"
            val out = socket.getOutputStream()
            out.write((head + listOf("", "")).joinToString("\r\n").toByteArray())
            try {
                if (pauseMs == 0L) {
                    out.write(body)
                } else {
                    body.toList().chunked(20).forEach {
                        out.write(it.toByteArray())
                        out.flush()
                        Thread.sleep(pauseMs)
                    }
                }
                out.flush()
            } catch (_: java.net.SocketException) {
                // Answered before all of it was read.
            }
            val answer = socket.getInputStream().readAllBytes().decodeToString()
            answer.substringAfter(' ').substringBefore(' ').toInt() to answer.substringAfter("\r\n\r\n").trim('0', '\r', '\n')
        }

    @Test
    fun `a genuine delivery reaches the handler`() {
        assertEquals(200 to "", send(body, "X-Valify-Signature: ${signature()}"))
        val event = Seen.events.single()
        assertEquals(Outcome.PASSED, event.outcome)
        assertEquals("12345678901234567890.10", event.rawAt("/data/big"))
        assertTrue(event.raw().contentEquals(body))
    }

    @Test
    fun `a slow body is waited for`() {
        assertEquals(200 to "", send(body, "X-Valify-Signature: ${signature()}", pauseMs = 50))
        assertEquals(1, Seen.events.size)
    }

    @Test
    fun `what is not genuine is one empty 401`() {
        val other = signature("{}".toByteArray())
        assertEquals(401 to "", send(body, "X-Valify-Signature: $other"))
        assertEquals(401 to "", send(body))
        assertEquals(401 to "", send(body, "X-Valify-Signature: not-hex"))
        assertTrue(Seen.events.isEmpty())
    }

    @Test
    fun `a signature that is there twice is refused`() {
        assertEquals(401 to "", send(body, "X-Valify-Signature: ${signature()}", "X-Valify-Signature: ${signature()}"))
        assertTrue(Seen.events.isEmpty())
    }

    @Test
    fun `a compressed body is refused by its head`() {
        assertEquals(415 to "", send(body, "Content-Encoding: gzip", "X-Valify-Signature: ${signature()}"))
    }

    @Test
    fun `a body that announces too much is refused by its head`() {
        assertEquals(413, firstStatus("Content-Length: 100001", ByteArray(10)))
    }

    /** The status as soon as it comes: a server may go on reading what it will not use. */
    private fun firstStatus(
        line: String,
        body: ByteArray,
    ): Int =
        Socket("127.0.0.1", port).use { socket ->
            socket.soTimeout = 30_000
            val head = listOf("POST /webhooks/valify HTTP/1.1", "Host: 127.0.0.1", "Connection: close", line, "", "")
            socket.getOutputStream().apply {
                write(head.joinToString("\r\n").toByteArray() + body)
                flush()
            }
            socket
                .getInputStream()
                .bufferedReader()
                .readLine()
                .split(' ')[1]
                .toInt()
        }

    @Test
    fun `a body that is too large is refused while it comes in`() {
        val large = ByteArray(100_001) { 'x'.code.toByte() }
        val chunked = "${Integer.toHexString(large.size)}\r\n".toByteArray() + large + "\r\n0\r\n\r\n".toByteArray()
        assertEquals(413, firstStatus("Transfer-Encoding: chunked", chunked))
    }

    @Test
    fun `a handler that throws asks the sender to come again`() {
        Seen.failing = true
        assertEquals(503 to "", send(body, "X-Valify-Signature: ${signature()}"))
    }

    @Test
    fun `other methods are not allowed`() {
        assertEquals(405, send(ByteArray(0), method = "PUT").first)
    }

    @Test
    fun `a body that something has read before is a misuse, said plainly`() {
        assertEquals(500 to "", send(body, "X-Valify-Signature: ${signature()}", path = "/consumed"))
        assertTrue(Seen.events.isEmpty())
    }

    @Test
    fun `JSON is parsed elsewhere, as it was`() {
        assertEquals(200 to "approved", send(body, path = "/parsed"))
    }
}

class KtorTest : FrameworkTest() {
    private val server =
        embeddedServer(Netty, port = 0, host = "127.0.0.1") {
            install(ContentNegotiation) { json() }
            routing {
                valifyWebhook("/webhooks/valify", Seen.verifier) { Seen.take(it) }
                post("/consumed") {
                    call.receiveText()
                    try {
                        Seen.take(call.receiveValifyEvent(Seen.verifier))
                    } catch (error: ValifyException) {
                        call.respond(HttpStatusCode.fromValue(error.deliveryStatus))
                    }
                }
                post("/parsed") {
                    call.respond(call.parsedStatus())
                }
            }
        }.start()

    override val port: Int =
        runBlocking {
            server.engine
                .resolvedConnectors()
                .first()
                .port
        }

    @AfterAll
    fun stop() {
        server.stop(0, 0)
    }
}

private suspend fun io.ktor.server.application.ApplicationCall.parsedStatus(): String =
    com.fasterxml.jackson.databind.json
        .JsonMapper()
        .readTree(receiveText())["data"]["status"]
        .asText()

@Configuration
@EnableAutoConfiguration
@RestController
open class SpringApp {
    private val webhook = ValifyWebhookHandler(Seen.verifier) { Seen.take(it) }

    @RequestMapping("/webhooks/valify")
    open fun webhook(
        request: HttpServletRequest,
        response: HttpServletResponse,
    ) = webhook.handleRequest(request, response)

    @PostMapping("/consumed")
    open fun consumed(
        request: HttpServletRequest,
        response: HttpServletResponse,
    ) {
        request.inputStream.readAllBytes()
        webhook.handleRequest(request, response)
    }

    @PostMapping("/parsed")
    open fun parsed(
        @RequestBody body: Map<String, Map<String, Any>>,
    ): String = body.getValue("data").getValue("status").toString()
}

class SpringTest : FrameworkTest() {
    private val context =
        SpringApplication(SpringApp::class.java)
            .apply {
                setDefaultProperties(
                    mapOf(
                        "server.port" to "0",
                        "server.address" to "127.0.0.1",
                        "spring.main.banner-mode" to "off",
                        "logging.level.root" to "warn",
                    ),
                )
            }.run() as ServletWebServerApplicationContext

    override val port: Int = context.webServer!!.port

    @AfterAll
    fun stop() {
        context.close()
    }
}
