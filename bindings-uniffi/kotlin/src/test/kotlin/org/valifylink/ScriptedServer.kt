package org.valifylink

import java.io.ByteArrayOutputStream
import java.io.Closeable
import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

/** A loopback server that runs a script for each connection. */
class ScriptedServer(
    private val listener: ServerSocket = ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")),
    scheme: String = "http",
    private val script: (Connection) -> Unit,
) : Closeable {
    val baseUrl = "$scheme://127.0.0.1:${listener.localPort}"
    val requests = CopyOnWriteArrayList<String>()
    val connections = AtomicInteger()

    init {
        thread(isDaemon = true) {
            try {
                while (true) {
                    val socket = listener.accept()
                    connections.incrementAndGet()
                    thread(isDaemon = true) { serve(socket) }
                }
            } catch (_: IOException) {
                // closed
            }
        }
    }

    private fun serve(socket: Socket) {
        try {
            socket.use { script(Connection(it)) }
        } catch (_: IOException) {
            // The client has gone, which some scripts are about.
        }
    }

    fun linkBody(): String = """{"session_token":"$TOKEN","redirect_url":"$baseUrl/?token=$TOKEN"}"""

    override fun close() {
        listener.close()
    }

    /** One accepted connection, with what a script needs of HTTP. */
    inner class Connection(
        val socket: Socket,
    ) {
        private val input = socket.getInputStream().buffered()
        val output = socket.getOutputStream()

        /** The next request, whole; null where the client closed. */
        fun request(): String? {
            val head = ByteArrayOutputStream()
            while (!head.toString(Charsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                val byte = input.read()
                if (byte < 0) return null
                head.write(byte)
            }
            val text = head.toString(Charsets.ISO_8859_1)
            val length =
                Regex("(?i)\r\ncontent-length: *(\\d+)")
                    .find(text)
                    ?.groupValues
                    ?.get(1)
                    ?.toInt() ?: 0
            return (text + input.readNBytes(length).decodeToString()).also(requests::add)
        }

        fun answer(
            body: ByteArray = ByteArray(0),
            status: String = "200 OK",
            vararg lines: String,
        ) {
            output.write(head(body.size, status, *lines) + body)
            output.flush()
        }

        fun link(vararg lines: String) = answer(linkBody().toByteArray(), "200 OK", *lines)
    }

    companion object {
        const val TOKEN = "5e55104e-0000-4000-8000-00000000000f"

        fun head(
            length: Int?,
            status: String = "200 OK",
            vararg lines: String,
        ): ByteArray =
            (listOf("HTTP/1.1 $status") + listOfNotNull(length?.let { "Content-Length: $it" }) + lines + listOf("", ""))
                .joinToString("\r\n")
                .toByteArray()
    }
}
