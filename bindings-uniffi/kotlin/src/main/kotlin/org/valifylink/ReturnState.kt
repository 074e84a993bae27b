package org.valifylink

import java.security.SecureRandom
import java.time.Instant

/** Issues and checks the state that a return URL carries. The first secret issues, all of them check. */
public class ReturnState private constructor(
    private val handle: ReturnStateHandle,
) {
    /**
     * @param secrets by id, each of at least 16 bytes
     * @param parameter the query parameter's name (`vl`)
     * @param placement a query parameter, or the last path segment for a sender that appends naively
     */
    @JvmOverloads
    public constructor(
        secrets: Map<String, Secret>,
        parameter: String? = null,
        placement: Placement? = null,
    ) : this(
        read(
            Document.of(
                mapOf("secrets" to named(secrets), "parameter" to parameter, "placement" to placement).filterValues { it != null },
            ),
        ),
    )

    /** Puts a state into [returnUrl]. Let it live a little longer than the link, for the way back. */
    @JvmOverloads
    public fun issue(
        returnUrl: String,
        referenceId: String,
        expiresAt: Instant,
        binding: Binding,
        nonce: ByteArray = Binding.random(),
        now: Instant = Instant.now(),
    ): Issued {
        val issued = core { handle.issue(returnUrl, referenceId, expiresAt, nonce, binding.handle, now) }
        return Issued(issued.returnUrl, issued.nonce)
    }

    /**
     * Checks the state of a return.
     *
     * @param url the absolute URL that the browser used: the configured public origin followed by the request's undecoded target, never
     *   built from the Host header
     * @param referenceId what the caller's own session expects
     * @param binding the cookie's text
     * @throws ReturnStateException wait for the webhook, and never make a new link because of it
     */
    @JvmOverloads
    public fun check(
        url: String,
        referenceId: String,
        binding: String? = null,
        now: Instant = Instant.now(),
    ): Returned = Returned(core { handle.check(url, referenceId, binding, now) })

    override fun toString(): String = handle.toString()

    public companion object {
        /** Reads a `return_state` document in JSON. */
        @JvmStatic
        public fun fromDocument(json: String): ReturnState = ReturnState(read(json))

        private fun read(json: String): ReturnStateHandle = core { ReturnStateHandle.fromDocument(json) }
    }
}

/** 128 random bits that one browser keeps in a cookie (`__Host-`, `HttpOnly`, `Secure`, `SameSite=Lax`). No text shows them. */
public class Binding private constructor(
    internal val handle: BindingHandle,
) {
    /** A new one, from the system's random source. */
    public constructor() : this(core { BindingHandle(random()) })

    /** The cookie's value. It belongs into the cookie alone, never into a URL, a page or a log. */
    public fun toCookie(): String = core { handle.toCookie() }

    override fun toString(): String = handle.toString()

    public companion object {
        private val source = SecureRandom()

        /** Reads the cookie of an earlier attempt: take it over instead of setting a new one, so that two tabs do not undo each other. */
        @JvmStatic
        public fun fromCookie(text: String): Binding = Binding(core { BindingHandle.fromCookie(text) })

        internal fun random(): ByteArray = ByteArray(16).also(source::nextBytes)
    }
}

/** A state that has been issued. No text shows it. */
public class Issued internal constructor(
    /** The URL to ask the link with. */
    public val returnUrl: String,
    /** The nonce as text, the same that [Returned.nonce] gives. */
    public val nonce: String,
) {
    override fun toString(): String = "Issued(hidden)"
}

/** A browser has come back from this attempt. It is not an outcome, and must never log anyone in. Only [ReturnState.check] makes one. */
public class Returned internal constructor(
    internal val handle: ReturnedHandle,
) {
    private val view by lazy { core { handle.view() } }

    /** The reference that the state was issued for, which is the one that was expected. */
    public val referenceId: String get() = view.referenceId

    /** The state's nonce: 22 characters of base64url. A replay is the caller's to refuse, by this. */
    public val nonce: String get() = view.nonce

    /** When the state expires; a kept nonce may go then. */
    public val expiresAt: Instant get() = view.expiresAt

    /** Whether this is the browser that started the attempt. A signal, not a gate. */
    public val returnedInBoundBrowser: BoundBrowser get() = view.returnedInBoundBrowser

    /** The columns to find the attempt's record by. */
    public fun keys(): Keys = core { handle.keys() }

    override fun toString(): String = handle.toString()
}
