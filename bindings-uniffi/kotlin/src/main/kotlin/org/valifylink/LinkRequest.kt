package org.valifylink

import java.time.Instant

/** A request for a link: plain data, checked by the call that takes it. No text shows reference and return URL. */
public class LinkRequest private constructor(
    internal val handle: LinkRequestHandle,
) {
    /**
     * @param returnUrl where the browser goes after completion: absolute, https (http for loopback hosts), at most 2048 bytes
     * @param referenceId the integrator's own unique id of this end user, 1 to 256 bytes of UTF-8
     * @param expiresAt when the link expires; rounded to the millisecond
     * @param flow the flow's UUID, needed only where an account has several
     * @param lang the language of the page, where it is not the client's
     */
    @JvmOverloads
    public constructor(
        returnUrl: String,
        referenceId: String,
        expiresAt: Instant,
        flow: String? = null,
        lang: Lang? = null,
    ) : this(
        read(
            Document.of(
                mapOf("return_url" to returnUrl, "reference_id" to referenceId, "expires_at" to expiresAt, "flow" to flow, "lang" to lang),
            ),
        ),
    )

    /** When the link expires. */
    public val expiresAt: Instant get() = core { handle.expiresAt() }

    /** The integrator's own unique id of this end user. */
    public val referenceId: String get() = core { handle.referenceId() }

    override fun toString(): String = handle.toString()

    public companion object {
        /** Reads a `request` document in JSON. */
        @JvmStatic
        public fun fromDocument(json: String): LinkRequest = LinkRequest(read(json))

        private fun read(json: String): LinkRequestHandle = core { LinkRequestHandle.fromDocument(json) }
    }
}
