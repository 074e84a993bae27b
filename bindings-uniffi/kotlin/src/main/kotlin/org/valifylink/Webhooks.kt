package org.valifylink

import java.time.Duration
import java.time.Instant

/** What belongs to webhooks besides the verifier: the sender's side, and finding out what an unknown delivery looks like. */
public object Webhooks {
    /**
     * Makes what a verifier with this [auth] accepts, with the first of its secrets: for tests.
     *
     * @param id the delivery's: 1 to 128 of `A-Z a-z 0-9 - _`, needed where the scheme signs one
     */
    @JvmStatic
    @JvmOverloads
    public fun sign(
        auth: Auth,
        body: ByteArray,
        id: String? = null,
        now: Instant = Instant.now(),
    ): Signed = signDocument(Document.of(auth.fields), body, id, now)

    /** [sign] by an `auth` document in JSON. */
    @JvmStatic
    @JvmOverloads
    public fun signDocument(
        auth: String,
        body: ByteArray,
        id: String? = null,
        now: Instant = Instant.now(),
    ): Signed = core { Bytes.lend(body) { sign(auth, it, id, now) } }

    /** Reads a body that nobody has authenticated, for support and for setting up. From what it returns, nothing leads to passed. */
    @JvmStatic
    public fun readUnverified(
        profile: Profile,
        body: ByteArray,
    ): UnverifiedEvent {
        val own = body.clone()
        return UnverifiedEvent(core { Bytes.lend(own) { readUnverified(Document.of(profile.fields), it) } }, own)
    }

    /** Describes a delivery without its content, and tries which of the candidates authenticates it. */
    @JvmStatic
    @JvmOverloads
    public fun inspect(
        body: ByteArray,
        headers: Iterable<HeaderLine>,
        candidates: List<Auth> = emptyList(),
        environment: Environment = Environment.PRODUCTION,
        now: Instant = Instant.now(),
        url: String? = null,
    ): Inspection {
        val documents = candidates.map { Document.of(it.fields) }
        val seen = core { Bytes.lend(body) { inspect(it, received(headers, now, url), documents, environment) } }
        return Inspection(seen.text, seen.json)
    }
}

/** What [Verifier.diagnose] has found. [toString] has one line for each finding, without key material or anything of the delivery. */
public class Diagnosis internal constructor(
    private val view: DiagnosisView,
) {
    /** The kind by which `verify` refuses the delivery; null if it verifies. */
    public val refused: ErrorKind? get() = view.refused

    /** At least one, each mistake once. */
    public val findings: List<Finding> =
        view.findings.map { Finding(it.mistake, it.advice, it.found, it.header, it.secret, it.offByMs?.let(Duration::ofMillis)) }

    /** The diagnosis as JSON text. */
    public fun toJson(): String = view.json

    override fun toString(): String = view.text
}

/** One mistake, with what may be said of it without a secret or any content. */
public data class Finding(
    /** Which mistake. */
    val mistake: Mistake,
    /** What to do. */
    val advice: String,
    /** What was found in place of the configured or expected, such as `base64`. */
    val found: String?,
    /** The header that it is about. */
    val header: String?,
    /** The id of the secret that fits. Not secret. */
    val secret: String?,
    /** The signed timestamp less now: negative if the sender's clock is behind, or the delivery is old. */
    val offBy: Duration?,
)

/** The form of one delivery, its values masked. [toString] is for people, [toJson] for programs. */
public class Inspection internal constructor(
    private val text: String,
    private val json: String,
) {
    /** Headers, the body's form and shape, what became of the candidates, and a proposal for a profile where one of them fits. */
    public fun toJson(): String = json

    override fun toString(): String = text
}
