package org.valifylink

import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.util.zip.GZIPInputStream
import java.util.zip.InflaterInputStream

/** An answer's body while it comes in, never more of it than the cap and one chunk; decoded under the same cap. */
internal class ResponseBody(
    maxBytes: Long,
) {
    private val maxBytes = maxBytes.coerceAtMost(Int.MAX_VALUE - 16L).toInt()
    private val received = ByteArrayOutputStream()

    fun feed(
        chunk: ByteArray,
        length: Int = chunk.size,
    ) {
        if (length > maxBytes - received.size()) throw tooLarge()
        received.write(chunk, 0, length)
    }

    fun finish(contentEncoding: String?): ByteArray {
        val bytes = received.toByteArray()
        val encoding = contentEncoding?.trim()?.lowercase().orEmpty()
        if (encoding.isEmpty() || encoding == "identity" || bytes.isEmpty()) return bytes
        return try {
            val decoded =
                when (encoding) {
                    "gzip", "x-gzip" -> GZIPInputStream(ByteArrayInputStream(bytes))
                    "deflate" -> InflaterInputStream(ByteArrayInputStream(bytes))
                    else -> throw failed("the answer has a content encoding that nobody asked for")
                }.use { it.readNBytes(maxBytes + 1) }
            if (decoded.size > maxBytes) throw tooLarge()
            decoded
        } catch (_: IOException) {
            throw failed("the answer's body cannot be decoded")
        }
    }

    private fun tooLarge() = failed("the answer's body is larger than max_response_bytes")

    private fun failed(text: String) = TransportException(TransportFailure.MAYBE_SENT, text)
}
