package org.valifylink

import java.nio.charset.CharacterCodingException
import java.time.Duration

/**
 * Everything that this library throws. [kind] says what went wrong, [next] what the caller does now; the subclasses are a coarser view of
 * [kind]. [message] is readable, and holds neither a secret nor the [referenceId].
 *
 * Nothing is chained: of a transport's own exception, type and cleaned text are kept in [transportError], so that no key can be reached.
 */
public sealed class ValifyException(
    internal val details: ErrorDetails,
    /** The type and the text of what the transport threw, cleaned of all that the request holds; null where it threw nothing. */
    public val transportError: String?,
) : RuntimeException(if (transportError == null) details.text else "${details.text} ($transportError)") {
    /** What went wrong, from a closed set. */
    public val kind: ErrorKind = details.kind

    /** What the caller does now. */
    public val next: Next = details.next

    /** What was wrong and what to do, in English. For people: no program should read it. */
    public val detail: String = details.detail

    /** The `snake_case` path of the refused field inside its own document, such as `secrets[0].id`; empty for the document itself. */
    public val field: String? = details.field

    /** The HTTP status of the last answer, where there was one. */
    public val status: Int? = details.status

    /** Valify's `error_code`, as text and as received. Its values are not published. */
    public val code: String? = details.code

    /** How long the service asked to wait. */
    public val retryAfter: Duration? = details.retryAfterMs?.let(Duration::ofMillis)

    /** The reference of the request that this is about. In no text. */
    public val referenceId: String? = details.referenceId

    /** The status with which a webhook's endpoint answers, its body empty. */
    public val deliveryStatus: Int = details.deliveryStatus

    internal companion object {
        fun of(
            details: ErrorDetails,
            transportError: String? = null,
        ): ValifyException =
            when (details.category) {
                "Config" -> ConfigException(details)
                "InvalidRequest" -> InvalidRequestException(details)
                "NotSent" -> NotSentException(details, transportError)
                "RateLimited" -> RateLimitedException(details, transportError)
                "OutcomeUnknown" -> OutcomeUnknownException(details, transportError)
                "Server" -> ServerException(details, transportError)
                "Api" -> ApiException(details)
                "Authentication" -> AuthenticationException(details)
                "Rejected" -> RejectedException(details)
                "Response" -> ResponseException(details)
                "Signature" -> SignatureException(details)
                "ReturnState" -> ReturnStateException(details)
                "Record" -> RecordException(details)
                else -> MisuseException(details)
            }

        /** For what is refused before it reaches the core, by the core's own words for the kind. */
        fun refused(
            kind: ErrorKind,
            field: String?,
            detail: String,
        ): ValifyException = of(refusal(kind, field, detail))
    }
}

/** A configuration was refused; `field` says where. */
public class ConfigException internal constructor(
    details: ErrorDetails,
) : ValifyException(details, null)

/** A request was refused before anything was sent; `field` says where. */
public class InvalidRequestException internal constructor(
    details: ErrorDetails,
) : ValifyException(details, null)

/** The API was called in a way that it does not allow. */
public class MisuseException internal constructor(
    details: ErrorDetails,
) : ValifyException(details, null)

/** Nothing has left this machine: the same call may be made again later. */
public class NotSentException internal constructor(
    details: ErrorDetails,
    transportError: String?,
) : ValifyException(details, transportError)

/** Valify answered 429: the same call may be made again later. */
public class RateLimitedException internal constructor(
    details: ErrorDetails,
    transportError: String?,
) : ValifyException(details, transportError)

/** The request may have been processed: keep the record as requested, show no link, and make a new attempt only on purpose. */
public open class OutcomeUnknownException internal constructor(
    details: ErrorDetails,
    transportError: String?,
) : ValifyException(details, transportError)

/** Valify, or a proxy before it, answered 5xx: the request may have been processed. */
public class ServerException internal constructor(
    details: ErrorDetails,
    transportError: String?,
) : OutcomeUnknownException(details, transportError)

/** Valify refused the call: 400, 404, 415, or a status that the contract does not name. */
public class ApiException internal constructor(
    details: ErrorDetails,
) : ValifyException(details, null)

/** Valify does not accept the key: 401 or 403. */
public class AuthenticationException internal constructor(
    details: ErrorDetails,
) : ValifyException(details, null)

/** Valify refused the request: 422, with `code` where there is one. */
public class RejectedException internal constructor(
    details: ErrorDetails,
) : ValifyException(details, null)

/** The answer came from elsewhere, cannot be read, or holds a link that fails the check. */
public class ResponseException internal constructor(
    details: ErrorDetails,
) : ValifyException(details, null)

/** A delivery is not to be believed: answer with `deliveryStatus` and an empty body. */
public class SignatureException internal constructor(
    details: ErrorDetails,
) : ValifyException(details, null)

/** A return proves nothing: wait for the webhook, and never make a new link because of it. */
public class ReturnStateException internal constructor(
    details: ErrorDetails,
) : ValifyException(details, null)

/** Something does not belong to this record, or a stored record cannot be read. */
public class RecordException internal constructor(
    details: ErrorDetails,
) : ValifyException(details, null)

/** Runs a call of the core and throws its error as the class of its kind. */
internal inline fun <T> core(call: () -> T): T =
    try {
        call()
    } catch (refused: CoreException.Refused) {
        throw ValifyException.of(refused.error)
    } catch (_: CharacterCodingException) {
        throw ValifyException.refused(ErrorKind.MISUSE, null, "a text holds half a character (a lone surrogate)")
    }
