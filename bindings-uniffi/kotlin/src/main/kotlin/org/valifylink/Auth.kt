package org.valifylink

import java.time.Duration

/**
 * How a delivery proves itself: a required choice, one scheme for a verifier. Plain data, checked by what takes it; no text shows a secret.
 *
 * Secrets are named: several may be good at once while one takes another's place, and the id that fits stands in [AuthenticatedBy].
 */
public sealed class Auth(
    given: Map<String, Any?>,
) : Options(given)

/**
 * A MAC over the body in a header: the only kind of scheme that proves what the body says. From Java: [builder].
 *
 * @param signs what the MAC is computed over; the id and the timestamp (in seconds) come in [idHeader] and [timestampHeader]
 * @param prefix what stands before the signature
 * @param tolerance how far the timestamp may be from now, both ways (5 minutes)
 * @param allowSha1 SHA-1 must be allowed on purpose
 * @param allowShortSecret and so must secrets under 16 bytes
 */
public class Hmac(
    header: String,
    digest: Digest,
    encoding: SignatureEncoding,
    signs: Signs,
    secrets: Map<String, Secret>,
    prefix: String? = null,
    idHeader: String? = null,
    timestampHeader: String? = null,
    tolerance: Duration? = null,
    allowSha1: Boolean? = null,
    allowShortSecret: Boolean? = null,
) : Auth(
        mapOf(
            "scheme" to "hmac",
            "header" to header,
            "digest" to digest,
            "encoding" to encoding,
            "signs" to signs,
            "prefix" to prefix,
            "id_header" to idHeader,
            "timestamp_header" to timestampHeader,
            "tolerance_ms" to tolerance,
            "allow_sha1" to allowSha1,
            "allow_short_secret" to allowShortSecret,
            "secrets" to named(secrets),
        ),
    ) {
    /** What is not the default, one by one, for Java. */
    public class Builder internal constructor(
        private val header: String,
        private val digest: Digest,
        private val encoding: SignatureEncoding,
        private val signs: Signs,
        private val secrets: Map<String, Secret>,
    ) {
        private var prefix: String? = null
        private var idHeader: String? = null
        private var timestampHeader: String? = null
        private var tolerance: Duration? = null
        private var allowSha1: Boolean? = null
        private var allowShortSecret: Boolean? = null

        /** What stands before the signature. */
        public fun prefix(prefix: String): Builder = apply { this.prefix = prefix }

        /** The header of the signed id. */
        public fun idHeader(idHeader: String): Builder = apply { this.idHeader = idHeader }

        /** The header of the signed timestamp. */
        public fun timestampHeader(timestampHeader: String): Builder = apply { this.timestampHeader = timestampHeader }

        /** How far the timestamp may be from now, both ways. */
        public fun tolerance(tolerance: Duration): Builder = apply { this.tolerance = tolerance }

        /** Allows SHA-1. */
        public fun allowSha1(allowSha1: Boolean): Builder = apply { this.allowSha1 = allowSha1 }

        /** Allows secrets under 16 bytes. */
        public fun allowShortSecret(allowShortSecret: Boolean): Builder = apply { this.allowShortSecret = allowShortSecret }

        /** The scheme. */
        public fun build(): Hmac =
            Hmac(header, digest, encoding, signs, secrets, prefix, idHeader, timestampHeader, tolerance, allowSha1, allowShortSecret)
    }

    public companion object {
        /** Everything that is required; the rest one by one, for Java. */
        @JvmStatic
        public fun builder(
            header: String,
            digest: Digest,
            encoding: SignatureEncoding,
            signs: Signs,
            secrets: Map<String, Secret>,
        ): Builder = Builder(header, digest, encoding, signs, secrets)
    }
}

/** A header whose value is the secret. The body is not signed: [acceptUnsignedBody] must be true. */
public class StaticHeader
    @JvmOverloads
    constructor(
        header: String,
        secrets: Map<String, Secret>,
        acceptUnsignedBody: Boolean,
        allowShortSecret: Boolean? = null,
    ) : Auth(
            mapOf(
                "scheme" to "static_header",
                "header" to header,
                "accept_unsigned_body" to acceptUnsignedBody,
                "allow_short_secret" to allowShortSecret,
                "secrets" to named(secrets),
            ),
        )

/** HTTP Basic credentials, each secret `user:password`. The body is not signed: [acceptUnsignedBody] must be true. */
public class Basic
    @JvmOverloads
    constructor(
        secrets: Map<String, Secret>,
        acceptUnsignedBody: Boolean,
        allowShortSecret: Boolean? = null,
    ) : Auth(
            mapOf(
                "scheme" to "basic",
                "accept_unsigned_body" to acceptUnsignedBody,
                "allow_short_secret" to allowShortSecret,
                "secrets" to named(secrets),
            ),
        )

/**
 * A secret in the webhook's URL: the query parameter [query], or the last path segment. Proxies log URLs: choose this last. The body is not
 * signed: [acceptUnsignedBody] must be true.
 */
public class SecretUrl
    @JvmOverloads
    constructor(
        secrets: Map<String, Secret>,
        acceptUnsignedBody: Boolean,
        query: String? = null,
        pathSegment: Boolean? = null,
        allowShortSecret: Boolean? = null,
    ) : Auth(
            mapOf(
                "scheme" to "secret_url",
                "query" to query,
                "path_segment" to pathSegment,
                "accept_unsigned_body" to acceptUnsignedBody,
                "allow_short_secret" to allowShortSecret,
                "secrets" to named(secrets),
            ),
        )

/** Something in front has authenticated the sender: mutual TLS, an address list. [by] names it, for the record. */
public class Attested(
    by: String,
    acceptUnsignedBody: Boolean,
) : Auth(mapOf("scheme" to "attested", "by" to by, "accept_unsigned_body" to acceptUnsignedBody))

/**
 * A known HMAC scheme by name. Whether Valify uses any of them is unknown; [PresetName.X_VALIFY_SIGNATURE_UNVERIFIED] was seen twice in
 * public receivers' code and is confirmed by nobody.
 */
public class Preset
    @JvmOverloads
    constructor(
        preset: PresetName,
        secrets: Map<String, Secret>,
        tolerance: Duration? = null,
    ) : Auth(mapOf("preset" to preset, "tolerance_ms" to tolerance, "secrets" to named(secrets)))
