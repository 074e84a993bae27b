package org.valifylink.canaries

import kotlinx.coroutines.runBlocking
import org.valifylink.Basic
import org.valifylink.Binding
import org.valifylink.Digest
import org.valifylink.Environment
import org.valifylink.ErrorKind
import org.valifylink.HeaderLine
import org.valifylink.Hmac
import org.valifylink.Limits
import org.valifylink.Link
import org.valifylink.LinkRequest
import org.valifylink.MatchesBy
import org.valifylink.NationalId
import org.valifylink.Preset
import org.valifylink.PresetName
import org.valifylink.Profile
import org.valifylink.ReturnState
import org.valifylink.Secret
import org.valifylink.SecretUrl
import org.valifylink.SignatureEncoding
import org.valifylink.Signs
import org.valifylink.StaticHeader
import org.valifylink.Transport
import org.valifylink.TransportException
import org.valifylink.TransportFailure
import org.valifylink.ValifyConfig
import org.valifylink.ValifyLink
import org.valifylink.Verification
import org.valifylink.Verifier
import org.valifylink.Webhooks
import org.valifylink.okhttp.OkHttpTransport
import java.time.Duration
import java.time.Instant
import java.util.concurrent.CompletableFuture

private val now = Instant.parse("2026-01-14T07:00:00Z")
private val later = now.plusSeconds(1800)
private val secrets = mapOf("2026-11" to Secret.utf8(Canaries.SECRET))
private val body = Canaries.body()
private val hmac = Hmac("X-Signature", Digest.SHA256, SignatureEncoding.HEX, Signs.BODY, secrets)
private val timed = Preset(PresetName.STRIPE_STYLE, secrets)
private val identified =
    Hmac("X-Signature", Digest.SHA256, SignatureEncoding.HEX, Signs.ID_TIMESTAMP_BODY, secrets, idHeader = "X-Id", timestampHeader = "X-Time")
private val profile =
    Profile(
        MatchesBy.SESSION_TOKEN,
        referenceId = listOf("/data/reference_id"),
        sessionToken = listOf("/data/token"),
        subject = mapOf("full_name" to listOf("/data/full_name")),
    )

/** Kotlin's way to every kind. */
object KotlinRefusals : Refusals {
    override fun all(): List<Refusal> = configurations() + requests() + misuses() + answers() + lost() + deliveries() + returns() + records()

    private fun config(
        key: String? = Canaries.KEY,
        baseUrl: String? = null,
        linkPrefixes: List<String>? = null,
    ) = ValifyConfig(key, baseUrl, linkPrefixes = linkPrefixes)

    private fun configurations() =
        mapOf(
            "a key with a space" to Provocation { ValifyLink(config("${Canaries.KEY} ")) },
            "a placeholder" to Provocation { ValifyLink(config("<${Canaries.KEY}>")) },
            "a base URL with user information" to
                Provocation { ValifyLink(config(baseUrl = "https://${Canaries.KEY}@verify.example/${Canaries.TOKEN}")) },
            "a prefix that is none" to Provocation { ValifyLink(config(linkPrefixes = listOf(Canaries.BACK, Canaries.TOKEN))) },
            "a document with an unknown name" to
                Provocation { ValifyLink.fromDocument("""{"api_key":"${Canaries.KEY}","${Canaries.TOKEN}":"${Canaries.NAME}"}""") },
            "a document that is cut" to Provocation { ValifyLink.fromDocument("""{"api_key":"${Canaries.KEY}""") },
            "a document that is a text" to Provocation { Verifier.fromDocument("\"${Canaries.SECRET}\"") },
            "a secret in another encoding" to
                Provocation { Verifier(Preset(PresetName.STRIPE_STYLE, mapOf("a" to Secret.base64(Canaries.SECRET))), profile) },
            "a short secret" to
                Provocation { Verifier(Preset(PresetName.STRIPE_STYLE, mapOf("a" to Secret.utf8(Canaries.SHORT_SECRET))), profile) },
            "a secret as an id" to
                Provocation { ReturnState(mapOf("${Canaries.STATE_SECRET} " to Secret.utf8(Canaries.STATE_SECRET))) },
            "a basic secret without a colon" to Provocation { Verifier(Basic(secrets, true), profile) },
            "a pointer that is none" to
                Provocation { Verifier(hmac, Profile(MatchesBy.SESSION_TOKEN, sessionToken = listOf(Canaries.NUMBER))) },
            "a short key of a pseudonym" to
                Provocation { NationalId.parse(Canaries.NUMBER, now).pseudonym(Secret.utf8(Canaries.SHORT_SECRET)) },
        ).refusals(ErrorKind.INVALID_CONFIG)

    private fun request(
        returnUrl: String = Canaries.BACK,
        referenceId: String = Canaries.REFERENCE,
        expiresAt: Instant = Instant.now().plusSeconds(1800),
        flow: String? = null,
    ) = LinkRequest(returnUrl, referenceId, expiresAt, flow)

    private val client = ValifyLink(config())

    private fun requests() =
        mapOf(
            "a reference with a control character" to Provocation { client.machine(request(referenceId = "\u0000${Canaries.REFERENCE}")) },
            "a return URL with a space" to Provocation { client.machine(request("${Canaries.BACK} ${Canaries.NAME}")) },
            "a return URL over http" to Provocation { client.machine(request(Canaries.BACK.replace("https", "http"))) },
            "a flow that is none" to Provocation { runBlocking { client.createLink(request(flow = Canaries.TOKEN)) } },
            "a time that has passed" to Provocation { client.machine(request(expiresAt = now.minusSeconds(1)), now) },
            "a timeout below zero" to Provocation { runBlocking { client.createLink(request(), Duration.ofSeconds(-1)) } },
            "a document with an unknown name" to
                Provocation { LinkRequest.fromDocument("""{"return_url":"${Canaries.BACK}","${Canaries.REFERENCE}":"${Canaries.NUMBER}"}""") },
            "a national ID with a digit too many" to Provocation { NationalId.parse("${Canaries.NUMBER}1", now) },
            "a name for a national ID" to Provocation { NationalId.parse(Canaries.NAME, now) },
        ).refusals(ErrorKind.INVALID_REQUEST)

    private fun misuses() =
        mapOf(
            "a pointer that is none" to Provocation { event(Canaries.TOKEN).rawAt(Canaries.NAME) },
            "half a character" to Provocation { states().check("${Canaries.BACK}\ud800", Canaries.REFERENCE) },
            "a URL that is not absolute" to Provocation { states().check("/back?vl=${Canaries.TOKEN}", Canaries.REFERENCE) },
            "a URL that is not there" to
                Provocation { Verifier(SecretUrl(secrets, true, "token"), profile).verify(body, lines(), now) },
            "an input out of order" to Provocation { client.machine(request()).waited() },
            "a time beyond every calendar" to Provocation { Verifier(hmac, profile).verify(body, lines(), Instant.MAX) },
            "a nonce that is too short" to
                Provocation { states().issue(Canaries.BACK, Canaries.REFERENCE, later, Binding(), ByteArray(3), now) },
        ).refusals(ErrorKind.MISUSE)

    private fun sandbox(
        baseUrl: String,
        transport: Transport? = null,
    ): ValifyLink {
        val config = ValifyConfig(Canaries.KEY, baseUrl, environment = Environment.SANDBOX, maxRetries = 0)
        return if (transport == null) ValifyLink(config) else ValifyLink(config, transport)
    }

    private fun ask(
        baseUrl: String,
        transport: Transport? = null,
    ) = runBlocking { sandbox(baseUrl, transport).createLink(request()) }

    private fun answers() =
        Service.ANSWERS.flatMap { (kind, status) ->
            mapOf(
                "everything in the answer" to Provocation { ask(Service.answering(status, body)) },
                "the same by OkHttp" to Provocation { ask(Service.answering(status, body), OkHttpTransport()) },
            ).refusals(kind)
        } +
            mapOf("a token as the code" to Provocation { ask(Service.answering("422 No", """{"error_code":"${Canaries.TOKEN}"}""".toByteArray())) })
                .refusals(ErrorKind.REJECTED) +
            mapOf(
                "an answer that is no JSON" to Provocation { ask(Service.answering("200 OK", body.dropLast(1).toByteArray())) },
                "a token with a space" to
                    Provocation { ask(Service.answering("200 OK", """{"session_token":"${Canaries.TOKEN} ","redirect_url":""}""".toByteArray())) },
            ).refusals(ErrorKind.MALFORMED_RESPONSE)

    private fun failing(failure: TransportFailure) =
        Transport {
            val held = it.headers.map(HeaderLine::value) + it.url + it.body.decodeToString()
            CompletableFuture.failedFuture(TransportException(failure, "no luck with $held"))
        }

    private fun lost() =
        mapOf(
            "nobody listens" to Provocation { ask(Service.nobody()) },
            "nobody listens to OkHttp" to Provocation { ask(Service.nobody(), OkHttpTransport()) },
            "a transport that tells all it has" to Provocation { ask(Service.nobody(), failing(TransportFailure.NOT_SENT)) },
        ).refusals(ErrorKind.NOT_SENT) +
            mapOf(
                "a cut" to Provocation { ask(Service.cutting()) },
                "a cut of OkHttp's connection" to Provocation { ask(Service.cutting(), OkHttpTransport()) },
                "a transport that tells all it has" to Provocation { ask(Service.nobody(), failing(TransportFailure.MAYBE_SENT)) },
                "a transport that throws what it has" to
                    Provocation {
                        ask(Service.nobody(), Transport { throw IllegalStateException("${it.headers.map(HeaderLine::value)} ${it.url}") })
                    },
            ).refusals(ErrorKind.OUTCOME_UNKNOWN)

    private fun lines(vararg more: Pair<String, String>) =
        listOf("Authorization" to "Bearer ${Canaries.TOKEN}", "Cookie" to Canaries.KEY, *more).map { (name, value) -> HeaderLine(name, value) }

    private fun deliveries(): List<Refusal> {
        val byHmac = Verifier(hmac, profile)
        val byTime = Verifier(timed, profile)
        val byId = Verifier(identified, profile)
        val old = Webhooks.sign(timed, body, now = now.minusSeconds(3600)).headers
        val other = Hmac("X-Signature", Digest.SHA256, SignatureEncoding.HEX, Signs.BODY, mapOf("a" to Secret.utf8(Canaries.OTHER_SECRET)))
        return mapOf(
            "no signature" to Provocation { byHmac.verify(body, lines(), now) },
            "no secret in the URL" to
                Provocation { Verifier(SecretUrl(secrets, true, "t"), profile).verify(body, lines(), now, "/hook?u=${Canaries.TOKEN}") },
        ).refusals(ErrorKind.SIGNATURE_MISSING) +
            mapOf(
                "a secret for a signature" to Provocation { byHmac.verify(body, lines("X-Signature" to Canaries.SECRET), now) },
                "a name for a signature" to Provocation { byHmac.verify(body, lines("X-Signature" to Canaries.NAME), now) },
                "credentials of another scheme" to
                    Provocation { Verifier(Basic(mapOf("a" to Secret.utf8("u:${Canaries.SECRET}")), true), profile).verify(body, lines(), now) },
                "a name for a signed id" to
                    Provocation {
                        byId.verify(body, lines("X-Signature" to "00".repeat(32), "X-Id" to Canaries.NAME, "X-Time" to "1768374000"), now)
                    },
            ).refusals(ErrorKind.SIGNATURE_MALFORMED) +
            mapOf(
                "another secret" to Provocation { byHmac.verify(body, lines() + Webhooks.sign(other, body).headers, now) },
                "a key for a secret" to
                    Provocation { Verifier(StaticHeader("X-T", secrets, true), profile).verify(body, lines("X-T" to Canaries.KEY), now) },
            ).refusals(ErrorKind.SIGNATURE_MISMATCH) +
            mapOf(
                "no timestamp" to Provocation { byId.verify(body, lines("X-Signature" to "00".repeat(32), "X-Id" to Canaries.TOKEN), now) },
            ).refusals(ErrorKind.TIMESTAMP_MISSING) +
            mapOf(
                "a token for a timestamp" to
                    Provocation { byTime.verify(body, lines("Stripe-Signature" to "t=${Canaries.TOKEN},v1=${"00".repeat(32)}"), now) },
            ).refusals(ErrorKind.TIMESTAMP_MALFORMED) +
            mapOf("an old delivery" to Provocation { byTime.verify(body, lines() + old, now) }).refusals(ErrorKind.TIMESTAMP_OUT_OF_TOLERANCE) +
            mapOf("a body over the limit" to Provocation { Verifier(hmac, profile, Limits(16)).verify(body, lines(), now) })
                .refusals(ErrorKind.BODY_TOO_LARGE) +
            mapOf("a coding that is a token" to Provocation { byHmac.verify(body, lines("Content-Encoding" to Canaries.TOKEN), now) })
                .refusals(ErrorKind.ENCODED_BODY)
    }

    private fun states(secret: String = Canaries.STATE_SECRET) = ReturnState(mapOf("a" to Secret.utf8(secret)))

    private fun issued(
        states: ReturnState,
        referenceId: String = Canaries.REFERENCE,
    ) = states.issue(Canaries.BACK, referenceId, later, Binding(), now = now).returnUrl

    private fun returns() =
        mapOf("no state" to Provocation { states().check(Canaries.BACK, Canaries.REFERENCE, Canaries.TOKEN, now) })
            .refusals(ErrorKind.STATE_MISSING) +
            mapOf(
                "a token for a state" to Provocation { states().check("${Canaries.BACK}&vl=${Canaries.TOKEN}", Canaries.REFERENCE, null, now) },
                "a state given twice" to
                    Provocation { issued(states()).let { states().check("$it&${it.substringAfter('&')}", Canaries.REFERENCE, null, now) } },
            ).refusals(ErrorKind.STATE_MALFORMED) +
            mapOf("another secret" to Provocation { states().check(issued(states(Canaries.OTHER_SECRET)), Canaries.REFERENCE, null, now) })
                .refusals(ErrorKind.STATE_FORGED) +
            mapOf("an old state" to Provocation { states().check(issued(states()), Canaries.REFERENCE, null, later.plusSeconds(1)) })
                .refusals(ErrorKind.STATE_EXPIRED) +
            mapOf(
                "another reference" to Provocation { states().check(issued(states(), Canaries.NUMBER), Canaries.REFERENCE, null, now) },
                "another place" to
                    Provocation { states().check(issued(states()).replace("shop", "shop2"), Canaries.REFERENCE, null, now) },
            ).refusals(ErrorKind.STATE_MISMATCH)

    private fun link(token: String) =
        Link("https://verify.valifysolutions.com/?token=$token", token, Canaries.REFERENCE, null, later, Environment.PRODUCTION)

    private fun event(token: String) =
        String(body).replace(Canaries.TOKEN, token).toByteArray().let {
            Verifier(hmac, profile).verify(it, lines() + Webhooks.sign(hmac, it).headers, now)
        }

    private fun records(): List<Refusal> {
        val record = client.requested(request(expiresAt = later), now).issued(link(Canaries.TOKEN))
        return mapOf(
            "an event of another token" to Provocation { record.add(event("${Canaries.TOKEN}-2")) },
            "a record of another reference" to
                Provocation { record.merge(client.requested(request(referenceId = Canaries.NUMBER, expiresAt = later), now)) },
            "a link of another attempt" to Provocation { record.issued(link("${Canaries.TOKEN}-2")) },
        ).refusals(ErrorKind.RECORD_MISMATCH) +
            mapOf(
                "a name for a record" to Provocation { Verification.fromText(Canaries.NAME) },
                "a record with an unknown name" to
                    Provocation { Verification.fromText("""${record.toText().dropLast(1)},"${Canaries.NUMBER}":"${Canaries.NAME}"}""") },
                "a record of another reference's form" to
                    Provocation { Verification.fromText(record.toText().replace(Canaries.REFERENCE, "${Canaries.REFERENCE} ")) },
            ).refusals(ErrorKind.RECORD_MALFORMED) +
            mapOf("a newer record" to Provocation { Verification.fromText(record.toText().replace(Regex("\"v\":\\d+"), "\"v\":99")) })
                .refusals(ErrorKind.RECORD_NEWER)
    }

    private fun Map<String, Provocation>.refusals(kind: ErrorKind) = map { (how, provoke) -> Refusal(kind, how, provoke) }
}
