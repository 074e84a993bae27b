package bench;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.valifylink.MatchesBy;
import org.valifylink.Meaning;
import org.valifylink.Outcome;
import org.valifylink.Preset;
import org.valifylink.PresetName;
import org.valifylink.Profile;
import org.valifylink.Secret;
import org.valifylink.Verifier;

/** One delivery of a size, signed as Stripe does, which every side can verify. */
final class Deliveries {
  static final String SECRET = "fake-benchmark-secret-of-32-byte";

  private Deliveries() {}

  /** As the sandbox sends it, in an envelope that stripe-java reads too; what is missing to the size is an image. */
  static byte[] body(int size) {
    String head =
        "{\"id\":\"evt_1\",\"object\":\"event\",\"api_version\":\"2020-08-27\",\"created\":1768377474,\"type\":\"fake.event\","
            + "\"data\":{\"object\":{\"id\":\"obj_1\",\"object\":\"fake\"},\"reference_id\":\"user-1\","
            + "\"token\":\"5e55104e-0000-4000-8000-000000000001\",\"status\":\"approved\",\"image\":\"";
    String tail = "\"}}";
    int rest = Math.max(0, size - head.length() - tail.length());
    return (head + "aGVsbG8g".repeat(rest / 8 + 1).substring(0, rest) + tail)
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] mac(String timestamp, byte[] body) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
    return mac.doFinal(body);
  }

  static String signature(byte[] body) throws GeneralSecurityException {
    String now = String.valueOf(Instant.now().getEpochSecond());
    return "t=" + now + ",v1=" + HexFormat.of().formatHex(mac(now, body));
  }

  static Verifier verifier() {
    return new Verifier(
        new Preset(
            PresetName.STRIPE_STYLE,
            Map.of("a", Secret.utf8(SECRET)),
            java.time.Duration.ofHours(24)),
        Profile.builder(MatchesBy.SESSION_TOKEN)
            .sessionToken("/data/token")
            .referenceId("/data/reference_id")
            .decision("/data/status")
            .decisions(new Meaning("approved", Outcome.PASSED))
            .build());
  }
}
