package org.valifylink

import com.sun.jna.Memory
import java.nio.ByteBuffer
import java.util.concurrent.ArrayBlockingQueue

/** Bodies on their way to the core, which borrows them where they lie: outside of the heap. Making such a place costs more than a call. */
internal object Bytes {
    private const val SMALLEST = 64 * 1024
    private const val LARGEST_KEPT = 1024 * 1024
    private val kept = ArrayBlockingQueue<ByteBuffer>(16)

    inline fun <T> lend(
        bytes: ByteArray,
        use: (ByteBuffer) -> T,
    ): T {
        if (bytes.size > LARGEST_KEPT) {
            return Memory(bytes.size.toLong()).use { memory ->
                use(memory.getByteBuffer(0, bytes.size.toLong()).put(bytes).flip())
            }
        }
        val buffer = kept.poll()?.takeIf { it.capacity() >= bytes.size } ?: ByteBuffer.allocateDirect(capacity(bytes.size))
        try {
            return use(buffer.clear().put(bytes).flip())
        } finally {
            kept.offer(buffer)
        }
    }

    private fun capacity(size: Int): Int = generateSequence(SMALLEST) { it * 2 }.first { it >= size }
}
