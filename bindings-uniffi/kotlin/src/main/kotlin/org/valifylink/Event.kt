package org.valifylink

import java.time.Instant

/**
 * What an authenticated delivery says. Only [Verifier.verify] makes one: to queue an event, queue the delivery (headers, body, url) with its
 * time of receipt, and verify it again.
 *
 * [toString] shows the outcome and how it was authenticated, and no value of the body.
 */
public class Event internal constructor(
    internal val handle: EventHandle,
    private val body: ByteArray,
) {
    private val view by lazy { core { handle.view() } }

    /** The verifier's environment. */
    public val environment: Environment get() = view.environment

    /** What the event says. Only a record knows what that means for an attempt. */
    public val outcome: Outcome get() = view.outcome

    /** The outcome of each module that the profile names and the event tells of. */
    public val checks: Checks get() = view.checks

    /** Why the event says less than it might. */
    public val problem: Problem? get() = view.problem

    /** The integrator's reference of the user. */
    public val referenceId: String? get() = view.referenceId

    /** The session that the event is about. */
    public val sessionToken: String? get() = view.sessionToken

    /** The flow that the event is about, as received. */
    public val flow: String? get() = view.flow

    /** Valify's id of the transaction. */
    public val transactionId: String? get() = view.transactionId

    /** When it occurred, by the event's own word, in whole milliseconds. Proven only if [AuthenticatedBy.bodySigned]. */
    public val occurredAt: Instant? get() = view.occurredAt

    /** The `now` of `verify`, in whole milliseconds. */
    public val receivedAt: Instant get() = view.receivedAt

    /** 64 hexadecimal digits, the same for the same delivery: guards the caller's own side effects. Records need no such guard. */
    public val dedupeKey: String by lazy { core { Bytes.lend(body) { handle.dedupeKey(it) } } }

    /** What has been proven about the delivery, and with which secret. */
    public val authenticatedBy: AuthenticatedBy get() = view.authenticatedBy

    /** By what the profile matches events to attempts. */
    public val matchesBy: MatchesBy get() = core { handle.matchesBy() }

    /** The personal fields that the profile names. */
    public val subject: Subject by lazy { Subject(core { handle.subject() }) { core { handle.subjectWarnings(it) } } }

    /** The exact bytes of the body. Personal data. */
    public fun raw(): ByteArray = body.clone()

    /**
     * One value of the body as its exact JSON text, so that no number is rounded on the way. Personal data. Null if nothing stands there or
     * the body cannot be read; [MisuseException] for what is not a JSON pointer (RFC 6901).
     */
    public fun rawAt(pointer: String): String? = core { Bytes.lend(body) { rawAt(it, pointer) } }

    /** The columns to look the attempt's record up by. */
    public fun keys(): Keys = core { handle.keys() }

    /** The event as JSON text: everything but [sessionToken], [subject] and the body. */
    public fun toJson(): String = core { Bytes.lend(body) { handle.toJson(it) } }

    override fun toString(): String = handle.toString()

    public companion object {
        /** Says which of the records an event is about; give it all that share the event's token or its reference. */
        @JvmStatic
        public fun route(
            event: Event,
            records: List<Verification>,
        ): Route {
            val found = core { route(event.handle, records.map { it.handle }) }
            return Route(found.index, found.ambiguous)
        }
    }
}

/** Which record an event is about. */
public data class Route(
    /** The record's place in the list, where it is one record. Keep the delivery for a human where it is none. */
    val index: Int?,
    /** Whether several records fit equally: keep the delivery for a human. */
    val ambiguous: Boolean,
)

/** Personal fields by the profile's names for them. [toString] shows how many there are. */
public class Subject internal constructor(
    private val byName: Map<String, String>,
    private val warn: (Instant) -> List<SubjectWarning>,
) {
    /** The names of the fields that were found. */
    public val names: Set<String> get() = byName.keys

    /** One field: a string as it is, a number as its text. */
    public operator fun get(name: String): String? = byName[name]

    /** The fields that were found, by name. Personal data. */
    public fun asMap(): Map<String, String> = byName.toMap()

    /** What does not fit among these fields, for a rule or a person of the integrator's. It never changes an outcome. */
    @JvmOverloads
    public fun warnings(now: Instant = Instant.now()): List<SubjectWarning> = warn(now)

    override fun toString(): String = "Subject(${byName.size} hidden)"
}

/** What a body claims that nobody has authenticated: for support and for setting up, never for a decision. It has no outcome. */
public class UnverifiedEvent internal constructor(
    private val handle: UnverifiedEventHandle,
    private val body: ByteArray,
) {
    private val view by lazy { core { handle.view() } }

    /** Why an event of this body would say less than it might. */
    public val problem: Problem? get() = view.problem

    /** The reference that the body claims. */
    public val referenceId: String? get() = view.referenceId

    /** The session that the body claims. */
    public val sessionToken: String? get() = view.sessionToken

    /** The flow that the body claims. */
    public val flow: String? get() = view.flow

    /** The transaction that the body claims. */
    public val transactionId: String? get() = view.transactionId

    /** When it occurred, by the body's own word. */
    public val occurredAt: Instant? get() = view.occurredAt

    /** The personal fields that the profile names. */
    public val subject: Subject by lazy { Subject(core { handle.subject() }) { core { handle.subjectWarnings(it) } } }

    /** The exact bytes of the body. Personal data. */
    public fun raw(): ByteArray = body.clone()

    /** One value of the body as its exact JSON text, as [Event.rawAt]. */
    public fun rawAt(pointer: String): String? = core { Bytes.lend(body) { rawAt(it, pointer) } }

    override fun toString(): String = handle.toString()
}
