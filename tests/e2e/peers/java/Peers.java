import com.google.gson.Gson;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The peer of Maven Central. In and out as for {@code node.mjs}. */
public final class Peers {
    record Work(List<Delivery> verify, List<Order> sign) {}

    record Delivery(String family, String secret, List<List<String>> headers, String body, boolean asObject) {}

    record Order(String family, String secret, long timestamp, String body) {}

    private static final String FAMILY = "stripe_style";

    public static void main(String[] arguments) throws Exception {
        var gson = new Gson();
        var work = gson.fromJson(new InputStreamReader(System.in, StandardCharsets.UTF_8), Work.class);
        var verdicts = new ArrayList<String>();
        for (var delivery : work.verify()) verdicts.add(verdict(delivery));
        var signed = new ArrayList<List<List<String>>>();
        for (var order : work.sign()) signed.add(FAMILY.equals(order.family()) ? sign(order) : null);
        var said = Map.of("stripe-java", Map.of("verify", verdicts, "sign", signed));
        System.out.write(gson.toJson(said).getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }

    /** A parsed body cannot be passed: nothing to say. */
    private static String verdict(Delivery delivery) {
        if (!FAMILY.equals(delivery.family()) || delivery.asObject()) return null;
        try {
            var accepted =
                    Webhook.Signature.verifyHeader(
                            text(delivery.body()), header(delivery.headers()), delivery.secret(), Webhook.DEFAULT_TOLERANCE);
            return accepted ? "accepted" : "refused";
        } catch (SignatureVerificationException refused) {
            return "refused";
        } catch (Exception accident) {
            return "throws " + accident.getClass().getSimpleName();
        }
    }

    private static List<List<String>> sign(Order order) throws Exception {
        var header = Webhook.Signature.generateSignatureHeader(text(order.body()), order.secret(), order.timestamp());
        return List.of(List.of("stripe-signature", header));
    }

    /** As a servlet's reader decodes it. */
    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    /** Lines of one name joined by commas, or null if there are none. */
    private static String header(List<List<String>> headers) {
        var values = new ArrayList<String>();
        for (var line : headers) if (line.get(0).equalsIgnoreCase("stripe-signature")) values.add(line.get(1));
        return values.isEmpty() ? null : String.join(", ", values);
    }
}
