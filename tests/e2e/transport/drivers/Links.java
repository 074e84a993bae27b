import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import org.valifylink.Environment;
import org.valifylink.JavaHttpTransport;
import org.valifylink.LinkRequest;
import org.valifylink.ValifyConfig;
import org.valifylink.ValifyException;
import org.valifylink.ValifyLink;
import org.valifylink.okhttp.OkHttpTransport;

/** Asks for each link in turn. Orders on standard input, the transport as the argument; one answer a line. */
public final class Links {
    private static final Instant NEVER = Instant.parse("2099-01-01T00:00:00Z");

    public static void main(String[] arguments) throws Exception {
        var transport = arguments[0].equals("okhttp") ? new OkHttpTransport() : new JavaHttpTransport();
        var clients = new HashMap<String, ValifyLink>();
        for (var order : new ObjectMapper().readTree(System.in)) {
            var client = clients.computeIfAbsent(order.get("base_url").asText(), base -> new ValifyLink(config(base, order), transport));
            String answer;
            try {
                client.createLinkBlocking(new LinkRequest("https://shop.example/back", order.get("reference_id").asText(), NEVER));
                answer = "link";
            } catch (ValifyException error) {
                answer = error.getKind().name().toLowerCase(Locale.ROOT);
            }
            System.out.println('"' + answer + '"');
        }
        System.exit(0);
    }

    /** The default policy; only the waits of its retries are short, and time is ample. */
    private static ValifyConfig config(String base, JsonNode order) {
        return ValifyConfig.builder("sandbox-key-not-for-production")
                .baseUrl(base)
                .linkPrefixes(order.has("link_prefix") ? List.of(order.get("link_prefix").asText()) : List.of())
                .environment(Environment.SANDBOX)
                .backoffCap(Duration.ZERO)
                .timeout(Duration.ofMinutes(2))
                .deadline(Duration.ofMinutes(5))
                .build();
    }
}
