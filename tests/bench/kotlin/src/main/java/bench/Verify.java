package bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.stripe.model.Event;
import com.stripe.net.Webhook;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.valifylink.HeaderLine;
import org.valifylink.Outcome;
import org.valifylink.Verifier;

/** Verify and read one delivery. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
public class Verify {
  @Param({"500", "4000", "64000", "1048576"})
  public int size;

  private final ObjectMapper jackson = new ObjectMapper();
  private final Verifier verifier = Deliveries.verifier();
  private byte[] body;
  private String signature;
  private List<HeaderLine> headers;

  @Setup
  public void sign() throws Exception {
    body = Deliveries.body(size);
    signature = Deliveries.signature(body);
    headers =
        List.of(
            new HeaderLine("Host", "shop.example"),
            new HeaderLine("Content-Type", "application/json"),
            new HeaderLine("Stripe-Signature", signature));
  }

  @Benchmark
  public Outcome valifyLink() {
    return verifier.verify(body, headers).getOutcome();
  }

  /** What a server has are bytes: the text is part of what it costs. */
  @Benchmark
  public Event stripeJava() throws Exception {
    return Webhook.constructEvent(
        new String(body, StandardCharsets.UTF_8), signature, Deliveries.SECRET, 86_400);
  }

  @Benchmark
  public JsonNode bareMacAndJackson() throws Exception {
    String timestamp = signature.substring(2, signature.indexOf(','));
    byte[] given = HexFormat.of().parseHex(signature.substring(signature.indexOf("v1=") + 3));
    if (!MessageDigest.isEqual(given, Deliveries.mac(timestamp, body))) {
      throw new SecurityException();
    }
    return jackson.readTree(body).at("/data/status");
  }
}
