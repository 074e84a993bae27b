package org.valifylink

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import okhttp3.OkHttpClient
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.ValueSource
import org.valifylink.okhttp.OkHttpTransport
import java.io.ByteArrayOutputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.time.Duration
import java.time.Instant
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.zip.GZIPOutputStream
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext

private const val REFERENCE = "user-canary-7"
private const val BACK = "https://shop.example/back"

/** Every transport over loopback: what is sent, what is refused, and what may be claimed afterwards. */
abstract class TransportsTest(
    private val transport: Transport,
) {
    private val servers = mutableListOf<AutoCloseable>()

    @BeforeEach
    fun emptySandbox() = Sandbox.reset()

    @AfterEach
    fun closeServers() = servers.forEach { it.close() }

    private fun serve(script: ScriptedServer.(ScriptedServer.Connection) -> Unit): ScriptedServer {
        lateinit var server: ScriptedServer
        server = ScriptedServer { server.script(it) }
        servers += server
        return server
    }

    private fun onceALink() =
        serve {
            it.request()
            it.link("Connection: close")
        }

    private fun client(
        baseUrl: String,
        timeout: Duration? = null,
        maxRetries: Int? = null,
        maxResponseBytes: Long? = null,
        insecureHosts: List<String>? = null,
        lang: Lang? = null,
        backoffCap: Duration = Duration.ZERO,
    ) = ValifyLink(
        ValifyConfig(
            Sandbox.KEY,
            baseUrl,
            lang,
            Environment.SANDBOX,
            timeout = timeout,
            maxRetries = maxRetries,
            backoffCap = backoffCap,
            maxResponseBytes = maxResponseBytes,
            insecureHosts = insecureHosts,
        ),
        transport,
    )

    private fun request() = LinkRequest(BACK, REFERENCE, Instant.now().plusSeconds(1800))

    private fun ValifyLink.ask(): Link = createLinkBlocking(request())

    private fun refused(
        kind: ErrorKind,
        run: () -> Unit,
    ): ValifyException {
        val error = assertThrows(ValifyException::class.java, run)
        assertEquals(kind, error.kind, error.message)
        return error
    }

    @Test
    fun `a link comes from the sandbox`() {
        val link = client(Sandbox.baseUrl).ask()
        assertEquals("${Sandbox.baseUrl}/?token=${link.sessionToken}", link.redirectUrl)
        assertEquals(REFERENCE, link.referenceId)
        assertEquals(Environment.SANDBOX, link.environment)
        assertEquals(1, Sandbox.sessions().size)
    }

    @Test
    fun `the request is the contract's and nothing is added`() {
        val server = onceALink()
        client(server.baseUrl, lang = Lang.AR).ask()
        val (head, body) = server.requests.single().split("\r\n\r\n", limit = 2)
        val headers = head.lines().drop(1).associate { it.substringBefore(": ").lowercase() to it.substringAfter(": ") }
        assertEquals("POST /api/link/v1/request/?lang=ar HTTP/1.1", head.lines().first())
        assertEquals(Sandbox.KEY, headers["x-valify-api-key"])
        assertEquals("application/json", headers["content-type"])
        assertEquals("identity", headers["accept-encoding"])
        assertTrue(headers.keys.none { it in setOf("cookie", "authorization", "transfer-encoding", "expect") })
        assertTrue(body.startsWith("""{"return_url":"$BACK","reference_id":"$REFERENCE","expires_at":"""))
    }

    // --- nothing was sent

    @Test
    fun `refused is not sent`() {
        val port = ServerSocket(0).use { it.localPort }
        val error = refused(ErrorKind.NOT_SENT) { client("http://127.0.0.1:$port", maxRetries = 1).ask() }
        assertNotNull(error.transportError)
        assertTrue(error.message.orEmpty().contains(error.transportError.orEmpty()))
    }

    @Test
    fun `a name that is not found is not sent`() {
        val host = "valify-link.invalid"
        refused(ErrorKind.NOT_SENT) { client("http://$host", insecureHosts = listOf(host), maxRetries = 0).ask() }
    }

    @Test
    fun `a certificate that nobody trusts is not sent`() {
        val keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm())
        keys.init(TestKeys.store, TestKeys.PASSWORD)
        val tls = SSLContext.getInstance("TLS").apply { init(keys.keyManagers, null, null) }
        val listener = tls.serverSocketFactory.createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))
        lateinit var server: ScriptedServer
        server =
            ScriptedServer(listener, "https") {
                it.request()
                it.link()
            }
        servers += server
        refused(ErrorKind.NOT_SENT) { client(server.baseUrl, maxRetries = 0).ask() }
        assertTrue(server.requests.isEmpty())
    }

    @Test
    fun `a connection that is never made is not sent`() {
        ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")).use { listener ->
            // Nobody accepts, and the queue is full: a further SYN is not answered.
            val waiting = mutableListOf<Socket>()
            try {
                while (waiting.size < 8) {
                    val socket = Socket()
                    waiting += socket
                    socket.connect(InetSocketAddress("127.0.0.1", listener.localPort), 200)
                }
            } catch (_: java.net.SocketTimeoutException) {
                // full
            }
            refused(ErrorKind.NOT_SENT) {
                client("http://127.0.0.1:${listener.localPort}", timeout = Duration.ofSeconds(3), maxRetries = 0).ask()
            }
            waiting.forEach(Socket::close)
        }
    }

    @Test
    fun `a call that was not sent is sent again`() {
        val port = ServerSocket(0).use { it.localPort }
        val late =
            CompletableFuture.supplyAsync(
                {
                    lateinit var server: ScriptedServer
                    server =
                        ScriptedServer(ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"))) {
                            it.request()
                            it.link("Connection: close")
                        }
                    server
                },
                CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS),
            )
        val link = client("http://127.0.0.1:$port", maxRetries = 10, backoffCap = Duration.ofSeconds(8)).ask()
        val server = late.get().also { servers += it }
        assertEquals(ScriptedServer.TOKEN, link.sessionToken)
        assertEquals(1, server.requests.size)
    }

    // --- it may have been processed

    @ParameterizedTest
    @CsvSource("drop_before,0", "drop_after,1", "truncate,1")
    fun `a cut is outcome unknown and not sent again`(
        action: String,
        sessions: Int,
    ) {
        Sandbox.fault(action)
        val error = refused(ErrorKind.OUTCOME_UNKNOWN) { client(Sandbox.baseUrl, maxRetries = 5).ask() }
        assertEquals(REFERENCE, error.referenceId)
        assertEquals(Next.DO_NOT_RESEND, error.next)
        assertEquals(sessions, Sandbox.sessions().size)
    }

    @Test
    fun `a server error is not sent again`() {
        Sandbox.fault("status", "status" to 503)
        val error = refused(ErrorKind.SERVER_ERROR) { client(Sandbox.baseUrl, maxRetries = 5).ask() }
        assertEquals(503, error.status)
        assertInstanceOf(OutcomeUnknownException::class.java, error)
        assertEquals(0, Sandbox.sessions().size)
    }

    @Test
    fun `too many requests are sent again`() {
        Sandbox.fault("status", "status" to 429)
        client(Sandbox.baseUrl).ask()
        assertEquals(1, Sandbox.sessions().size)
    }

    @Test
    fun `silence ends with the timeout`() {
        val silence = CountDownLatch(1)
        val server =
            serve {
                it.request()
                silence.await(20, TimeUnit.SECONDS)
            }
        val error = refused(ErrorKind.OUTCOME_UNKNOWN) { client(server.baseUrl, timeout = Duration.ofMillis(1500), maxRetries = 5).ask() }
        silence.countDown()
        assertEquals(1, server.requests.size)
        assertTrue(error.transportError.orEmpty().contains("time", ignoreCase = true), error.transportError)
    }

    @ParameterizedTest
    @ValueSource(strings = ["head", "body"])
    fun `an answer that drips ends with the timeout`(part: String) {
        val server =
            serve {
                it.request()
                val body = linkBody().toByteArray()
                val whole = ScriptedServer.head(body.size) + body
                val at = if (part == "head") 5 else whole.size - body.size
                it.output.write(whole, 0, at)
                for (byte in whole.drop(at)) {
                    Thread.sleep(100) // each byte in time, all of them not
                    it.output.write(byte.toInt())
                    it.output.flush()
                }
            }
        refused(ErrorKind.OUTCOME_UNKNOWN) { client(server.baseUrl, timeout = Duration.ofMillis(2000)).ask() }
    }

    // --- what comes back

    @Test
    fun `a redirect is refused and the key stays`() {
        val other = onceALink()
        val server =
            serve {
                it.request()
                it.answer(ByteArray(0), "307 Temporary Redirect", "Location: ${other.baseUrl}/api/link/v1/request/?lang=en")
            }
        assertEquals(307, refused(ErrorKind.REDIRECTED) { client(server.baseUrl).ask() }.status)
        assertEquals(0, other.connections.get())
    }

    @Test
    fun `an encoded answer is read`() {
        val server =
            serve {
                it.request()
                it.answer(gzip(linkBody().toByteArray()), "200 OK", "Content-Encoding: gzip")
            }
        assertEquals(ScriptedServer.TOKEN, client(server.baseUrl).ask().sessionToken)
    }

    @ParameterizedTest
    @ValueSource(strings = ["gzip", "br"])
    fun `an encoded answer that cannot be decoded is outcome unknown`(encoding: String) {
        val server =
            serve {
                it.request()
                it.answer(gzip(linkBody().toByteArray()).dropLast(12).toByteArray(), "200 OK", "Content-Encoding: $encoding")
            }
        refused(ErrorKind.OUTCOME_UNKNOWN) { client(server.baseUrl).ask() }
    }

    @Test
    fun `a bomb is not unpacked`() {
        // More than this process may hold, if it were.
        val bomb = gzip(ByteArray(1024 * 1024), 2048)
        val server =
            serve {
                it.request()
                it.answer(bomb, "200 OK", "Content-Encoding: gzip")
            }
        val error = refused(ErrorKind.OUTCOME_UNKNOWN) { client(server.baseUrl, maxResponseBytes = 4_000_000).ask() }
        assertTrue(error.message.orEmpty().contains("larger"), error.message)
    }

    @Test
    fun `a body without end is not read to it`() {
        val server =
            serve {
                it.request()
                it.output.write(ScriptedServer.head(null, "200 OK", "Connection: close"))
                while (true) it.output.write(ByteArray(65536))
            }
        val error = refused(ErrorKind.OUTCOME_UNKNOWN) { client(server.baseUrl, maxResponseBytes = 1_000_000).ask() }
        assertTrue(error.message.orEmpty().contains("larger"), error.message)
    }

    @Test
    fun `a malformed answer is the core's to judge`() {
        Sandbox.fault("malformed")
        assertNull(refused(ErrorKind.MALFORMED_RESPONSE) { client(Sandbox.baseUrl).ask() }.transportError)
    }

    // --- connections

    @Test
    fun `each request has a connection of its own`() {
        val server =
            serve {
                it.request()
                it.link("Connection: keep-alive")
                it.request() // and closes without an answer
            }
        val client = client(server.baseUrl)
        repeat(3) { client.ask() }
        assertEquals(3, server.requests.size)
        assertEquals(3, server.connections.get())
    }

    @Test
    fun `nothing is kept between requests`() {
        val server =
            serve {
                it.request()
                it.link("Connection: close", "Set-Cookie: tracker=canary-cookie")
            }
        val client = client(server.baseUrl)
        repeat(2) { client.ask() }
        assertFalse(server.requests[1].contains("canary-cookie"))
    }

    // --- the caller

    @Test
    fun `cancelling the coroutine cancels the request`() {
        val reached = CountDownLatch(1)
        val gone = CountDownLatch(1)
        val server =
            serve {
                it.request()
                reached.countDown()
                it.request() // ends with the connection
                gone.countDown()
            }
        runBlocking {
            val call = launch(Dispatchers.IO) { client(server.baseUrl).createLink(request()) }
            assertTrue(reached.await(20, TimeUnit.SECONDS))
            call.cancelAndJoin()
            assertTrue(call.isCancelled)
        }
        assertTrue(gone.await(20, TimeUnit.SECONDS), "the connection is still there")
    }

    @Test
    fun `cancelling the future cancels the request`() {
        val reached = CountDownLatch(1)
        val gone = CountDownLatch(1)
        val server =
            serve {
                it.request()
                reached.countDown()
                it.request()
                gone.countDown()
            }
        val call = client(server.baseUrl).createLinkAsync(request())
        assertTrue(reached.await(20, TimeUnit.SECONDS))
        assertTrue(call.cancel(true))
        assertTrue(gone.await(20, TimeUnit.SECONDS), "the connection is still there")
    }

    @Test
    fun `the asynchronous forms give the same`() {
        val client = client(Sandbox.baseUrl)
        val links = listOf(client.createLinkAsync(request()).get(), runBlocking { async { client.createLink(request()) }.await() })
        assertEquals(links.map { it.sessionToken }.toSet(), Sandbox.sessions().map { it["token"]?.asText() ?: it["session_token"].asText() }.toSet())
    }
}

/** `java.net.http`, which is the default. */
class JavaHttpTransportTest : TransportsTest(JavaHttpTransport())

/** OkHttp with a client of the caller's own. */
class OkHttpTransportTest :
    TransportsTest(
        OkHttpTransport(
            OkHttpClient
                .Builder()
                .cookieJar(KeepingJar())
                .followRedirects(true)
                .build(),
        ),
    )

/** Gives back whatever it got, as a browser would. */
private class KeepingJar : okhttp3.CookieJar {
    private val kept = mutableListOf<okhttp3.Cookie>()

    override fun saveFromResponse(
        url: okhttp3.HttpUrl,
        cookies: List<okhttp3.Cookie>,
    ) {
        kept += cookies
    }

    override fun loadForRequest(url: okhttp3.HttpUrl): List<okhttp3.Cookie> = kept
}

/** A transport of the caller's that fails in its own way. */
class OwnTransportTest {
    @Test
    fun `whatever it throws is outcome unknown, cleaned, and not chained`() {
        val key = "fake-canary-key-0001"
        val broken =
            Transport {
                throw IllegalStateException(
                    "no luck with ${it.headers.map { line ->
                        line.value
                    }} and\n${it.body.decodeToString()}",
                )
            }
        val client = ValifyLink(ValifyConfig(key), broken)
        val error =
            assertThrows(OutcomeUnknownException::class.java) {
                client.createLinkBlocking(LinkRequest(BACK, REFERENCE, Instant.now().plusSeconds(60)))
            }
        assertTrue(error.transportError.orEmpty().startsWith("java.lang.IllegalStateException: "))
        assertNull(error.cause)
        val trace =
            java.io
                .StringWriter()
                .also { error.printStackTrace(java.io.PrintWriter(it)) }
                .toString()
        for (hidden in listOf(key, REFERENCE, BACK)) assertFalse(trace.contains(hidden), hidden)
        assertFalse(error.message.orEmpty().contains("\n"))
    }

    @Test
    fun `a cancelled transport raises the host's own type`() {
        val client = ValifyLink(ValifyConfig("fake-canary-key-0001"), { CompletableFuture<HttpResponse>().apply { cancel(true) } })
        assertThrows(CancellationException::class.java) {
            client.createLinkBlocking(LinkRequest(BACK, REFERENCE, Instant.now().plusSeconds(60)))
        }
    }
}

private fun gzip(
    bytes: ByteArray,
    times: Int = 1,
): ByteArray = ByteArrayOutputStream().also { GZIPOutputStream(it).use { out -> repeat(times) { out.write(bytes) } } }.toByteArray()
