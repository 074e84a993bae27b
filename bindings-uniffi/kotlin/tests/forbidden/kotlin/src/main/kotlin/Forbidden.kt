import org.valifylink.Event
import org.valifylink.LinkRequest
import org.valifylink.Outcome
import org.valifylink.Profile
import org.valifylink.Returned
import org.valifylink.Status
import org.valifylink.UnverifiedEvent
import org.valifylink.ValifyLink
import org.valifylink.Verification
import org.valifylink.Verifier
import org.valifylink.Webhooks

// Ways to a `passed` that no authenticated delivery stands behind. Whatever ends in `// refused` must not compile, and all else must.

fun allowed(verifier: Verifier, record: Verification, body: ByteArray): Verification = record.add(verifier.verify(body, emptyList()))

fun fromNothing(): Event = Event() // refused

fun fromOutcome(): Event = Event(Outcome.PASSED) // refused

fun fromItsParts(event: Event, body: ByteArray): Event = Event(event.handle, body) // refused

fun copied(event: Event): Event = event.copy(outcome = Outcome.PASSED) // refused

fun assigned(event: Event) {
    event.outcome = Outcome.PASSED // refused
}

class Made : Event() // refused

fun unverified(record: Verification, claimed: UnverifiedEvent): Verification = record.add(claimed) // refused

fun read(record: Verification, profile: Profile, body: ByteArray): Verification = record.add(Webhooks.readUnverified(profile, body)) // refused

fun claimed(claimed: UnverifiedEvent): Outcome = claimed.outcome // refused

fun returned(record: Verification, returned: Returned): Verification = record.add(returned) // refused

fun outcome(record: Verification): Verification = record.add(Outcome.PASSED) // refused

fun merged(record: Verification, event: Event): Verification = record.merge(event) // refused

fun nobodysWord(record: Verification): Verification = record.resolve(Outcome.PASSED) // refused

fun record(): Verification = Verification() // refused

fun passed(record: Verification) {
    record.status = Status.PASSED // refused
}

fun begun(valify: ValifyLink, request: LinkRequest): Verification = valify.requested(request, Outcome.PASSED) // refused

fun parsed(body: String): Event = Event.fromJson(body) // refused
