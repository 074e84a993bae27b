package org.valifylink.canaries

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.valifylink.ErrorKind
import org.valifylink.ValifyException
import org.valifylink.WebhookEndpoint
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.io.PrintWriter
import java.io.StringWriter
import java.util.logging.Handler
import java.util.logging.Level
import java.util.logging.LogRecord
import java.util.logging.Logger

/** No key, no secret, no token and nothing of a person in any error of any kind, nor in anything that an error leads to. */
abstract class CanariesTest(
    private val refusals: Refusals,
) {
    @TestFactory
    fun refusals(): List<DynamicTest> =
        refusals.all().map { refusal -> DynamicTest.dynamicTest("${refusal.kind.name.lowercase()}: ${refusal.how}") { check(refusal) } }

    /** Each of them is what it says, or its own test fails. */
    @Test
    fun `every kind is provoked`() {
        val provoked = refusals.all().map { it.kind }.toSet()
        assertEquals(emptyList<ErrorKind>(), ErrorKind.entries.filterNot { it in provoked })
    }

    private fun check(refusal: Refusal) {
        val printed = ByteArrayOutputStream()
        val (thrown, logged) = Output.watching(printed) { assertThrows(Exception::class.java) { refusal.provoke.run() } }
        // A future's own exception is around it.
        val error = generateSequence<Throwable>(thrown) { it.cause }.filterIsInstance<ValifyException>().first()
        assertEquals(refusal.kind, error.kind, error.message)
        assertNull(error.cause)
        assertEquals(0, error.suppressed.size)

        val trace = StringWriter().also { thrown.printStackTrace(PrintWriter(it)) }.toString()
        val message = error.message.orEmpty()
        assertTrue(trace.contains(message) && logged.any { it.contains(message) }, trace)
        for (text in listOf("$thrown", "$error", message, error.localizedMessage, trace, thrown.stackTraceToString()) + logged) {
            assertEquals(emptySet<String>(), Canaries.found(text), text)
        }
        assertEquals(emptySet<String>(), Canaries.found(printed.toString()))

        // The reference and the service's code are kept as fields of their own, and are all that is kept of others' values.
        val kept = setOf(error.referenceId, error.code)
        for (text in Reachable(thrown).texts.filterNot { it in kept }) assertEquals(emptySet<String>(), Canaries.found(text), text)
    }
}

/** As Kotlin comes to them. */
class KotlinCanariesTest : CanariesTest(KotlinRefusals)

/** As Java comes to them. */
class JavaCanariesTest : CanariesTest(JavaRefusals())

/** What is looked through finds what is there. */
class CanariesFoundTest {
    @Test
    fun `a canary is found in every form`() {
        assertEquals(setOf("key"), Canaries.found("it is ${Canaries.KEY.uppercase()}"))
        assertEquals(setOf("name"), Canaries.found("\"\\u0633\\u0644\\u0645\\u0649 \\u0643\\u0646\\u0627\\u0631\\u064a\""))
        val everything = Canaries.found(String(Canaries.body()))
        assertEquals(
            setOf("key", "secret", "session token", "reference", "return URL", "national ID", "name", "image", "image in base64"),
            everything,
        )
    }

    @Test
    fun `the walk comes to what is deep inside`() {
        class Inner(
            @Suppress("unused") private val bytes: ByteArray,
        )

        open class Outer(
            @Suppress("unused") private val inner: Map<String, List<Any>>,
        ) : RuntimeException("outer", IllegalStateException(Canaries.SECRET))

        class Below : Outer(mapOf("a" to listOf(Inner(Canaries.KEY.toByteArray()), arrayOf(Canaries.NUMBER.toLong()))))

        val found = Reachable(Below().apply { addSuppressed(Exception(Canaries.TOKEN)) }).texts.flatMap { Canaries.found(it) }.toSet()
        assertEquals(setOf("key", "secret", "session token", "national ID"), found)
        assertThrows(IllegalStateException::class.java) { Reachable(Inner(ByteArray(0)) to Thread.currentThread()) }
    }
}

/** What a process writes while something runs in it. */
private object Output {
    private val log = Logger.getLogger("org.valifylink")

    fun <T : Throwable> watching(
        printed: ByteArrayOutputStream,
        run: () -> T,
    ): Pair<T, List<String>> {
        val (out, err) = System.out to System.err
        val records = mutableListOf<String>()
        val handler =
            object : Handler() {
                override fun publish(record: LogRecord) {
                    records += "${record.message} ${record.parameters?.asList()} ${record.thrown?.stackTraceToString()}"
                }

                override fun flush() = Unit

                override fun close() = Unit
            }
        log.addHandler(handler.apply { level = Level.ALL })
        log.level = Level.ALL
        PrintStream(printed).let {
            System.setOut(it)
            System.setErr(it)
        }
        try {
            val thrown = run()
            // As the frameworks' adapters say why a delivery was refused.
            generateSequence<Throwable>(thrown) { it.cause }.filterIsInstance<ValifyException>().forEach { WebhookEndpoint.refused(it) }
            return thrown to records
        } finally {
            System.setOut(out)
            System.setErr(err)
            log.removeHandler(handler)
        }
    }
}
