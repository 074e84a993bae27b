package org.valifylink

import java.util.concurrent.CompletionStage

/**
 * Sends one request once. Its duties: a fresh connection for this POST, no redirects, no cookies, no stored credentials, TLS verified, the
 * decoded body of the answer capped at [HttpRequest.maxResponseBytes] while it is read, and [HttpRequest.timeoutMs] over all of it. A client
 * that sends a POST again by itself, such as OkHttp with its defaults, makes two sessions of one call.
 */
public fun interface Transport {
    /**
     * Begins to send. The stage ends with the answer, read whole, or with a [TransportException]; whatever else it ends with counts as
     * [TransportFailure.MAYBE_SENT]. Where the caller has gone, its future is cancelled.
     */
    public fun send(request: HttpRequest): CompletionStage<HttpResponse>
}

/** How a transport failed. [TransportFailure.NOT_SENT] only where it is proven that not one byte of the request has left this machine. */
public class TransportException(
    /** What is known about the request. */
    public val failure: TransportFailure,
    message: String,
) : Exception(message, null, false, false)

internal const val TIMED_OUT = "no answer within the timeout"
