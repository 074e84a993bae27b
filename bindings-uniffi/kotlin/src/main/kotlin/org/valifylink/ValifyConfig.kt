package org.valifylink

import java.time.Duration

/**
 * The settings of an account. Nothing is checked before [ValifyLink] takes them; what is not given has the core's default. No text shows
 * the key. From Java: [builder].
 *
 * @param apiKey the account's key. Null, as of a missing environment variable, is refused by name
 * @param baseUrl the service's origin in normal form; with [Environment.SANDBOX] it must be given, and be loopback
 * @param lang the language of links whose request names none (English)
 * @param environment where links are asked for (production)
 * @param timeout one attempt's time from hand-over to the last byte of the answer, connecting included (30 s)
 * @param deadline the time over all attempts (60 s)
 * @param maxRetries how many times a request is sent again (2), if nothing was sent or the answer was 429
 * @param backoffCap the longest delay of the back-off (8 s)
 * @param retryAfterCap the longest `Retry-After` that is waited for (30 s)
 * @param maxResponseBytes the cap on an answer's decoded body (1 MiB)
 * @param expiryGrace how long after its expiry a record still waits for an event (5 minutes)
 * @param resendWhenUnknown send again after 5xx and after a failure that leaves the outcome unknown: two sessions may be created and billed
 * @param linkPrefixes what a link may begin with (the base URL's origin followed by `/?`)
 * @param returnSchemes schemes besides https that a return URL may have, for app deep links
 * @param insecureHosts `host` or `host:port` that may be spoken to over http in the sandbox, for a container network
 */
public class ValifyConfig(
    apiKey: String?,
    baseUrl: String? = null,
    lang: Lang? = null,
    environment: Environment? = null,
    timeout: Duration? = null,
    deadline: Duration? = null,
    maxRetries: Int? = null,
    backoffCap: Duration? = null,
    retryAfterCap: Duration? = null,
    maxResponseBytes: Long? = null,
    expiryGrace: Duration? = null,
    resendWhenUnknown: Boolean? = null,
    linkPrefixes: List<String>? = null,
    returnSchemes: List<String>? = null,
    insecureHosts: List<String>? = null,
) {
    private val fields: Map<String, Any?> =
        mapOf(
            "base_url" to baseUrl,
            "lang" to lang,
            "environment" to environment,
            "timeout_ms" to timeout,
            "deadline_ms" to deadline,
            "max_retries" to maxRetries,
            "backoff_cap_ms" to backoffCap,
            "retry_after_cap_ms" to retryAfterCap,
            "max_response_bytes" to maxResponseBytes,
            "expiry_grace_ms" to expiryGrace,
            "resend_when_unknown" to resendWhenUnknown,
            "link_prefixes" to linkPrefixes,
            "return_schemes" to returnSchemes,
            "insecure_hosts" to insecureHosts,
        ).filterValues { it != null }

    private val key = Secret.utf8(apiKey).takeIf { apiKey != null }

    // A missing key is left to the core, which names it.
    internal fun document(): String = Document.of(fields + mapOf("api_key" to key?.text))

    /** The settings without the key and the addresses. */
    override fun toString(): String = "ValifyConfig(key hidden, ${fields.keys.joinToString()} given)"

    /** Settings one by one, for Java. */
    public class Builder internal constructor(
        private val apiKey: String?,
    ) {
        private var baseUrl: String? = null
        private var lang: Lang? = null
        private var environment: Environment? = null
        private var timeout: Duration? = null
        private var deadline: Duration? = null
        private var maxRetries: Int? = null
        private var backoffCap: Duration? = null
        private var retryAfterCap: Duration? = null
        private var maxResponseBytes: Long? = null
        private var expiryGrace: Duration? = null
        private var resendWhenUnknown: Boolean? = null
        private var linkPrefixes: List<String>? = null
        private var returnSchemes: List<String>? = null
        private var insecureHosts: List<String>? = null

        /** The service's origin. */
        public fun baseUrl(baseUrl: String?): Builder = apply { this.baseUrl = baseUrl }

        /** The language of links whose request names none. */
        public fun lang(lang: Lang): Builder = apply { this.lang = lang }

        /** Where links are asked for. */
        public fun environment(environment: Environment): Builder = apply { this.environment = environment }

        /** One attempt's time. */
        public fun timeout(timeout: Duration): Builder = apply { this.timeout = timeout }

        /** The time over all attempts. */
        public fun deadline(deadline: Duration): Builder = apply { this.deadline = deadline }

        /** How many times a request is sent again. */
        public fun maxRetries(maxRetries: Int): Builder = apply { this.maxRetries = maxRetries }

        /** The longest delay of the back-off. */
        public fun backoffCap(backoffCap: Duration): Builder = apply { this.backoffCap = backoffCap }

        /** The longest `Retry-After` that is waited for. */
        public fun retryAfterCap(retryAfterCap: Duration): Builder = apply { this.retryAfterCap = retryAfterCap }

        /** The cap on an answer's decoded body, in bytes. */
        public fun maxResponseBytes(maxResponseBytes: Long): Builder = apply { this.maxResponseBytes = maxResponseBytes }

        /** How long after its expiry a record still waits for an event. */
        public fun expiryGrace(expiryGrace: Duration): Builder = apply { this.expiryGrace = expiryGrace }

        /** Send again when the outcome is unknown: two sessions may be created and billed. */
        public fun resendWhenUnknown(resendWhenUnknown: Boolean): Builder = apply { this.resendWhenUnknown = resendWhenUnknown }

        /** What a link may begin with. */
        public fun linkPrefixes(linkPrefixes: List<String>): Builder = apply { this.linkPrefixes = linkPrefixes }

        /** Schemes besides https that a return URL may have. */
        public fun returnSchemes(returnSchemes: List<String>): Builder = apply { this.returnSchemes = returnSchemes }

        /** Hosts that may be spoken to over http in the sandbox. */
        public fun insecureHosts(insecureHosts: List<String>): Builder = apply { this.insecureHosts = insecureHosts }

        /** The settings, which [ValifyLink] checks. */
        public fun build(): ValifyConfig =
            ValifyConfig(
                apiKey,
                baseUrl,
                lang,
                environment,
                timeout,
                deadline,
                maxRetries,
                backoffCap,
                retryAfterCap,
                maxResponseBytes,
                expiryGrace,
                resendWhenUnknown,
                linkPrefixes,
                returnSchemes,
                insecureHosts,
            )
    }

    public companion object {
        /** Settings one by one, for Java. */
        @JvmStatic
        public fun builder(apiKey: String?): Builder = Builder(apiKey)
    }
}
