package org.valifylink

import java.time.Instant

/**
 * Authenticates deliveries and reads them by a profile: the only maker of [Event]. Make it once and share it between threads.
 *
 * Everything that takes a body takes its raw bytes as received: what was parsed cannot be authenticated any more.
 */
public class Verifier private constructor(
    private val handle: VerifierHandle,
) {
    /** Checks the configuration: [ConfigException] with the field, as in its own document. */
    @JvmOverloads
    public constructor(
        auth: Auth,
        profile: Profile,
        limits: Limits? = null,
        environment: Environment? = null,
    ) : this(
        read(
            Document.of(
                buildMap {
                    put("auth", auth)
                    put("profile", profile)
                    if (limits != null) put("limits", limits)
                    if (environment != null) put("environment", environment)
                },
            ),
        ),
    )

    /** The largest body in bytes: read no more of a stream, and answer 413. */
    public val maxBodyBytes: Long = core { handle.maxBodyBytes() }

    /** The environment that every event of this verifier carries. */
    public val environment: Environment get() = core { handle.environment() }

    /**
     * Authenticates one delivery and says what it says.
     *
     * @param now the time of receipt, where it is not this moment
     * @param url the undecoded request target, which only a secret in the URL needs
     * @throws SignatureException answer with its `deliveryStatus` and an empty body, and believe nothing of the delivery
     */
    @JvmOverloads
    public fun verify(
        body: ByteArray,
        headers: Iterable<HeaderLine>,
        now: Instant = Instant.now(),
        url: String? = null,
    ): Event {
        // The caller's array may change under an event that has been believed.
        val own = body.clone()
        return Event(core { Bytes.lend(own) { handle.verify(it, received(headers, now, url)) } }, own)
    }

    /** [verify] with headers as a map, a list for a repeated one. */
    @JvmOverloads
    public fun verify(
        body: ByteArray,
        headers: Map<String, List<String>>,
        now: Instant = Instant.now(),
        url: String? = null,
    ): Event = verify(body, headers.lines(), now, url)

    /**
     * Says which mistake makes this delivery fail, for the log and never for the answer. Never call it for every failed delivery of an open
     * endpoint: only to find a mistake.
     *
     * @param older secrets to try besides, by id
     */
    @JvmOverloads
    public fun diagnose(
        body: ByteArray,
        headers: Iterable<HeaderLine>,
        now: Instant = Instant.now(),
        url: String? = null,
        older: Map<String, Secret> = emptyMap(),
    ): Diagnosis {
        val named = older.map { (id, secret) -> SecretById(id, secret.toCore()) }
        return Diagnosis(core { Bytes.lend(body) { handle.diagnose(it, received(headers, now, url), named) } })
    }

    override fun toString(): String = handle.toString()

    public companion object {
        /** Reads a `verifier` document in JSON. */
        @JvmStatic
        public fun fromDocument(json: String): Verifier = Verifier(read(json))

        private fun read(json: String): VerifierHandle = core { VerifierHandle.fromDocument(json) }
    }
}

internal fun received(
    headers: Iterable<HeaderLine>,
    now: Instant,
    url: String?,
): Received = Received(headers.map { HeaderLine(wellFormed(it.name), wellFormed(it.value)) }, url?.let(::wellFormed), now)

internal fun Map<String, List<String>>.lines(): List<HeaderLine> = flatMap { (name, values) -> values.map { HeaderLine(name, it) } }
