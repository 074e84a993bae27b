package org.valifylink.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.valifylink.Attested;
import org.valifylink.Auth;
import org.valifylink.Basic;
import org.valifylink.CreateLink;
import org.valifylink.Digest;
import org.valifylink.Environment;
import org.valifylink.Event;
import org.valifylink.HeaderLine;
import org.valifylink.Hmac;
import org.valifylink.HttpResponse;
import org.valifylink.LinkRequest;
import org.valifylink.MatchesBy;
import org.valifylink.Meaning;
import org.valifylink.Outcome;
import org.valifylink.Preset;
import org.valifylink.PresetName;
import org.valifylink.Profile;
import org.valifylink.Secret;
import org.valifylink.SignatureEncoding;
import org.valifylink.Signs;
import org.valifylink.StaticHeader;
import org.valifylink.TransportFailure;
import org.valifylink.ValifyConfig;
import org.valifylink.ValifyException;
import org.valifylink.ValifyLink;
import org.valifylink.Verifier;
import org.valifylink.Webhooks;

/** The API as Java code calls it. */
public final class JavaHost implements Host {
  @Override
  public String getName() {
    return "java";
  }

  @Override
  public JsonNode byDocument(String kind, JsonNode given) {
    return switch (kind) {
      case "config" -> {
        ValifyLink.fromDocument(Vectors.document(given.get("config")));
        yield Vectors.INSTANCE.getJson().createObjectNode();
      }
      case "link_request" -> Fields.request(machine(given).request());
      case "link_response" -> Fields.link(machine(given).parse(response(given), now(given)));
      case "call" -> call(machine(given), given);
      case "webhook" -> Fields.event(verify(verifier(given), given));
      case "diagnose" -> diagnose(verifier(given), given);
      case "webhook_sign" ->
          Fields.signed(
              Webhooks.signDocument(
                  Vectors.document(given.get("auth")),
                  Vectors.octets(given.get("body")),
                  text(given, "id"),
                  now(given)));
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @Override
  public JsonNode typed(String kind, JsonNode given) {
    return switch (kind) {
      case "webhook" -> Fields.event(verify(typedVerifier(given), given));
      case "diagnose" -> diagnose(typedVerifier(given), given);
      case "webhook_sign" ->
          Fields.signed(
              Webhooks.sign(
                  typedAuth(given.get("auth")),
                  Vectors.octets(given.get("body")),
                  text(given, "id"),
                  now(given)));
      case "link_request" -> {
        LinkRequest request = typedRequest(given.get("request"));
        yield Fields.request(
            typedClient(given.get("config")).machine(request, now(given), 0).request());
      }
      default -> null;
    };
  }

  private static Instant now(JsonNode given) {
    return Vectors.moment(given.get("now").asText());
  }

  private static String text(JsonNode given, String name) {
    return given.has(name) ? given.get(name).asText() : null;
  }

  private static CreateLink machine(JsonNode given) {
    ValifyLink client = ValifyLink.fromDocument(Vectors.document(given.get("config")));
    LinkRequest request = LinkRequest.fromDocument(Vectors.document(given.get("request")));
    return client.machine(request, now(given), given.has("seed") ? given.get("seed").asLong() : 0);
  }

  private static List<HeaderLine> headers(JsonNode given) {
    List<HeaderLine> lines = new ArrayList<>();
    for (JsonNode line : given) {
      JsonNode value = line.get(1);
      lines.add(
          new HeaderLine(
              line.get(0).asText(),
              value.isTextual()
                  ? value.asText()
                  : new String(Vectors.octets(value), StandardCharsets.UTF_8)));
    }
    return lines;
  }

  private static HttpResponse response(JsonNode given) {
    String finalUrl = text(given, "final_url");
    return new HttpResponse(
        given.get("status").asInt(),
        headers(given.get("headers")),
        Vectors.octets(given.get("body")),
        finalUrl == null ? "" : finalUrl);
  }

  private static JsonNode call(CreateLink machine, JsonNode given) {
    ObjectNode result = Vectors.INSTANCE.getJson().createObjectNode();
    ArrayNode steps = result.putArray("steps");
    for (JsonNode input : given.get("inputs")) {
      Instant now = now(input);
      try {
        steps.add(
            Fields.step(
                switch (input.get("input").asText()) {
                  case "start" -> machine.start(now);
                  case "waited" -> machine.waited(now);
                  case "response" -> machine.respond(response(input), now);
                  default ->
                      machine.fail(
                          TransportFailure.valueOf(input.get("failure").asText().toUpperCase()),
                          now);
                }));
      } catch (ValifyException error) {
        steps.add(Fields.errorStep(error));
        break;
      }
    }
    return result;
  }

  private static Verifier verifier(JsonNode given) {
    ObjectNode parts = Vectors.INSTANCE.getJson().createObjectNode();
    for (String part : List.of("environment", "auth", "profile", "limits")) {
      if (given.has(part)) {
        parts.set(part, given.get(part));
      }
    }
    return Verifier.fromDocument(Vectors.document(parts));
  }

  private static Event verify(Verifier verifier, JsonNode given) {
    return verifier.verify(
        Vectors.octets(given.get("body")),
        headers(given.get("headers")),
        now(given),
        text(given, "url"));
  }

  private static JsonNode diagnose(Verifier verifier, JsonNode given) {
    Map<String, Secret> older =
        given.has("older_secrets") ? secrets(given.get("older_secrets")) : Map.of();
    return Fields.diagnosis(
        verifier.diagnose(
            Vectors.octets(given.get("body")),
            headers(given.get("headers")),
            now(given),
            text(given, "url"),
            older));
  }

  // --- by typed constructors and builders

  /** The fields of a document, each to be taken once. */
  private static final class Taken {
    private final JsonNode value;
    private final Set<String> left = new HashSet<>();

    Taken(JsonNode value) {
      if (value == null || !value.isObject()) {
        throw new Inexpressible();
      }
      this.value = value;
      Iterator<String> names = value.fieldNames();
      names.forEachRemaining(left::add);
    }

    boolean has(String name) {
      return value.has(name);
    }

    JsonNode take(String name) {
      if (!left.remove(name)) {
        throw new Inexpressible();
      }
      return value.get(name);
    }

    String text(String name) {
      JsonNode text = take(name);
      if (!text.isTextual()) {
        throw new Inexpressible();
      }
      return text.asText();
    }

    boolean flag(String name) {
      JsonNode flag = take(name);
      if (!flag.isBoolean()) {
        throw new Inexpressible();
      }
      return flag.asBoolean();
    }

    Duration duration(String name) {
      JsonNode number = take(name);
      if (!number.isIntegralNumber() || !number.canConvertToInt()) {
        throw new Inexpressible();
      }
      return Duration.ofMillis(number.asLong());
    }

    String[] texts(String name) {
      return list(take(name));
    }

    void done() {
      if (!left.isEmpty()) {
        throw new Inexpressible();
      }
    }
  }

  private static String[] list(JsonNode value) {
    List<String> texts = new ArrayList<>();
    if (!value.isArray()) {
      throw new Inexpressible();
    }
    for (JsonNode text : value) {
      if (!text.isTextual()) {
        throw new Inexpressible();
      }
      texts.add(text.asText());
    }
    return texts.toArray(String[]::new);
  }

  private static <E extends Enum<E>> E member(Class<E> type, String text) {
    String name =
        switch (text) {
          case "timestamp.body" -> "TIMESTAMP_BODY";
          case "id.timestamp.body" -> "ID_TIMESTAMP_BODY";
          case "base64url" -> "BASE64_URL";
          default -> text.toUpperCase();
        };
    try {
      return text.equals(text.toLowerCase()) ? Enum.valueOf(type, name) : inexpressible();
    } catch (IllegalArgumentException none) {
      throw new Inexpressible();
    }
  }

  private static <T> T inexpressible() {
    throw new Inexpressible();
  }

  private static Map<String, Secret> secrets(JsonNode entries) {
    Map<String, Secret> secrets = new java.util.LinkedHashMap<>();
    if (!entries.isArray() || entries.isEmpty()) {
      throw new Inexpressible();
    }
    for (JsonNode entry : entries) {
      Taken taken = new Taken(entry);
      String id = taken.text("id");
      Secret secret =
          taken.has("utf8")
              ? Secret.utf8(taken.text("utf8"))
              : taken.has("base64")
                  ? Secret.base64(taken.text("base64"))
                  : Secret.hex(taken.text("hex"));
      taken.done();
      if (secrets.put(id, secret) != null) {
        throw new Inexpressible();
      }
    }
    return secrets;
  }

  private static Auth typedAuth(JsonNode given) {
    Taken taken = new Taken(given);
    Auth auth;
    if (taken.has("preset")) {
      auth =
          new Preset(
              member(PresetName.class, taken.text("preset")),
              secrets(taken.take("secrets")),
              taken.has("tolerance_ms") ? taken.duration("tolerance_ms") : null);
    } else {
      switch (taken.text("scheme")) {
        case "hmac" -> {
          Hmac.Builder hmac =
              Hmac.builder(
                  taken.text("header"),
                  member(Digest.class, taken.text("digest")),
                  member(SignatureEncoding.class, taken.text("encoding")),
                  member(Signs.class, taken.text("signs")),
                  secrets(taken.take("secrets")));
          if (taken.has("prefix")) {
            hmac.prefix(taken.text("prefix"));
          }
          if (taken.has("id_header")) {
            hmac.idHeader(taken.text("id_header"));
          }
          if (taken.has("timestamp_header")) {
            hmac.timestampHeader(taken.text("timestamp_header"));
          }
          if (taken.has("tolerance_ms")) {
            hmac.tolerance(taken.duration("tolerance_ms"));
          }
          if (taken.has("allow_sha1")) {
            hmac.allowSha1(taken.flag("allow_sha1"));
          }
          if (taken.has("allow_short_secret")) {
            hmac.allowShortSecret(taken.flag("allow_short_secret"));
          }
          auth = hmac.build();
        }
        case "static_header" ->
            auth =
                new StaticHeader(
                    taken.text("header"),
                    secrets(taken.take("secrets")),
                    taken.flag("accept_unsigned_body"));
        case "basic" ->
            auth =
                new Basic(secrets(taken.take("secrets")), taken.flag("accept_unsigned_body"));
        case "attested" ->
            auth = new Attested(taken.text("by"), taken.flag("accept_unsigned_body"));
        default -> throw new Inexpressible();
      }
    }
    taken.done();
    return auth;
  }

  private static Meaning[] meanings(JsonNode entries) {
    List<Meaning> meanings = new ArrayList<>();
    if (!entries.isArray()) {
      throw new Inexpressible();
    }
    for (JsonNode entry : entries) {
      Taken taken = new Taken(entry);
      Outcome outcome = member(Outcome.class, taken.text("outcome"));
      JsonNode value = taken.take("value");
      taken.done();
      if (value.isTextual()) {
        meanings.add(new Meaning(value.asText(), outcome));
      } else if (value.isBoolean()) {
        meanings.add(new Meaning(value.asBoolean(), outcome));
      } else if (value.isIntegralNumber() && value.canConvertToLong()) {
        meanings.add(new Meaning(value.asLong(), outcome));
      } else {
        throw new Inexpressible();
      }
    }
    return meanings.toArray(Meaning[]::new);
  }

  private static Profile typedProfile(JsonNode given) {
    Taken taken = new Taken(given);
    Profile.Builder profile =
        Profile.builder(member(MatchesBy.class, taken.text("matches_by")));
    if (taken.has("reference_id")) {
      profile.referenceId(taken.texts("reference_id"));
    }
    if (taken.has("session_token")) {
      profile.sessionToken(taken.texts("session_token"));
    }
    if (taken.has("transaction_id")) {
      profile.transactionId(taken.texts("transaction_id"));
    }
    if (taken.has("flow")) {
      profile.flow(taken.texts("flow"));
    }
    if (taken.has("occurred_at")) {
      profile.occurredAt(taken.texts("occurred_at"));
    }
    if (taken.has("decision")) {
      profile.decision(taken.texts("decision"));
    }
    if (taken.has("decisions")) {
      profile.decisions(meanings(taken.take("decisions")));
    }
    if (taken.has("subject")) {
      JsonNode subject = taken.take("subject");
      Map<String, List<String>> fields = new HashMap<>();
      if (!subject.isObject()) {
        throw new Inexpressible();
      }
      subject.properties().forEach(field -> fields.put(field.getKey(), List.of(list(field.getValue()))));
      profile.subject(fields);
    }
    if (taken.has("reference_per_link")) {
      profile.referencePerLink(taken.flag("reference_per_link"));
    }
    if (taken.has("latest_decision_wins")) {
      profile.latestDecisionWins(taken.flag("latest_decision_wins"));
    }
    taken.done();
    return profile.build();
  }

  private static Verifier typedVerifier(JsonNode given) {
    if (given.has("limits")) {
      throw new Inexpressible();
    }
    Environment environment = null;
    if (given.has("environment")) {
      if (!given.get("environment").isTextual()) {
        throw new Inexpressible();
      }
      environment = member(Environment.class, given.get("environment").asText());
    }
    return new Verifier(
        typedAuth(given.get("auth")), typedProfile(given.get("profile")), null, environment);
  }

  private static ValifyLink typedClient(JsonNode given) {
    Taken taken = new Taken(given);
    ValifyConfig.Builder config = ValifyConfig.builder(taken.text("api_key"));
    if (taken.has("base_url")) {
      config.baseUrl(taken.text("base_url"));
    }
    if (taken.has("environment")) {
      config.environment(member(Environment.class, taken.text("environment")));
    }
    taken.done();
    return new ValifyLink(config.build());
  }

  private static LinkRequest typedRequest(JsonNode given) {
    Taken taken = new Taken(given);
    String returnUrl = taken.text("return_url");
    String referenceId = taken.text("reference_id");
    String written = taken.text("expires_at");
    taken.done();
    Instant expiresAt;
    try {
      expiresAt = Vectors.moment(written);
    } catch (RuntimeException unreadable) {
      throw new Inexpressible();
    }
    if (!written.equals(Vectors.written(expiresAt))) {
      throw new Inexpressible();
    }
    return new LinkRequest(returnUrl, referenceId, expiresAt);
  }
}
