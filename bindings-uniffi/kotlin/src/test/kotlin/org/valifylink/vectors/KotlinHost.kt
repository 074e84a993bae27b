package org.valifylink.vectors

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ArrayNode
import com.fasterxml.jackson.databind.node.ObjectNode
import org.valifylink.Attested
import org.valifylink.Auth
import org.valifylink.Basic
import org.valifylink.Check
import org.valifylink.CreateLink
import org.valifylink.Environment
import org.valifylink.HeaderLine
import org.valifylink.Hmac
import org.valifylink.HttpResponse
import org.valifylink.Lang
import org.valifylink.Limits
import org.valifylink.LinkRequest
import org.valifylink.Meaning
import org.valifylink.Preset
import org.valifylink.Profile
import org.valifylink.Secret
import org.valifylink.SecretUrl
import org.valifylink.Signs
import org.valifylink.StaticHeader
import org.valifylink.TransportFailure
import org.valifylink.ValifyConfig
import org.valifylink.ValifyException
import org.valifylink.ValifyLink
import org.valifylink.Verifier
import org.valifylink.Webhooks
import org.valifylink.vectors.Vectors.document
import org.valifylink.vectors.Vectors.moment
import org.valifylink.vectors.Vectors.octets
import java.time.Duration
import java.time.Instant

/** The API as Kotlin code calls it. */
object KotlinHost : Host {
    override val name: String = "kotlin"

    override fun byDocument(
        kind: String,
        given: JsonNode,
    ): JsonNode =
        when (kind) {
            "config" -> Fields.of().also { ValifyLink.fromDocument(document(given["config"])) }
            "link_request" -> Fields.request(machine(given).request())
            "link_response" -> Fields.link(machine(given).parse(response(given), now(given)))
            "call" -> call(machine(given), given)
            "webhook" -> Fields.event(verify(verifier(given), given))
            "diagnose" -> diagnose(verifier(given), given)
            "webhook_sign" ->
                Fields.signed(Webhooks.signDocument(document(given["auth"]), octets(given["body"]), given["id"]?.asText(), now(given)))
            else -> error("no such kind: $kind")
        }

    override fun typed(
        kind: String,
        given: JsonNode,
    ): JsonNode? =
        when (kind) {
            "config" -> Fields.of().also { Typed.client(given["config"]) }
            "link_request" -> {
                val request = Typed.request(given["request"])
                Fields.request(Typed.client(given["config"]).machine(request, now(given), 0).request())
            }
            "webhook" -> Fields.event(verify(Typed.verifier(given), given))
            "diagnose" -> diagnose(Typed.verifier(given), given)
            "webhook_sign" -> Fields.signed(Webhooks.sign(Typed.auth(given["auth"]), octets(given["body"]), given["id"]?.asText(), now(given)))
            else -> null
        }

    private fun now(given: JsonNode): Instant = moment(given["now"].asText())

    private fun machine(given: JsonNode): CreateLink {
        val client = ValifyLink.fromDocument(document(given["config"]))
        return client.machine(LinkRequest.fromDocument(document(given["request"])), now(given), given["seed"]?.asLong() ?: 0)
    }

    private fun headers(given: JsonNode): List<HeaderLine> =
        given.map { (name, value) -> HeaderLine(name.asText(), if (value.isTextual) value.asText() else octets(value).decodeToString()) }

    private fun response(given: JsonNode) =
        HttpResponse(given["status"].asInt(), headers(given["headers"]), octets(given["body"]), given["final_url"]?.asText().orEmpty())

    private fun call(
        machine: CreateLink,
        given: JsonNode,
    ): JsonNode {
        val steps = Vectors.json.createArrayNode()
        for (input in given["inputs"]) {
            val now = now(input)
            try {
                val step =
                    when (input["input"].asText()) {
                        "start" -> machine.start(now)
                        "waited" -> machine.waited(now)
                        "response" -> machine.respond(response(input), now)
                        else -> machine.fail(TransportFailure.valueOf(input["failure"].asText().uppercase()), now)
                    }
                steps.add(Fields.step(step))
            } catch (error: ValifyException) {
                steps.add(Fields.errorStep(error))
                break
            }
        }
        return Fields.of("steps" to steps)
    }

    private fun verifier(given: JsonNode): Verifier {
        val parts = Vectors.json.createObjectNode()
        listOf("environment", "auth", "profile", "limits").forEach { part -> given[part]?.let { parts.set<ObjectNode>(part, it) } }
        return Verifier.fromDocument(document(parts))
    }

    private fun verify(
        verifier: Verifier,
        given: JsonNode,
    ) = verifier.verify(octets(given["body"]), headers(given["headers"]), now(given), given["url"]?.asText())

    private fun diagnose(
        verifier: Verifier,
        given: JsonNode,
    ): JsonNode {
        val older = given["older_secrets"]?.let(Typed::secrets).orEmpty()
        return Fields.diagnosis(verifier.diagnose(octets(given["body"]), headers(given["headers"]), now(given), given["url"]?.asText(), older))
    }
}

private operator fun JsonNode.component1(): JsonNode = this[0]

private operator fun JsonNode.component2(): JsonNode = this[1]

/** Documents as calls of the typed constructors, where these can say the same. */
object Typed {
    private class Taken(
        value: JsonNode?,
    ) {
        private val fields = (value as? ObjectNode ?: throw Inexpressible()).properties().associate { it.key to it.value }.toMutableMap()

        fun <T> take(
            name: String,
            convert: (JsonNode) -> T,
        ): T? = fields.remove(name)?.let(convert)

        fun text(name: String): String? = take(name) { if (it.isTextual) it.asText() else throw Inexpressible() }

        fun flag(name: String): Boolean? = take(name) { if (it.isBoolean) it.asBoolean() else throw Inexpressible() }

        fun number(name: String): Long? = take(name) { if (it.isIntegralNumber && it.canConvertToLong()) it.asLong() else throw Inexpressible() }

        fun duration(name: String): Duration? = number(name)?.let { if (Math.abs(it) < 1e15) Duration.ofMillis(it) else throw Inexpressible() }

        fun texts(name: String): List<String>? = take(name, ::texts)

        inline fun <reified T : Enum<T>> member(name: String): T? = text(name)?.let { memberOf<T>(it) }

        fun <T> done(made: T): T = if (fields.isEmpty()) made else throw Inexpressible()
    }

    private fun texts(value: JsonNode): List<String> {
        if (value !is ArrayNode || value.any { !it.isTextual }) throw Inexpressible()
        return value.map { it.asText() }
    }

    private inline fun <reified T : Enum<T>> memberOf(text: String): T =
        enumValues<T>().firstOrNull {
            val name =
                when (it) {
                    Signs.TIMESTAMP_BODY -> "timestamp.body"
                    Signs.ID_TIMESTAMP_BODY -> "id.timestamp.body"
                    org.valifylink.SignatureEncoding.BASE64_URL -> "base64url"
                    else -> it.name.lowercase()
                }
            name == text
        } ?: throw Inexpressible()

    fun secrets(value: JsonNode): Map<String, Secret> {
        if (value !is ArrayNode || value.isEmpty) throw Inexpressible()
        val secrets =
            value.map { entry ->
                val taken = Taken(entry)
                val id = taken.text("id") ?: throw Inexpressible()
                val secret =
                    taken.text("utf8")?.let(Secret::utf8) ?: taken.text("base64")?.let(Secret::base64) ?: taken.text("hex")?.let(Secret::hex)
                taken.done(id to (secret ?: throw Inexpressible()))
            }
        return secrets.toMap().also { if (it.size != secrets.size) throw Inexpressible() }
    }

    fun auth(value: JsonNode?): Auth {
        val taken = Taken(value)

        fun secrets() = taken.take("secrets", ::secrets) ?: throw Inexpressible()

        fun <T> required(given: T?): T = given ?: throw Inexpressible()
        val scheme = taken.text("scheme")
        val made =
            when {
                scheme == null ->
                    Preset(required(taken.member<org.valifylink.PresetName>("preset")), secrets(), taken.duration("tolerance_ms"))
                scheme == "hmac" ->
                    Hmac(
                        header = required(taken.text("header")),
                        digest = required(taken.member<org.valifylink.Digest>("digest")),
                        encoding = required(taken.member<org.valifylink.SignatureEncoding>("encoding")),
                        signs = required(taken.member<Signs>("signs")),
                        secrets = secrets(),
                        prefix = taken.text("prefix"),
                        idHeader = taken.text("id_header"),
                        timestampHeader = taken.text("timestamp_header"),
                        tolerance = taken.duration("tolerance_ms"),
                        allowSha1 = taken.flag("allow_sha1"),
                        allowShortSecret = taken.flag("allow_short_secret"),
                    )
                scheme == "static_header" ->
                    StaticHeader(
                        required(taken.text("header")),
                        secrets(),
                        required(taken.flag("accept_unsigned_body")),
                        taken.flag("allow_short_secret"),
                    )
                scheme == "basic" -> Basic(secrets(), required(taken.flag("accept_unsigned_body")), taken.flag("allow_short_secret"))
                scheme == "secret_url" ->
                    SecretUrl(
                        secrets(),
                        required(taken.flag("accept_unsigned_body")),
                        taken.text("query"),
                        taken.flag("path_segment"),
                        taken.flag("allow_short_secret"),
                    )
                scheme == "attested" -> Attested(required(taken.text("by")), required(taken.flag("accept_unsigned_body")))
                else -> throw Inexpressible()
            }
        return taken.done(made)
    }

    private fun meanings(value: JsonNode): List<Meaning> {
        if (value !is ArrayNode) throw Inexpressible()
        return value.map { entry ->
            val taken = Taken(entry)
            val outcome = taken.member<org.valifylink.Outcome>("outcome") ?: throw Inexpressible()
            val meaning =
                taken.take("value") {
                    when {
                        it.isTextual -> Meaning(it.asText(), outcome)
                        it.isBoolean -> Meaning(it.asBoolean(), outcome)
                        it.isIntegralNumber && it.canConvertToLong() -> Meaning(it.asLong(), outcome)
                        else -> throw Inexpressible()
                    }
                }
            taken.done(meaning ?: throw Inexpressible())
        }
    }

    private fun profile(value: JsonNode?): Profile {
        val taken = Taken(value)
        val made =
            Profile(
                matchesBy = taken.member<org.valifylink.MatchesBy>("matches_by") ?: throw Inexpressible(),
                referenceId = taken.texts("reference_id"),
                sessionToken = taken.texts("session_token"),
                transactionId = taken.texts("transaction_id"),
                flow = taken.texts("flow"),
                occurredAt = taken.texts("occurred_at"),
                decision = taken.texts("decision"),
                decisions = taken.take("decisions", ::meanings),
                checks =
                    taken.take("checks") { checks ->
                        (checks as? ObjectNode ?: throw Inexpressible()).properties().associate { (module, check) ->
                            val part = Taken(check)
                            val at = part.texts("at") ?: throw Inexpressible()
                            val values = part.take("values", ::meanings) ?: throw Inexpressible()
                            memberOf<org.valifylink.Module>(module) to part.done(Check(at, values))
                        }
                    },
                subject =
                    taken.take("subject") { subject ->
                        (subject as? ObjectNode ?: throw Inexpressible()).properties().associate { it.key to texts(it.value) }
                    },
                passedWhen = taken.member<org.valifylink.PassedWhen>("passed_when"),
                referencePerLink = taken.flag("reference_per_link"),
                latestDecisionWins = taken.flag("latest_decision_wins"),
            )
        return taken.done(made)
    }

    fun verifier(given: JsonNode): Verifier {
        val limits = given["limits"]?.let { Taken(it) }?.let { it.done(Limits(it.number("max_body_bytes"))) }
        val environment = given["environment"]?.let { if (it.isTextual) memberOf<Environment>(it.asText()) else throw Inexpressible() }
        return Verifier(auth(given["auth"]), profile(given["profile"]), limits, environment)
    }

    fun client(given: JsonNode?): ValifyLink {
        val taken = Taken(given)
        val config =
            ValifyConfig(
                apiKey = taken.text("api_key") ?: throw Inexpressible(),
                baseUrl = taken.text("base_url"),
                lang = taken.member<Lang>("lang"),
                environment = taken.member<Environment>("environment"),
                timeout = taken.duration("timeout_ms"),
                deadline = taken.duration("deadline_ms"),
                maxRetries = taken.number("max_retries")?.let { if (it in Int.MIN_VALUE..Int.MAX_VALUE) it.toInt() else throw Inexpressible() },
                backoffCap = taken.duration("backoff_cap_ms"),
                retryAfterCap = taken.duration("retry_after_cap_ms"),
                maxResponseBytes = taken.number("max_response_bytes"),
                expiryGrace = taken.duration("expiry_grace_ms"),
                resendWhenUnknown = taken.flag("resend_when_unknown"),
                linkPrefixes = taken.texts("link_prefixes"),
                returnSchemes = taken.texts("return_schemes"),
                insecureHosts = taken.texts("insecure_hosts"),
            )
        return ValifyLink(taken.done(config))
    }

    fun request(given: JsonNode?): LinkRequest {
        val taken = Taken(given)
        val returnUrl = taken.text("return_url") ?: throw Inexpressible()
        val referenceId = taken.text("reference_id") ?: throw Inexpressible()
        val written = taken.text("expires_at") ?: throw Inexpressible()
        val expiresAt = runCatching { moment(written) }.getOrNull()?.takeIf { Vectors.written(it) == written } ?: throw Inexpressible()
        val flow = taken.text("flow")
        val lang = taken.member<Lang>("lang")
        taken.done(Unit)
        return LinkRequest(returnUrl, referenceId, expiresAt, flow, lang)
    }
}
