package org.valifylink

import java.time.Instant

/**
 * What is known about one attempt, whatever the order it arrived in. Immutable: what adds a fact returns a new record.
 *
 * Store the record of [ValifyLink.requested] before the call for a link, and make every later write an atomic merge, never a put. It holds
 * no body, no personal data and no token in clear but the reference; [toString] hides that too.
 */
public class Verification internal constructor(
    internal val handle: VerificationHandle,
) {
    /** The same record bound to the nonce of a return state: only that [Returned] counts for it. Before it is stored. */
    public fun boundTo(nonce: String): Verification = of { handle.boundTo(nonce) }

    /** Adds that the link was issued. */
    public fun issued(link: Link): Verification = of { handle.issued(link) }

    /** Adds that the browser came back. It never sets an outcome. */
    public fun returned(returned: Returned): Verification = of { handle.returned(returned.handle) }

    /** Adds what a webhook said. [RecordException] (`record_mismatch`) for an event of another attempt: keep the delivery. */
    public fun add(event: Event): Verification = of { handle.add(event.handle) }

    /** The union of two copies of the same record. */
    public fun merge(other: Verification): Verification = of { handle.merge(other.handle) }

    /** Adds an operator's word: who, and why in a few characters (a ticket's number). No personal data belongs into either. */
    @JvmOverloads
    public fun resolve(
        outcome: Outcome,
        operator: String,
        reason: String,
        at: Instant = Instant.now(),
    ): Verification = of { handle.resolve(outcome, operator, at, reason) }

    /** What is known, now or at another time. */
    @JvmOverloads
    public fun status(now: Instant = Instant.now()): Status = core { handle.status(now) }

    /** True for passed alone. */
    @JvmOverloads
    public fun mayProceed(now: Instant = Instant.now()): Boolean = core { handle.mayProceed(now) }

    /** Whether the browser that came back is the one that started. A signal, not a gate. */
    public val returnedInBoundBrowser: BoundBrowser get() = core { handle.returnedInBoundBrowser() }

    /** The environment that everything in this record belongs to. */
    public val environment: Environment get() = core { handle.environment() }

    /** The columns to look this record up by. */
    public fun keys(): Keys = core { handle.keys() }

    /** The canonical JSON text to store: the same bytes for the same record in every host, under 2 kB. */
    public fun toText(): String = core { handle.toText() }

    override fun toString(): String = handle.toString()

    override fun equals(other: Any?): Boolean = other is Verification && other.toText() == toText()

    override fun hashCode(): Int = toText().hashCode()

    public companion object {
        /** Reads what [toText] wrote, its keys in any order, as a `jsonb` column gives it back. */
        @JvmStatic
        public fun fromText(text: String): Verification = of { VerificationHandle.fromText(text) }

        private inline fun of(make: () -> VerificationHandle): Verification = Verification(core(make))
    }
}
