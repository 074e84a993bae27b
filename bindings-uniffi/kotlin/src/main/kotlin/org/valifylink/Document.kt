package org.valifylink

import java.time.Duration
import java.time.Instant

/**
 * Options as the JSON documents that the core reads. Nothing is refused here: what has no form in JSON is written so that the core refuses
 * it by its path and rule.
 */
internal object Document {
    fun of(fields: Map<String, Any?>): String = StringBuilder().also { write(it, fields) }.toString()

    private fun write(
        text: StringBuilder,
        value: Any?,
    ) {
        when (value) {
            null -> text.append("null")
            is String -> writeText(text, value)
            is Boolean, is Int, is Long -> text.append(value)
            is Enum<*> -> writeText(text, value.text)
            is Duration -> text.append(milliseconds(value))
            is Instant -> writeText(text, value.toString())
            is Options -> write(text, value.fields)
            is NamedSecret -> writeSecret(text, value)
            is Map<*, *> ->
                writeAll(text, '{', value.entries, '}') { (name, field) ->
                    write(text, name)
                    text.append(':')
                    write(text, field)
                }
            is Iterable<*> -> writeAll(text, '[', value, ']') { write(text, it) }
            else -> text.append("null")
        }
    }

    private fun writeSecret(
        text: StringBuilder,
        named: NamedSecret,
    ) {
        text.append("{\"id\":")
        writeText(text, named.id)
        text.append(",\"").append(named.secret.encoding).append("\":")
        writeText(text, named.secret.text)
        text.append('}')
    }

    private inline fun <T> writeAll(
        text: StringBuilder,
        open: Char,
        entries: Iterable<T>,
        close: Char,
        writeOne: (T) -> Unit,
    ) {
        text.append(open)
        entries.forEachIndexed { index, entry ->
            if (index > 0) text.append(',')
            writeOne(entry)
        }
        text.append(close)
    }

    /** Half a character is written as such, which the core refuses. */
    private fun writeText(
        text: StringBuilder,
        value: String,
    ) {
        text.append('"')
        value.forEachIndexed { index, char ->
            val whole =
                when {
                    char.isHighSurrogate() -> index + 1 < value.length && value[index + 1].isLowSurrogate()
                    char.isLowSurrogate() -> index > 0 && value[index - 1].isHighSurrogate()
                    else -> char >= ' '
                }
            when {
                char == '"' || char == '\\' -> text.append('\\').append(char)
                whole -> text.append(char)
                else -> text.append("\\u").append(char.code.toString(16).padStart(4, '0'))
            }
        }
        text.append('"')
    }

    /** To the nearest millisecond; beyond what a number can hold, its end. */
    fun milliseconds(duration: Duration): Long =
        try {
            Math.addExact(Math.multiplyExact(duration.seconds, 1000L), (duration.nano + 500_000L) / 1_000_000L)
        } catch (_: ArithmeticException) {
            if (duration.isNegative) Long.MIN_VALUE else Long.MAX_VALUE
        }
}

/** Fields of a document by its names; those that were not given are left out. */
public abstract class Options internal constructor(
    given: Map<String, Any?>,
) {
    internal val fields: Map<String, Any> = given.mapNotNull { (name, value) -> value?.let { name to it } }.toMap()

    /** The fields that were given, secrets hidden. */
    override fun toString(): String = "${javaClass.simpleName}(${fields.entries.joinToString { (name, value) -> "$name=$value" }})"

    override fun equals(other: Any?): Boolean = other is Options && other.javaClass == javaClass && other.fields == fields

    override fun hashCode(): Int = fields.hashCode()
}

/** The name of a member in every document, log and host. */
internal val Enum<*>.text: String
    get() =
        when (this) {
            Signs.TIMESTAMP_BODY -> "timestamp.body"
            Signs.ID_TIMESTAMP_BODY -> "id.timestamp.body"
            SignatureEncoding.BASE64_URL -> "base64url"
            else -> name.lowercase()
        }
