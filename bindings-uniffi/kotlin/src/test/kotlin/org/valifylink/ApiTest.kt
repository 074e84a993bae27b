package org.valifylink

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.time.Instant
import java.time.LocalDate
import java.time.temporal.ChronoUnit

private const val REFERENCE = "reference-canary"
private const val KEY = "fake-api-key-canary-0001"
private const val SECRET = "fake-webhook-secret-canary"
private const val BACK = "https://shop.example/back?canary=1"
private const val NUMBER = "30101010100009"
private val now = Instant.parse("2026-01-14T07:00:00Z")
private val expires = now.plus(30, ChronoUnit.MINUTES)
private val secrets = mapOf("2026-11" to Secret.utf8(SECRET))
private val auth = Hmac("X-Valify-Signature", Digest.SHA256, SignatureEncoding.HEX, Signs.BODY, secrets)
private val profile =
    Profile(
        MatchesBy.SESSION_TOKEN,
        referenceId = listOf("/data/reference_id"),
        sessionToken = listOf("/data/token"),
        decision = listOf("/data/status"),
        decisions = listOf(Meaning("approved", Outcome.PASSED), Meaning("rejected", Outcome.FAILED)),
        subject = mapOf("front_nid" to listOf("/data/front_nid")),
    )
private val verifier = Verifier(auth, profile)
private val client = ValifyLink(ValifyConfig(KEY))
private val request = LinkRequest(BACK, REFERENCE, expires)
private val link =
    Link("https://verify.valifysolutions.com/?token=token-canary-1", "token-canary-1", REFERENCE, null, expires, Environment.PRODUCTION)

private fun event(
    status: String,
    token: String = link.sessionToken,
): Event {
    val body = """{"data":{"reference_id":"$REFERENCE","token":"$token","status":"$status","front_nid":"$NUMBER"}}""".toByteArray()
    return verifier.verify(body, Webhooks.sign(auth, body).headers, now)
}

/** What vectors do not see of the public API. */
class ApiTest {
    @Test
    fun `a record knows what came, whatever its order`() {
        val requested = client.requested(request, now)
        assertEquals(Status.REQUESTED, requested.status(now))
        val early = requested.add(event("approved"))
        assertFalse(early.mayProceed(now))
        val issued = requested.issued(link)
        assertEquals(Status.ISSUED, issued.status(now))
        val merged = issued.merge(early)
        assertEquals(merged, early.merge(issued))
        assertEquals(merged.hashCode(), early.merge(issued).hashCode())
        assertEquals(Status.PASSED, merged.status(now))
        assertTrue(merged.mayProceed(now))
        assertEquals(merged, Verification.fromText(merged.toText()))
        assertEquals(Status.CONFLICTING, merged.add(event("rejected")).status(now))
        assertEquals(Status.FAILED, merged.add(event("rejected")).resolve(Outcome.FAILED, "op-1", "T-1", now.plusSeconds(1)).status(now))
        assertEquals(issued.keys().tokenHash, event("approved").keys().tokenHash)
    }

    @Test
    fun `an event of another attempt is refused and routed to none`() {
        val issued = client.requested(request, now).issued(link)
        val other = event("approved", "token-canary-2")
        val error = assertThrows(RecordException::class.java) { issued.add(other) }
        assertEquals(Next.KEEP_DELIVERY, error.next)
        assertEquals(Route(null, false), Event.route(other, listOf(issued)))
        assertEquals(
            Route(1, false),
            Event.route(event("approved"), listOf(client.requested(request, now).issued(link.copy(sessionToken = "token-canary-3")), issued)),
        )
    }

    @Test
    fun `a link carries all digits of its time`() {
        val precise = LinkRequest(BACK, REFERENCE, Instant.parse("2026-01-14T07:57:54.972500Z"))
        assertEquals(Instant.parse("2026-01-14T07:57:54.973Z"), precise.expiresAt)
        assertEquals(link, link.copy())
    }

    @Test
    fun `a return is checked and bound`() {
        val states = ReturnState(mapOf("a" to Secret.utf8("an-example-key-of-32-fake-bytes!")))
        val binding = Binding()
        val issued = states.issue(BACK, REFERENCE, expires, binding, now = now)
        val returned = states.check(issued.returnUrl + "&status=done", REFERENCE, binding.toCookie(), now)
        assertEquals(BoundBrowser.YES, returned.returnedInBoundBrowser)
        assertEquals(issued.nonce, returned.nonce)
        val record = client.requested(request, now).boundTo(issued.nonce)
        assertEquals(Status.RETURNED, record.returned(returned).status(now))
        assertEquals(record.keys().nonceHash, returned.keys().nonceHash)
        assertEquals(BoundBrowser.NO, states.check(issued.returnUrl, REFERENCE, Binding().toCookie(), now).returnedInBoundBrowser)
        assertEquals(
            BoundBrowser.YES,
            states.check(issued.returnUrl, REFERENCE, Binding.fromCookie(binding.toCookie()).toCookie(), now).returnedInBoundBrowser,
        )
        assertThrows(ReturnStateException::class.java) { states.check(issued.returnUrl, "someone-else", null, now) }
        assertThrows(MisuseException::class.java) { states.issue(BACK, REFERENCE, expires, binding, ByteArray(3), now) }
    }

    @Test
    fun `a national ID number is read and named`() {
        val id = NationalId.parse("٣٠١٠١٠١٠١٠٠٠٠٩", now)
        assertEquals(NUMBER, id.digits)
        assertEquals(LocalDate.of(2001, 1, 1), id.birthDate)
        assertEquals("Cairo", id.governorate?.english)
        assertTrue(id.warnings.isEmpty())
        assertTrue(id.isMinor(LocalDate.of(2018, 12, 31)))
        assertFalse(id.isMinor(LocalDate.of(2019, 1, 1)))
        assertFalse(id.isMinor())
        assertEquals(64, id.pseudonym(Secret.utf8("an-example-key-of-32-fake-bytes!")).length)
        assertEquals(id, NationalId.parse(NUMBER, now))
        assertEquals("national_id", assertThrows(InvalidRequestException::class.java) { NationalId.parse("123", now) }.field)
        assertThrows(ConfigException::class.java) { id.pseudonym(Secret.utf8("short")) }
    }

    @Test
    fun `what nobody has authenticated has no outcome`() {
        val body = """{"data":{"reference_id":"$REFERENCE","token":"t-12345678","status":"approved","n":1.0}}""".toByteArray()
        val unverified = Webhooks.readUnverified(profile, body)
        assertEquals(REFERENCE, unverified.referenceId)
        assertEquals("1.0", unverified.rawAt("/data/n"))
        assertTrue(UnverifiedEvent::class.java.methods.none { it.returnType == Outcome::class.java || it.returnType == Event::class.java })
    }

    @Test
    fun `only a verifier makes an event`() {
        assertTrue(Event::class.java.constructors.none { constructor -> constructor.parameterTypes.none { it == EventHandle::class.java } })
        assertFalse(java.io.Serializable::class.java.isAssignableFrom(Event::class.java))
    }

    @Test
    fun `an event does not follow the caller's array`() {
        val body = """{"data":{"token":"${link.sessionToken}","status":"approved"}}""".toByteArray()
        val event = verifier.verify(body, Webhooks.sign(auth, body).headers, now)
        body.fill(0)
        assertEquals("\"approved\"", event.rawAt("/data/status"))
        event.raw().fill(0)
        assertEquals("\"approved\"", event.rawAt("/data/status"))
        assertNull(event.rawAt("/data/none"))
        assertThrows(MisuseException::class.java) { event.rawAt("data") }
    }

    @Test
    fun `bodies of every size cross`() {
        for (size in listOf(0, 1, 65_536, 65_537, 1_048_576, 1_048_577, 5_000_000)) {
            val body = ByteArray(size) { 'x'.code.toByte() }
            val event = verifier.verify(body, Webhooks.sign(auth, body).headers, now)
            assertEquals(Problem.MALFORMED_BODY, event.problem, "$size")
            assertEquals(size, event.raw().size)
        }
    }

    @Test
    fun `headers may be a map`() {
        val body = "{}".toByteArray()
        val value =
            Webhooks
                .sign(auth, body)
                .headers
                .single()
                .value
        assertEquals(Outcome.INDETERMINATE, verifier.verify(body, mapOf("x-valify-signature" to listOf(value)), now).outcome)
        val twice = assertThrows(SignatureException::class.java) { verifier.verify(body, mapOf("X-Valify-Signature" to listOf(value, value)), now) }
        assertEquals(401, twice.deliveryStatus)
    }

    @Test
    fun `a diagnosis and an inspection tell without content`() {
        val body = """{"data":{"token":"${link.sessionToken}"}}""".toByteArray()
        val trimmed = Webhooks.sign(auth, body + '\n'.code.toByte()).headers
        val diagnosis = verifier.diagnose(body, trimmed, now)
        assertEquals(listOf(Mistake.BODY_NEWLINE), diagnosis.findings.map { it.mistake })
        assertEquals(ErrorKind.SIGNATURE_MISMATCH, diagnosis.refused)
        val inspection = Webhooks.inspect(body, Webhooks.sign(auth, body).headers, listOf(auth), now = now)
        assertTrue(inspection.toJson().contains("/data/token"))
        for (text in listOf("$diagnosis", diagnosis.toJson(), "$inspection", inspection.toJson())) assertFalse(text.contains("canary"), text)
    }

    @Test
    fun `what has no form in JSON is refused by the core's words`() {
        assertEquals("api_key", assertThrows(ConfigException::class.java) { ValifyLink(ValifyConfig(null)) }.field)
        assertEquals("api_key", assertThrows(ConfigException::class.java) { ValifyLink(ValifyConfig("")) }.field)
        val half = "half \ud800 character"
        assertThrows(InvalidRequestException::class.java) { LinkRequest(BACK, half, expires) }
        assertThrows(ConfigException::class.java) { ValifyLink(ValifyConfig("key$half")) }
        assertThrows(MisuseException::class.java) { event("approved").rawAt(half) }
        assertEquals(
            "secrets[0].utf8",
            assertThrows(ConfigException::class.java) {
                Verifier(
                    Preset(
                        PresetName.STRIPE_STYLE,
                        mapOf(
                            "a" to Secret.utf8(null),
                        ),
                    ),
                    profile,
                )
            }.field,
        )
    }

    @Test
    fun `times beyond every calendar are refused and never a panic`() {
        for (instant in listOf(Instant.MIN, Instant.MAX)) {
            assertThrows(MisuseException::class.java) { verifier.verify(ByteArray(0), emptyList(), instant) }
            assertThrows(ValifyException::class.java) { client.requested(request, instant) }
        }
    }

    @Test
    fun `the machine refuses what is out of order`() {
        val machine = client.machine(request, now, 7)
        assertThrows(MisuseException::class.java) { machine.waited(now) }
        val sent = machine.start(now) as Step.Send
        assertEquals(30_000, sent.request.timeoutMs)
        assertEquals("no (hidden)", machine.clean("no $KEY"))
        val done =
            machine.respond(
                HttpResponse(200, emptyList(), """{"session_token":"${link.sessionToken}","redirect_url":"${link.redirectUrl}"}""".toByteArray(), ""),
                now,
            )
        assertEquals(link, (done as Step.Done).link)
    }
}

/** No secret and no personal data in any text. For what is thrown, see the canaries. */
class RedactionTest {
    private val canaries = listOf(KEY, SECRET, REFERENCE, "canary", NUMBER)

    @Test
    fun `no text shows them`() {
        val config = ValifyConfig(KEY, baseUrl = "https://verify.valifysolutions.com")
        val machine = client.machine(request, now, 1)
        val send = machine.start(now)
        val states = ReturnState(secrets)
        val binding = Binding()
        val issued = states.issue(BACK, REFERENCE, expires, binding, now = now)
        val body = """{"data":{"reference_id":"$REFERENCE","token":"${link.sessionToken}","front_nid":"$NUMBER"}}""".toByteArray()
        val unverified = Webhooks.readUnverified(profile, body)
        val event = event("approved")
        val shown =
            listOf<Any?>(
                config,
                client,
                request,
                link,
                machine,
                send,
                (send as Step.Send).request,
                send.request.headers,
                Step.Done(link),
                HttpResponse(200, listOf(HeaderLine("a", KEY)), KEY.toByteArray(), KEY),
                secrets,
                secrets.values.first(),
                auth,
                profile,
                verifier,
                event,
                event.subject,
                event.keys(),
                event.checks,
                event.authenticatedBy,
                Webhooks.sign(auth, body),
                unverified,
                unverified.subject,
                client.requested(request, now),
                states,
                binding,
                issued,
                states.check(issued.returnUrl, REFERENCE, null, now),
                NationalId.parse(NUMBER, now),
                HeaderLine("X-Valify-Signature", SECRET),
                StaticHeader("X-Token", secrets, true),
                Basic(secrets, true),
                SecretUrl(secrets, true, "token"),
                Preset(PresetName.STRIPE_STYLE, secrets),
            )
        for (value in shown) {
            for (canary in canaries) assertFalse(value.toString().contains(canary), "${value?.javaClass}: $value shows $canary")
        }
        assertTrue(event.toJson().contains(REFERENCE))
        assertFalse(event.toJson().contains(link.sessionToken))
        assertNotEquals(0, link.hashCode())
    }
}

/** What is said where this jar has no library. */
class NativeLibraryTest {
    @Test
    fun `a missing library is named with platform and remedy`() {
        val said = NativeLibrary.message("/plan9-mips/libvalify_link_core.so", "not found")
        for (part in listOf(com.sun.jna.Platform.RESOURCE_PREFIX, "plan9-mips", "jna.tmpdir", "prepare")) assertTrue(said.contains(part), said)
    }

    @Test
    fun `the library is the one on the class path`() {
        val name = "/${com.sun.jna.Platform.RESOURCE_PREFIX}/${System.mapLibraryName("valify_link_core")}"
        val own =
            java.nio.file.Path
                .of(NativeLibrary::class.java.getResource(name)!!.toURI())
        assertEquals(
            own,
            java.nio.file.Path
                .of(NativeLibrary.path),
        )
    }
}
