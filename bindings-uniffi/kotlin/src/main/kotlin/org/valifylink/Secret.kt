package org.valifylink

/**
 * A secret and the encoding of its text. There is no detection and no fallback, and no text shows it. The JVM cannot wipe the [String] that
 * it was given; the core wipes its own copies.
 */
public class Secret private constructor(
    internal val encoding: String,
    internal val text: String,
) {
    internal fun toCore(): SecretHandle =
        core {
            when (encoding) {
                "base64" -> SecretHandle.base64(text)
                "hex" -> SecretHandle.hex(text)
                else -> SecretHandle.utf8(text)
            }
        }

    override fun toString(): String = "Secret.$encoding(hidden)"

    override fun equals(other: Any?): Boolean = other is Secret && other.encoding == encoding && other.text == text

    override fun hashCode(): Int = 31 * encoding.hashCode() + text.hashCode()

    public companion object {
        /** The bytes of the text itself, in UTF-8. A null, as of a missing environment variable, is refused where it is used. */
        @JvmStatic
        public fun utf8(text: String?): Secret = Secret("utf8", text.orEmpty())

        /** Standard base64 with padding, canonical. */
        @JvmStatic
        public fun base64(text: String?): Secret = Secret("base64", text.orEmpty())

        /** Hexadecimal digits of either case. */
        @JvmStatic
        public fun hex(text: String?): Secret = Secret("hex", text.orEmpty())
    }
}

/** A secret by its id. */
internal class NamedSecret(
    val id: String,
    val secret: Secret,
) {
    override fun toString(): String = "$id: $secret"

    override fun equals(other: Any?): Boolean = other is NamedSecret && other.id == id && other.secret == secret

    override fun hashCode(): Int = 31 * id.hashCode() + secret.hashCode()
}

internal fun named(secrets: Map<String, Secret>): List<NamedSecret> = secrets.map { (id, secret) -> NamedSecret(id, secret) }
