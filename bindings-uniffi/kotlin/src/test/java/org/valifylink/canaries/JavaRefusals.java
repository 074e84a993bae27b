package org.valifylink.canaries;

import static org.valifylink.canaries.Canaries.BACK;
import static org.valifylink.canaries.Canaries.KEY;
import static org.valifylink.canaries.Canaries.NAME;
import static org.valifylink.canaries.Canaries.NUMBER;
import static org.valifylink.canaries.Canaries.OTHER_SECRET;
import static org.valifylink.canaries.Canaries.REFERENCE;
import static org.valifylink.canaries.Canaries.SECRET;
import static org.valifylink.canaries.Canaries.SHORT_SECRET;
import static org.valifylink.canaries.Canaries.STATE_SECRET;
import static org.valifylink.canaries.Canaries.TOKEN;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.valifylink.Auth;
import org.valifylink.Binding;
import org.valifylink.Digest;
import org.valifylink.Environment;
import org.valifylink.ErrorKind;
import org.valifylink.Event;
import org.valifylink.Hmac;
import org.valifylink.Limits;
import org.valifylink.Link;
import org.valifylink.LinkRequest;
import org.valifylink.MatchesBy;
import org.valifylink.NationalId;
import org.valifylink.Preset;
import org.valifylink.PresetName;
import org.valifylink.Profile;
import org.valifylink.ReturnState;
import org.valifylink.Secret;
import org.valifylink.SignatureEncoding;
import org.valifylink.Signed;
import org.valifylink.Signs;
import org.valifylink.Transport;
import org.valifylink.TransportException;
import org.valifylink.TransportFailure;
import org.valifylink.ValifyConfig;
import org.valifylink.ValifyLink;
import org.valifylink.Verification;
import org.valifylink.Verifier;
import org.valifylink.Webhooks;

/** Java's way to every kind: builders, futures and blocking calls, headers as a map. */
public final class JavaRefusals implements Refusals {
  private static final Instant NOW = Instant.parse("2026-01-14T07:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(1800);
  private static final byte[] BODY = Canaries.body();
  private static final String ZEROS = "00".repeat(32);
  private static final Map<String, Secret> SECRETS = Map.of("2026-11", Secret.utf8(SECRET));
  private static final Auth PLAIN = hmac(SECRETS);
  private static final Auth TIMED =
      Hmac.builder("X-Signature", Digest.SHA512, SignatureEncoding.BASE64_URL, Signs.TIMESTAMP_BODY, SECRETS)
          .timestampHeader("X-Time")
          .build();
  private static final Profile PROFILE =
      Profile.builder(MatchesBy.SESSION_TOKEN)
          .referenceId("/data/reference_id")
          .sessionToken("/data/token")
          .subject(Map.of("front_nid", List.of("/data/front_nid")))
          .build();

  private final List<Refusal> all = new ArrayList<>();
  private final ValifyLink client = new ValifyLink(ValifyConfig.builder(KEY).build());

  @Override
  public List<Refusal> all() {
    if (all.isEmpty()) {
      configurations();
      requests();
      misuses();
      answers();
      lost();
      deliveries();
      returns();
      records();
    }
    return all;
  }

  private void add(ErrorKind kind, String how, Provocation provoke) {
    all.add(new Refusal(kind, how, provoke));
  }

  private static Auth hmac(Map<String, Secret> secrets) {
    return Hmac.builder("X-Signature", Digest.SHA256, SignatureEncoding.HEX, Signs.BODY, secrets).build();
  }

  private void configurations() {
    add(ErrorKind.INVALID_CONFIG, "a key with a space", () -> new ValifyLink(ValifyConfig.builder(KEY + " ").build()));
    add(
        ErrorKind.INVALID_CONFIG,
        "a base URL with a query",
        () -> new ValifyLink(ValifyConfig.builder(KEY).baseUrl("https://verify.example/?token=" + TOKEN).build()));
    add(
        ErrorKind.INVALID_CONFIG,
        "an insecure host in production",
        () -> new ValifyLink(ValifyConfig.builder(KEY).insecureHosts(List.of(KEY)).build()));
    add(
        ErrorKind.INVALID_CONFIG,
        "a secret in another encoding",
        () -> new Verifier(hmac(Map.of("a", Secret.hex(SECRET))), PROFILE));
    add(
        ErrorKind.INVALID_CONFIG,
        "a short secret",
        () -> new ReturnState(Map.of("a", Secret.utf8(SHORT_SECRET))));
    add(
        ErrorKind.INVALID_CONFIG,
        "a document with a secret twice",
        () -> Verifier.fromDocument("{\"auth\":{\"secrets\":[],\"secrets\":[{\"id\":\"a\",\"utf8\":\"" + SECRET + "\"}]}}"));
  }

  private static LinkRequest request(String returnUrl, String referenceId) {
    return new LinkRequest(returnUrl, referenceId, Instant.now().plusSeconds(1800));
  }

  private static LinkRequest request() {
    return request(BACK, REFERENCE);
  }

  private void requests() {
    add(
        ErrorKind.INVALID_REQUEST,
        "a reference with white space",
        () -> client.createLinkBlocking(request(BACK, REFERENCE + " ")));
    add(
        ErrorKind.INVALID_REQUEST,
        "a return URL with a backslash",
        () -> client.createLinkAsync(request(BACK + "\\" + NAME, REFERENCE)).get());
    add(
        ErrorKind.INVALID_REQUEST,
        "a timeout below zero",
        () -> client.createLinkAsync(request(), Duration.ofMillis(-1)).get());
    add(ErrorKind.INVALID_REQUEST, "a national ID that is cut", () -> NationalId.parse(NUMBER.substring(1) + NAME));
  }

  private void misuses() {
    add(ErrorKind.MISUSE, "a pointer that is none", () -> event(TOKEN).rawAt(NUMBER));
    add(ErrorKind.MISUSE, "an input out of order", () -> client.machine(request()).waited());
    add(
        ErrorKind.MISUSE,
        "half a character",
        () -> new ReturnState(Map.of("a", Secret.utf8(STATE_SECRET))).check(BACK + "\udc00", REFERENCE));
    add(ErrorKind.MISUSE, "a nonce that is too short", () -> states(STATE_SECRET).issue(BACK, REFERENCE, LATER, new Binding(), new byte[1], NOW));
  }

  private static ValifyConfig sandbox(String baseUrl) {
    return ValifyConfig.builder(KEY).baseUrl(baseUrl).environment(Environment.SANDBOX).maxRetries(0).build();
  }

  private static Link ask(String baseUrl) throws Exception {
    return new ValifyLink(sandbox(baseUrl)).createLinkAsync(request()).get();
  }

  private static Link ask(Transport transport) throws InterruptedException {
    return new ValifyLink(sandbox("http://127.0.0.1:9"), transport).createLinkBlocking(request());
  }

  private void answers() {
    Service.ANSWERS.forEach(
        (kind, status) -> add(kind, "everything in the answer", () -> ask(Service.answering(status, BODY))));
    add(ErrorKind.MALFORMED_RESPONSE, "an answer that is no JSON", () -> ask(Service.answering("200 OK", NAME.getBytes(StandardCharsets.UTF_8))));
    add(
        ErrorKind.REJECTED,
        "a key as the code",
        () -> ask(Service.answering("422 No", ("{\"error_code\":\"" + KEY + "\"}").getBytes(StandardCharsets.UTF_8))));
  }

  private void lost() {
    add(ErrorKind.NOT_SENT, "nobody listens", () -> ask(Service.nobody()));
    add(
        ErrorKind.NOT_SENT,
        "a transport that tells the URL and the reference",
        () -> ask(request -> CompletableFuture.failedFuture(new TransportException(TransportFailure.NOT_SENT, request.getUrl() + REFERENCE))));
    add(ErrorKind.OUTCOME_UNKNOWN, "a cut", () -> ask(Service.cutting()));
    add(
        ErrorKind.OUTCOME_UNKNOWN,
        "a transport that throws what it has",
        () ->
            ask(
                request -> {
                  throw new IllegalArgumentException(request.getHeaders().get(0).getValue() + KEY + new String(request.getBody(), StandardCharsets.UTF_8));
                }));
  }

  private static Map<String, List<String>> lines(String... more) {
    var lines = new java.util.HashMap<>(Map.of("Authorization", List.of("Bearer " + TOKEN), "Cookie", List.of(KEY, NAME)));
    for (int at = 0; at < more.length; at += 2) {
      lines.put(more[at], List.of(more[at + 1]));
    }
    return lines;
  }

  private static Event verify(Auth auth, Map<String, List<String>> headers) {
    return new Verifier(auth, PROFILE).verify(BODY, headers, NOW);
  }

  private void deliveries() {
    add(ErrorKind.SIGNATURE_MISSING, "no signature", () -> verify(PLAIN, lines()));
    add(ErrorKind.SIGNATURE_MALFORMED, "a secret for a signature", () -> verify(PLAIN, lines("X-Signature", SECRET)));
    add(ErrorKind.SIGNATURE_MISMATCH, "another body", () -> verify(PLAIN, lines("X-Signature", ZEROS)));
    add(
        ErrorKind.SIGNATURE_MISMATCH,
        "another secret, by a preset",
        () -> {
          Signed signed = Webhooks.sign(new Preset(PresetName.STANDARD_WEBHOOKS, Map.of("a", Secret.utf8(OTHER_SECRET))), BODY, "id-1", NOW);
          new Verifier(new Preset(PresetName.STANDARD_WEBHOOKS, SECRETS), PROFILE).verify(BODY, signed.getHeaders(), NOW);
        });
    add(ErrorKind.TIMESTAMP_MISSING, "no timestamp", () -> verify(TIMED, lines("X-Signature", "A".repeat(86))));
    add(ErrorKind.TIMESTAMP_MALFORMED, "a token for a timestamp", () -> verify(TIMED, lines("X-Signature", "A".repeat(86), "X-Time", TOKEN)));
    add(
        ErrorKind.TIMESTAMP_OUT_OF_TOLERANCE,
        "an early delivery",
        () -> new Verifier(TIMED, PROFILE).verify(BODY, Webhooks.sign(TIMED, BODY, null, LATER).getHeaders(), NOW));
    add(
        ErrorKind.BODY_TOO_LARGE,
        "a body over the limit",
        () -> new Verifier(PLAIN, PROFILE, new Limits(BODY.length - 1L)).verify(BODY, lines(), NOW));
    add(ErrorKind.ENCODED_BODY, "a coding that is a token", () -> verify(PLAIN, lines("content-encoding", TOKEN)));
  }

  private static ReturnState states(String secret) {
    return new ReturnState(Map.of("a", Secret.utf8(secret)));
  }

  private static void check(String secret, String reference, Instant at) {
    String url = states(secret).issue(BACK, reference, LATER, new Binding(), new byte[16], NOW).getReturnUrl();
    states(STATE_SECRET).check(url, REFERENCE, TOKEN, at);
  }

  private void returns() {
    add(ErrorKind.STATE_MISSING, "no state", () -> states(STATE_SECRET).check(BACK, REFERENCE));
    add(ErrorKind.STATE_MALFORMED, "a key for a state", () -> states(STATE_SECRET).check(BACK + "&vl=" + KEY, REFERENCE));
    add(ErrorKind.STATE_FORGED, "another secret", () -> check(OTHER_SECRET, REFERENCE, NOW));
    add(ErrorKind.STATE_EXPIRED, "an old state", () -> check(STATE_SECRET, REFERENCE, LATER.plusSeconds(1)));
    add(ErrorKind.STATE_MISMATCH, "another reference", () -> check(STATE_SECRET, NUMBER, NOW));
  }

  private static Event event(String token) {
    byte[] body = new String(BODY, StandardCharsets.UTF_8).replace(TOKEN, token).getBytes(StandardCharsets.UTF_8);
    return new Verifier(PLAIN, PROFILE).verify(body, Webhooks.sign(PLAIN, body).getHeaders(), NOW);
  }

  private void records() {
    Verification requested = client.requested(request(), NOW);
    add(
        ErrorKind.RECORD_MISMATCH,
        "an event of another token",
        () ->
            requested
                .issued(new Link("https://verify.valifysolutions.com/?token=" + TOKEN, TOKEN, REFERENCE, null, LATER, Environment.PRODUCTION))
                .add(event(TOKEN + "-2")));
    add(ErrorKind.RECORD_MALFORMED, "a national ID for a record", () -> Verification.fromText("\"" + NUMBER + NAME + "\""));
    add(ErrorKind.RECORD_NEWER, "a newer record", () -> Verification.fromText("{\"v\":99,\"name\":\"" + NAME + "\"}"));
  }
}
