import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.valifylink.Environment;
import org.valifylink.Event;
import org.valifylink.Link;
import org.valifylink.LinkRequest;
import org.valifylink.MatchesBy;
import org.valifylink.Meaning;
import org.valifylink.Outcome;
import org.valifylink.Preset;
import org.valifylink.PresetName;
import org.valifylink.Profile;
import org.valifylink.Secret;
import org.valifylink.SignatureException;
import org.valifylink.Status;
import org.valifylink.ValifyConfig;
import org.valifylink.ValifyLink;
import org.valifylink.Verification;
import org.valifylink.Verifier;
import org.valifylink.Webhooks;

/** The whole way of one user through the installed jar, against the sandbox at the URL of the first argument. */
public final class Main {
  public static void main(String[] arguments) throws Exception {
    ValifyConfig config =
        ValifyConfig.builder("sandbox-key-not-for-production")
            .baseUrl(arguments[0])
            .environment(Environment.SANDBOX)
            .build();
    ValifyLink valify = new ValifyLink(config);
    LinkRequest request =
        new LinkRequest("https://shop.example/back", "user-1", Instant.now().plusSeconds(1800));
    Verification attempt = valify.requested(request);
    Link link = valify.createLinkAsync(request).get();
    attempt = attempt.issued(valify.createLinkBlocking(request));

    Preset auth =
        new Preset(
            PresetName.X_VALIFY_SIGNATURE_UNVERIFIED,
            Map.of("2026-11", Secret.utf8("fake-webhook-secret-0001")));
    Profile profile =
        Profile.builder(MatchesBy.SESSION_TOKEN)
            .sessionToken("/data/token")
            .decision("/data/status")
            .decisions(new Meaning("approved", Outcome.PASSED))
            .build();
    Verifier verifier = new Verifier(auth, profile);
    byte[] body =
        ("{\"data\":{\"token\":\"" + link.getSessionToken() + "\",\"status\":\"approved\"}}")
            .getBytes(StandardCharsets.UTF_8);
    Event event = verifier.verify(body, Webhooks.sign(auth, body).getHeaders());
    expect(event.getOutcome() == Outcome.PASSED);
    try {
      verifier.verify(new byte[0], Webhooks.sign(auth, body).getHeaders());
      expect(false);
    } catch (SignatureException refused) {
      expect(refused.getDeliveryStatus() == 401);
    }
    expect(attempt.status() == Status.ISSUED);
    expect(Verification.fromText(attempt.toText()).equals(attempt));
    System.out.println("java: one link, one event");
  }

  private static void expect(boolean holds) {
    if (!holds) {
      throw new AssertionError();
    }
  }
}
