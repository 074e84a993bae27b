package org.valifylink.canaries

import java.net.URLEncoder
import java.util.Base64
import java.util.HexFormat

/** Strings and bytes that are nowhere else: whatever they get into has let them through. */
object Canaries {
    const val KEY = "canary-key-7c1e5a90d2f84b36"
    const val SECRET = "canary-webhook-secret-51b0e7a6c3d94f28"
    const val SHORT_SECRET = "canary-short"
    const val OTHER_SECRET = "canary-other-secret-0d4c8e2f9b17"
    const val STATE_SECRET = "canary-return-secret-a8f36c1b70e95d24"
    const val TOKEN = "canary-token-3f9d27b1e6084ac5"
    const val REFERENCE = "canary-reference-4b8e"
    const val BACK = "https://shop.example/canary-back-92d7?a=1"
    const val NUMBER = "30101010100131"
    const val NAME = "سلمى كناري"

    /** Of the bytes, what a text that shows them would have in any case. */
    private const val IN_IMAGE = "canary-image-6a51f0"

    private val image = byteArrayOf(-119, 'P'.code.toByte(), 'N'.code.toByte(), 'G'.code.toByte()) + IN_IMAGE.repeat(3).toByteArray()

    private val all =
        mapOf(
            "key" to KEY,
            "secret" to SECRET,
            "short secret" to SHORT_SECRET,
            "other secret" to OTHER_SECRET,
            "secret of the return state" to STATE_SECRET,
            "session token" to TOKEN,
            "reference" to REFERENCE,
            "return URL" to BACK,
            "national ID" to NUMBER,
            "name" to NAME,
            "image" to IN_IMAGE,
            "image in base64" to base64(image),
        )

    private val forms = all.mapValues { (_, canary) -> formsOf(canary) }

    /** A webhook, and as well an answer of the service, with everything that must not get out. */
    @JvmStatic
    fun body(): ByteArray =
        (
            """{"message":"$KEY $SECRET $NAME","session_token":"$TOKEN","redirect_url":"https://evil.example/$KEY?token=$TOKEN","data":{""" +
                """"reference_id":"$REFERENCE","token":"$TOKEN","status":"$NAME","front_nid":"$NUMBER","full_name":"$NAME",""" +
                """"back":"$BACK","face":"${base64(image)}"}}"""
        ).toByteArray()

    /** Which of the canaries a text has in any of their forms, by what they are. */
    fun found(text: String): Set<String> = forms.filterValues { any -> any.any { text.contains(it, ignoreCase = true) } }.keys

    private fun base64(bytes: ByteArray): String = Base64.getEncoder().encodeToString(bytes)

    private fun formsOf(canary: String): Set<String> {
        val bytes = canary.toByteArray()
        val escaped = canary.map { if (it < '\u0080') it.toString() else "\\u%04x".format(it.code) }.joinToString("")
        return setOf(
            canary,
            escaped,
            base64(bytes),
            HexFormat.of().formatHex(bytes),
            URLEncoder.encode(canary, Charsets.UTF_8),
            // As bytes that were taken for another encoding.
            String(bytes, Charsets.ISO_8859_1),
        )
    }
}
