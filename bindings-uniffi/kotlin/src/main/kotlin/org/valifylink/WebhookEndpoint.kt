package org.valifylink

/** What is done with an event. A delivery is answered with 200 once this has returned, and with 503 if it throws. */
public fun interface EventHandler {
    /** Stores what the event says, such as by an atomic merge into the attempt's record. */
    @Throws(Exception::class)
    public fun handle(event: Event)
}

/** What the frameworks' adapters share: a body under the verifier's cap, and the answers. */
internal class WebhookEndpoint(
    private val verifier: Verifier,
) {
    /** Refuses by the head of a request alone, and otherwise takes its body. */
    fun body(
        contentLength: String?,
        contentEncoding: List<String>,
    ): Body {
        if (contentEncoding.any { it.isNotBlank() && !it.trim().equals("identity", ignoreCase = true) }) {
            throw ValifyException.refused(ErrorKind.ENCODED_BODY, null, "the body has a content encoding")
        }
        return Body(
            contentLength
                ?.trim()
                ?.takeIf { it.isNotEmpty() && it.all { digit -> digit in '0'..'9' } }
                ?.toBigInteger()
                ?.let(::clamped),
        )
    }

    private fun clamped(length: java.math.BigInteger): Long = length.min(Long.MAX_VALUE.toBigInteger()).toLong()

    /** A body while it comes in. It never holds more than the cap and one chunk. */
    inner class Body(
        private val announced: Long?,
    ) {
        private val received = java.io.ByteArrayOutputStream()

        init {
            if (announced != null && announced > verifier.maxBodyBytes) throw tooLarge()
        }

        fun feed(
            chunk: ByteArray,
            length: Int,
        ) {
            if (received.size().toLong() + length > verifier.maxBodyBytes) throw tooLarge()
            received.write(chunk, 0, length)
        }

        fun event(
            headers: Iterable<HeaderLine>,
            url: String?,
        ): Event {
            if (announced != null && received.size() < announced) throw consumed()
            return verifier.verify(received.toByteArray(), headers, url = url)
        }

        val size: Int get() = received.size()

        private fun tooLarge() = ValifyException.refused(ErrorKind.BODY_TOO_LARGE, null, "the body has more than ${verifier.maxBodyBytes} bytes")
    }

    companion object {
        const val HANDLER_FAILED = 503
        const val METHOD_NOT_ALLOWED = 405
        const val CHUNK_BYTES = 64 * 1024

        private val log = System.getLogger("org.valifylink")

        fun consumed(): ValifyException =
            ValifyException.refused(
                ErrorKind.MISUSE,
                null,
                "the body is not there whole: nothing may read or parse it before the verifier",
            )

        /** Logs why a delivery was not believed, which the sender is not told. Returns the status of the answer. */
        fun refused(error: ValifyException): Int {
            val level = if (error.kind == ErrorKind.MISUSE) System.Logger.Level.ERROR else System.Logger.Level.WARNING
            log.log(level, "webhook refused: ${error.message}")
            return error.deliveryStatus
        }

        /** Logs that the caller's handler threw. Returns the status of the answer. */
        fun failed(error: Throwable): Int {
            log.log(System.Logger.Level.ERROR, "webhook: the handler failed, the sender is asked to come again", error)
            return HANDLER_FAILED
        }
    }
}
