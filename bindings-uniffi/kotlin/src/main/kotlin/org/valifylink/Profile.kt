package org.valifylink

/** What one value means. It is matched exactly and by its JSON type: `true` is not `"true"`. */
public class Meaning private constructor(
    value: Any,
    outcome: Outcome,
) : Options(mapOf("value" to value, "outcome" to outcome)) {
    /** The meaning of a string. */
    public constructor(value: String, outcome: Outcome) : this(value as Any, outcome)

    /** The meaning of `true` or `false`. */
    public constructor(value: Boolean, outcome: Outcome) : this(value as Any, outcome)

    /** The meaning of a number, by its value. */
    public constructor(value: Long, outcome: Outcome) : this(value as Any, outcome)
}

/** Where the outcome of one module is, by JSON pointers, and what its values mean. */
public class Check(
    at: List<String>,
    values: List<Meaning>,
) : Options(mapOf("at" to at, "values" to values))

/**
 * Where things are, by ordered lists of JSON pointers, and what values mean. All pointers of a list that resolve must agree. From Java:
 * [builder].
 *
 * @param matchesBy by what an event is matched to an attempt. Required, and so are the pointers that it needs
 * @param decisions what decision values mean: whatever is not listed is indeterminate
 * @param subject personal fields to read, by names of the integrator's choice
 * @param passedWhen the decision alone, or every module
 * @param referencePerLink the integrator's word that each link has a reference of its own
 * @param latestDecisionWins of a passed and a failed event of one attempt, the one that occurred later decides
 */
public class Profile(
    matchesBy: MatchesBy,
    referenceId: List<String>? = null,
    sessionToken: List<String>? = null,
    transactionId: List<String>? = null,
    flow: List<String>? = null,
    occurredAt: List<String>? = null,
    decision: List<String>? = null,
    decisions: List<Meaning>? = null,
    checks: Map<Module, Check>? = null,
    subject: Map<String, List<String>>? = null,
    passedWhen: PassedWhen? = null,
    referencePerLink: Boolean? = null,
    latestDecisionWins: Boolean? = null,
) : Options(
        mapOf(
            "matches_by" to matchesBy,
            "reference_id" to referenceId,
            "session_token" to sessionToken,
            "transaction_id" to transactionId,
            "flow" to flow,
            "occurred_at" to occurredAt,
            "decision" to decision,
            "decisions" to decisions,
            "checks" to checks,
            "subject" to subject,
            "passed_when" to passedWhen,
            "reference_per_link" to referencePerLink,
            "latest_decision_wins" to latestDecisionWins,
        ),
    ) {
    /** A profile part by part, for Java. */
    public class Builder internal constructor(
        private val matchesBy: MatchesBy,
    ) {
        private var referenceId: List<String>? = null
        private var sessionToken: List<String>? = null
        private var transactionId: List<String>? = null
        private var flow: List<String>? = null
        private var occurredAt: List<String>? = null
        private var decision: List<String>? = null
        private var decisions: List<Meaning>? = null
        private var checks: Map<Module, Check>? = null
        private var subject: Map<String, List<String>>? = null
        private var passedWhen: PassedWhen? = null
        private var referencePerLink: Boolean? = null
        private var latestDecisionWins: Boolean? = null

        /** Where the integrator's reference is. */
        public fun referenceId(vararg pointers: String): Builder = apply { referenceId = pointers.toList() }

        /** Where the session token is. */
        public fun sessionToken(vararg pointers: String): Builder = apply { sessionToken = pointers.toList() }

        /** Where Valify's id of the transaction is. */
        public fun transactionId(vararg pointers: String): Builder = apply { transactionId = pointers.toList() }

        /** Where the flow is. */
        public fun flow(vararg pointers: String): Builder = apply { flow = pointers.toList() }

        /** Where the time of occurrence is. */
        public fun occurredAt(vararg pointers: String): Builder = apply { occurredAt = pointers.toList() }

        /** Where the decision is. */
        public fun decision(vararg pointers: String): Builder = apply { decision = pointers.toList() }

        /** What decision values mean. */
        public fun decisions(vararg meanings: Meaning): Builder = apply { decisions = meanings.toList() }

        /** Where the modules' outcomes are. */
        public fun checks(checks: Map<Module, Check>): Builder = apply { this.checks = checks }

        /** Personal fields to read, by name. */
        public fun subject(subject: Map<String, List<String>>): Builder = apply { this.subject = subject }

        /** What makes an event's outcome. */
        public fun passedWhen(passedWhen: PassedWhen): Builder = apply { this.passedWhen = passedWhen }

        /** The integrator's word that each link has a reference of its own. */
        public fun referencePerLink(referencePerLink: Boolean): Builder = apply { this.referencePerLink = referencePerLink }

        /** Of a passed and a failed event of one attempt, the one that occurred later decides. */
        public fun latestDecisionWins(latestDecisionWins: Boolean): Builder = apply { this.latestDecisionWins = latestDecisionWins }

        /** The profile. */
        public fun build(): Profile =
            Profile(
                matchesBy,
                referenceId,
                sessionToken,
                transactionId,
                flow,
                occurredAt,
                decision,
                decisions,
                checks,
                subject,
                passedWhen,
                referencePerLink,
                latestDecisionWins,
            )
    }

    public companion object {
        /** A profile part by part, for Java. */
        @JvmStatic
        public fun builder(matchesBy: MatchesBy): Builder = Builder(matchesBy)
    }
}

/** Bounds on what is looked at. */
public class Limits(
    /** The largest body in bytes (8 MiB unless it is given). */
    maxBodyBytes: Long? = null,
) : Options(mapOf("max_body_bytes" to maxBodyBytes))
