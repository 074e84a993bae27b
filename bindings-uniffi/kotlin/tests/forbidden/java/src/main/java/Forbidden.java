import java.util.List;
import org.valifylink.Event;
import org.valifylink.Outcome;
import org.valifylink.Profile;
import org.valifylink.Returned;
import org.valifylink.UnverifiedEvent;
import org.valifylink.Verification;
import org.valifylink.Verifier;
import org.valifylink.Webhooks;

/** Ways to a passed that no authenticated delivery stands behind. Whatever ends in "// refused" must not compile, and all else must. */
final class Forbidden {
    Verification allowed(Verifier verifier, Verification record, byte[] body) {
        return record.add(verifier.verify(body, List.of()));
    }

    Object fromNothing() {
        return new Event(); // refused
    }

    Object fromOutcome(byte[] body) {
        return new Event(Outcome.PASSED, body); // refused
    }

    static class Made extends Event {} // refused

    Object unverified(Verification record, UnverifiedEvent claimed) {
        return record.add(claimed); // refused
    }

    Object read(Verification record, Profile profile, byte[] body) {
        return record.add(Webhooks.readUnverified(profile, body)); // refused
    }

    Object claimed(UnverifiedEvent claimed) {
        return claimed.getOutcome(); // refused
    }

    Object returned(Verification record, Returned returned) {
        return record.add(returned); // refused
    }

    Object outcome(Verification record) {
        return record.add(Outcome.PASSED); // refused
    }

    Object merged(Verification record, Event event) {
        return record.merge(event); // refused
    }

    Object nobodysWord(Verification record) {
        return record.resolve(Outcome.PASSED); // refused
    }

    Object record() {
        return new Verification(); // refused
    }

    void assigned(Event event) {
        event.outcome = Outcome.PASSED; // refused
    }

    Object parsed(String body) {
        return Event.fromJson(body); // refused
    }
}
