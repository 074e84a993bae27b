package org.valifylink

import java.time.Instant

/**
 * One call for a link, without its I/O, for those who bring their own loop: feed it one input at a time and do what it answers. An input
 * out of order is a [MisuseException] and changes nothing. [ValifyLink] is the loop that most want.
 */
public class CreateLink internal constructor(
    private val handle: CreateLinkHandle,
) {
    /** The request of this call, for those who want no loop. */
    public fun request(): HttpRequest = core { handle.request() }

    /** What one answer to [request] means, for those who want no loop. No retry rule is applied. */
    @JvmOverloads
    public fun parse(
        response: HttpResponse,
        now: Instant = Instant.now(),
    ): Link = core { handle.parse(response, now) }

    /** Begin. Once, and first. */
    @JvmOverloads
    public fun start(now: Instant = Instant.now()): Step = core { handle.start(now) }

    /** The transport brought an answer, read whole. */
    @JvmOverloads
    public fun respond(
        response: HttpResponse,
        now: Instant = Instant.now(),
    ): Step = core { handle.respond(response, now) }

    /** The transport failed: [TransportFailure.NOT_SENT] if not one byte of the request has left this machine. */
    @JvmOverloads
    public fun fail(
        failure: TransportFailure,
        now: Instant = Instant.now(),
    ): Step = core { handle.fail(failure, now) }

    /** The delay has passed. */
    @JvmOverloads
    public fun waited(now: Instant = Instant.now()): Step = core { handle.waited(now) }

    /** What a client's exception says, fit for an error: without what the request holds, on one line of at most 200 characters. */
    public fun clean(text: String): String = core { handle.clean(wellFormed(text)) }

    override fun toString(): String = handle.toString()
}

/** Half characters as the sign for what could not be read, since nothing else can cross. */
internal fun wellFormed(text: String): String {
    if (text.none(Char::isSurrogate)) return text
    val whole = StringBuilder(text.length)
    var at = 0
    while (at < text.length) {
        val pair = text[at].isHighSurrogate() && at + 1 < text.length && text[at + 1].isLowSurrogate()
        if (pair) whole.append(text[at]).append(text[++at]) else whole.append(if (text[at].isSurrogate()) '\uFFFD' else text[at])
        at++
    }
    return whole.toString()
}
