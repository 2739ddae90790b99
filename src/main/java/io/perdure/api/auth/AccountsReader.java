package io.perdure.api.auth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.config.Problems;
import io.perdure.time.Rfc3339;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * Reads the content of an accounts file, and tells everything wrong with it at once: the field's
 * path and what was expected, never a value, since it may be a secret in the wrong place.
 */
final class AccountsReader {
  /**
   * No {@code /}, {@code ,}, {@code :} or {@code =}: signatures' headers separate ids with them.
   */
  private static final Form ID =
      new Form("[A-Za-z0-9._-]{1,128}", "1 to 128 letters, digits, dots, dashes or underscores");

  private static final Form NAME =
      new Form("[^\\p{Cntrl}]{1,128}", "1 to 128 characters without control characters");

  private static final Form SECRET =
      new Form("[!-~]{1,256}", "1 to 256 visible ASCII characters without spaces");

  private static final Form KEY_TOKEN =
      new Form("[!-~]{1,4096}", "1 to 4096 visible ASCII characters without spaces");

  /** RFC 6750, section 2.1: what may follow "Bearer". */
  private static final Form TOKEN =
      new Form(
          "[A-Za-z0-9._~+/-]{1,500}=*",
          "a bearer token: 1 to 500 letters, digits or -._~+/ and then maybe =");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private final String source;
  private final Problems problems;
  private final int problemsBefore;
  private final Map<String, String> accountIds = new HashMap<>();
  private final Map<String, String> keyIds = new HashMap<>();
  private final Map<String, String> tokens = new HashMap<>();
  private final Accounts.Builder accounts = Accounts.builder();

  /** What a text must look like. */
  private record Form(Pattern pattern, String expected) {
    Form(String pattern, String expected) {
      this(Pattern.compile(pattern), expected);
    }
  }

  private AccountsReader(String source, Problems problems) {
    this.source = source;
    this.problems = problems;
    this.problemsBefore = problems.messages().size();
  }

  /**
   * The accounts, or nothing and at least one problem.
   *
   * @param source the file, as messages name it
   */
  static Optional<Accounts> read(byte[] content, String source, Problems problems) {
    return new AccountsReader(source, problems).read(content);
  }

  private Optional<Accounts> read(byte[] content) {
    JsonNode root;
    try {
      root = JSON.readTree(content);
    } catch (JsonProcessingException e) {
      // not e's message: it quotes what it stumbled over
      var at = e.getLocation();
      problem(
          "not valid JSON, or a field given twice"
              + (at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr()));
      return Optional.empty();
    } catch (IOException e) {
      throw new AssertionError("bytes in memory can be read", e);
    }
    if (!root.isObject()) {
      problem("expected a JSON object, {\"accounts\": [...]}");
      return Optional.empty();
    }
    fields(root, "top level", Set.of("accounts"));
    List<Boolean> read = elements(root, "accounts", "accounts", true, this::account);
    if (read.isEmpty() && !hasProblem()) {
      problem("accounts: expected at least one account");
    }
    return hasProblem() ? Optional.empty() : Optional.of(accounts.build());
  }

  private boolean account(JsonNode json, String path) {
    if (!isObject(json, path, "{\"id\", \"name\", \"keys\", \"tokens\"}")) {
      return false;
    }
    fields(json, path, Set.of("id", "name", "keys", "tokens"));
    String id = text(json, path, "id", ID);
    String name = json.has("name") ? text(json, path, "name", NAME) : id;
    unique(accountIds, id, path + ".id");
    List<AccessKey> keys = elements(json, path + ".keys", "keys", false, this::key);
    List<String> bearer = elements(json, path + ".tokens", "tokens", false, this::token);
    if (!hasProblem()) {
      accounts.add(new Account(id, name, keys), bearer);
    }
    return true;
  }

  private AccessKey key(JsonNode json, String path) {
    if (!isObject(json, path, "{\"id\", \"secret\"}")) {
      return null;
    }
    fields(json, path, Set.of("id", "secret", "token", "expires"));
    String id = text(json, path, "id", ID);
    String secret = text(json, path, "secret", SECRET);
    String token = json.has("token") ? text(json, path, "token", KEY_TOKEN) : null;
    Instant expiresAt =
        json.has("expires") ? instant(json.get("expires"), path + ".expires") : null;
    unique(keyIds, id, path + ".id");
    if (token == null && expiresAt != null) {
      problem(path + ".expires: expected only beside a token, which makes a key a temporary one");
      return null;
    }
    return new AccessKey(id, secret, token, expiresAt);
  }

  /** The instant, or null after a problem. */
  private Instant instant(JsonNode json, String path) {
    Optional<Long> millis = json.isTextual() ? Rfc3339.parse(json.textValue()) : Optional.empty();
    if (millis.isEmpty()) {
      problem(
          path
              + ": expected an instant as RFC 3339 has it, in quotes, like 2026-12-31T23:59:59Z"
              + (json.isTextual() ? "" : found(json)));
      return null;
    }
    return Instant.ofEpochMilli(millis.get());
  }

  private String token(JsonNode json, String path) {
    String token = checked(json, path, TOKEN);
    unique(tokens, token, path);
    return token;
  }

  /** Elements of the array {@code name}; none, and maybe a problem, if there is no such array. */
  private <T> List<T> elements(
      JsonNode parent,
      String path,
      String name,
      boolean required,
      BiFunction<JsonNode, String, T> read) {
    var elements = new ArrayList<T>();
    JsonNode array = parent.get(name);
    if (array == null && !required) {
      return elements;
    }
    if (array == null || !array.isArray()) {
      problem(path + ": expected a list, [...]" + found(array));
      return elements;
    }
    for (int i = 0; i < array.size(); i++) {
      elements.add(read.apply(array.get(i), path + "[" + i + "]"));
    }
    return elements;
  }

  private boolean isObject(JsonNode json, String path, String expected) {
    if (!json.isObject()) {
      problem(path + ": expected an object, " + expected + found(json));
      return false;
    }
    return true;
  }

  private String text(JsonNode parent, String path, String name, Form form) {
    return checked(parent.get(name), path + "." + name, form);
  }

  /** The text; empty text after a problem, so that reading can go on. */
  private String checked(JsonNode json, String path, Form form) {
    if (json == null || !json.isTextual()) {
      problem(path + ": expected text in quotes, " + form.expected() + found(json));
      return "";
    }
    if (!form.pattern().matcher(json.textValue()).matches()) {
      problem(path + ": expected " + form.expected());
      return "";
    }
    return json.textValue();
  }

  private void unique(Map<String, String> seen, String value, String path) {
    String earlier = value.isEmpty() ? null : seen.putIfAbsent(value, path);
    if (earlier != null) {
      problem(path + ": expected one of its own, but it is the same as " + earlier);
    }
  }

  /** Refuses unknown fields by their position: even a name may be a secret in the wrong place. */
  private void fields(JsonNode json, String path, Set<String> known) {
    int position = 0;
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      position++;
      if (!known.contains(names.next())) {
        String expected = String.join(", ", known.stream().sorted().toList());
        problem(path + ": field " + position + ": expected no other fields than " + expected);
      }
    }
  }

  private static String found(JsonNode json) {
    return json == null
        ? "; it is missing"
        : "; found " + json.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private boolean hasProblem() {
    return problems.messages().size() > problemsBefore;
  }

  private void problem(String message) {
    problems.add(source + ": " + message);
  }
}
