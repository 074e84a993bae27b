package org.valifylink.vectors

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import org.valifylink.Checks
import org.valifylink.Diagnosis
import org.valifylink.Event
import org.valifylink.HeaderLine
import org.valifylink.HttpRequest
import org.valifylink.Link
import org.valifylink.Mistake
import org.valifylink.Signed
import org.valifylink.Step
import org.valifylink.ValifyException
import org.valifylink.vectors.Vectors.written
import java.security.MessageDigest
import java.util.HexFormat

/** Values of the public API as canonical verdicts: names in snake_case and sorted, what is absent left out. */
object Fields {
    @JvmStatic
    fun of(vararg fields: Pair<String, Any?>): ObjectNode {
        val node = Vectors.json.createObjectNode()
        fields.filter { it.second != null }.sortedBy { it.first }.forEach { (name, value) ->
            node.set<JsonNode>(
                name,
                value as? JsonNode ?: Vectors.json.valueToTree<JsonNode>(if (value is Enum<*>) name(value) else value),
            )
        }
        return node
    }

    /** A member's name in the documents. */
    private fun name(member: Enum<*>): String = if (member == Mistake.NO_MISTAKE) "none" else member.name.lowercase()

    inline fun verdict(run: () -> JsonNode): JsonNode =
        try {
            of("ok" to run())
        } catch (error: ValifyException) {
            of("error" to error(error))
        }

    fun error(error: ValifyException): ObjectNode = of("kind" to error.kind, "field" to error.field, "status" to error.status, "code" to error.code)

    @JvmStatic
    fun lines(lines: List<HeaderLine>): ObjectNode {
        val byName = lines.associate { it.name.lowercase() to it.value }
        check(byName.size == lines.size)
        return of(*byName.toList().toTypedArray())
    }

    @JvmStatic
    fun request(request: HttpRequest): ObjectNode =
        of("method" to request.method, "url" to request.url, "headers" to lines(request.headers), "body" to request.body.decodeToString())

    @JvmStatic
    fun link(link: Link): ObjectNode =
        of(
            "redirect_url" to link.redirectUrl,
            "session_token" to link.sessionToken,
            "reference_id" to link.referenceId,
            "flow" to link.flow,
            "expires_at" to written(link.expiresAt),
            "environment" to link.environment,
        )

    @JvmStatic
    fun step(step: Step): ObjectNode =
        when (step) {
            is Step.Send -> sorted(request(step.request), "step" to "send", "timeout_ms" to step.request.timeoutMs)
            is Step.Wait -> of("delay_ms" to step.delayMs, "step" to "wait")
            is Step.Done -> sorted(link(step.link), "step" to "done")
        }

    @JvmStatic
    fun errorStep(error: ValifyException): ObjectNode =
        sorted(
            error(error),
            "step" to "error",
            "retry_after_ms" to error.retryAfter?.toMillis(),
            "reference_id" to error.referenceId,
        )

    private fun sorted(
        fields: ObjectNode,
        vararg more: Pair<String, Any?>,
    ): ObjectNode = of(*fields.properties().map { it.key to it.value }.toTypedArray(), *more)

    @JvmStatic
    fun event(event: Event): ObjectNode {
        val by = event.authenticatedBy
        return of(
            "environment" to event.environment,
            "outcome" to event.outcome,
            "checks" to checks(event.checks),
            "problem" to event.problem,
            "reference_id" to event.referenceId,
            "session_token" to event.sessionToken,
            "flow" to event.flow,
            "transaction_id" to event.transactionId,
            "occurred_at" to written(event.occurredAt),
            "received_at" to written(event.receivedAt),
            "subject" to
                of(
                    *event.subject
                        .asMap()
                        .toList()
                        .toTypedArray(),
                ),
            "dedupe_key" to event.dedupeKey,
            "authenticated_by" to of("scheme" to by.scheme, "secret" to by.secret, "body_signed" to by.bodySigned, "fresh" to by.fresh),
            "raw" to HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(event.raw())),
        )
    }

    private fun checks(checks: Checks): ObjectNode =
        of(
            "ocr" to checks.ocr,
            "face_match" to checks.faceMatch,
            "liveness" to checks.liveness,
            "email_otp" to checks.emailOtp,
            "phone_otp" to checks.phoneOtp,
        )

    @JvmStatic
    fun diagnosis(diagnosis: Diagnosis): ObjectNode =
        of(
            "refused" to diagnosis.refused,
            "mistakes" to Vectors.json.createArrayNode().apply { diagnosis.findings.forEach { add(name(it.mistake)) } },
            "off_by_ms" to diagnosis.findings.firstNotNullOfOrNull { it.offBy }?.toMillis(),
        )

    @JvmStatic
    fun signed(signed: Signed): ObjectNode = of("headers" to lines(signed.headers), "url" to signed.url)
}
