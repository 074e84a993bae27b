import com.google.gson.Gson;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.valifylink.Auth;
import org.valifylink.HeaderLine;
import org.valifylink.MatchesBy;
import org.valifylink.Preset;
import org.valifylink.PresetName;
import org.valifylink.Profile;
import org.valifylink.Secret;
import org.valifylink.ValifyException;
import org.valifylink.Verifier;
import org.valifylink.Webhooks;

/** The peer of Maven Central, and this project's jar beside it. In and out as for {@code node.mjs}. */
public final class Peers {
    record Work(List<Delivery> verify, List<Order> sign) {}

    record Delivery(String family, String secret, List<List<String>> headers, String body, boolean asObject) {}

    record Order(String family, String secret, String id, long timestamp, String body) {}

    /** Verifies, and says no by an exception; signs. */
    interface Peer {
        boolean knows(String family);

        void verify(Delivery delivery) throws Exception;

        List<List<String>> sign(Order order) throws Exception;

        /** What it calls its refusal; null for an accident. */
        String refusal(Exception error);
    }

    public static void main(String[] arguments) throws Exception {
        var gson = new Gson();
        var work = gson.fromJson(new InputStreamReader(System.in, StandardCharsets.UTF_8), Work.class);
        var said = new LinkedHashMap<String, Object>();
        for (var peer : Map.of("valify-link", new Ours(), "stripe-java", new Stripe()).entrySet()) {
            var verdicts = new ArrayList<String>();
            for (var delivery : work.verify()) verdicts.add(verdict(peer.getValue(), delivery));
            var signed = new ArrayList<List<List<String>>>();
            for (var order : work.sign()) signed.add(peer.getValue().knows(order.family()) ? peer.getValue().sign(order) : null);
            said.put(peer.getKey(), Map.of("verify", verdicts, "sign", signed));
        }
        System.out.write(gson.toJson(said).getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }

    /** A parsed body cannot be passed: nothing to say. */
    private static String verdict(Peer peer, Delivery delivery) {
        if (!peer.knows(delivery.family()) || delivery.asObject()) return null;
        try {
            peer.verify(delivery);
            return "accepted";
        } catch (Exception error) {
            var refusal = peer.refusal(error);
            return refusal != null ? refusal : "throws " + error.getClass().getSimpleName();
        }
    }

    private static byte[] bytes(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    static final class Ours implements Peer {
        private static final Profile PROFILE = Profile.builder(MatchesBy.SESSION_TOKEN).sessionToken("/token").build();

        @Override
        public boolean knows(String family) {
            return true;
        }

        private static Auth auth(String family, String secret) {
            var preset = PresetName.valueOf(family.toUpperCase(Locale.ROOT));
            return new Preset(preset, Map.of("a", preset == PresetName.STANDARD_WEBHOOKS ? Secret.base64(secret) : Secret.utf8(secret)));
        }

        @Override
        public void verify(Delivery delivery) {
            var lines = delivery.headers().stream().map(line -> new HeaderLine(line.get(0), line.get(1))).toList();
            var event = new Verifier(auth(delivery.family(), delivery.secret()), PROFILE).verify(bytes(delivery.body()), lines);
            if (!Arrays.equals(event.raw(), bytes(delivery.body()))) throw new IllegalStateException("the event has another body");
        }

        @Override
        public List<List<String>> sign(Order order) {
            var at = Instant.ofEpochSecond(order.timestamp());
            var signed = Webhooks.sign(auth(order.family(), order.secret()), bytes(order.body()), order.id(), at);
            return signed.getHeaders().stream().map(line -> List.of(line.getName(), line.getValue())).toList();
        }

        @Override
        public String refusal(Exception error) {
            return error instanceof ValifyException refused ? refused.getKind().name().toLowerCase(Locale.ROOT) : null;
        }
    }

    static final class Stripe implements Peer {
        @Override
        public boolean knows(String family) {
            return family.equals("stripe_style");
        }

        @Override
        public void verify(Delivery delivery) throws SignatureVerificationException {
            var header = header(delivery.headers());
            var accepted = Webhook.Signature.verifyHeader(text(delivery.body()), header, delivery.secret(), Webhook.DEFAULT_TOLERANCE);
            if (!accepted) throw new SignatureVerificationException("not accepted", header);
        }

        @Override
        public List<List<String>> sign(Order order) throws Exception {
            var header = Webhook.Signature.generateSignatureHeader(text(order.body()), order.secret(), order.timestamp());
            return List.of(List.of("stripe-signature", header));
        }

        @Override
        public String refusal(Exception error) {
            return error instanceof SignatureVerificationException ? "refused" : null;
        }

        /** As a servlet's reader decodes it. */
        private static String text(String base64) {
            return new String(bytes(base64), StandardCharsets.UTF_8);
        }

        /** Lines of one name joined by commas, or null if there are none. */
        private static String header(List<List<String>> headers) {
            var values = new ArrayList<String>();
            for (var line : headers) if (line.get(0).equalsIgnoreCase("stripe-signature")) values.add(line.get(1));
            return values.isEmpty() ? null : String.join(", ", values);
        }
    }
}
