package io.perdure.api.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.config.Problems;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an accounts file may hold, and what is said about one that is wrong. */
class AccountsReaderTest {
  private static final String ID_FORM = "1 to 128 letters, digits, dots, dashes or underscores";
  private static final String TWO_ACCOUNTS =
      """
      // kept out of version control
      {"accounts": [
        {"id": "1234567890123456", "name": "dev",
         "keys": [{"id": "AKID1", "secret": "s3cret-1"},
                  {"id": "AKID2", "secret": "s3cret-2", "token": "session-2"}],
         "tokens": ["token-1", "token-2=="]},
        {"id": "other"}
      ]}
      """;

  private final Problems problems = new Problems();

  @Test
  void accountsAreReadWithTheirKeysAndTokens() {
    Accounts accounts = read(TWO_ACCOUNTS).orElseThrow();
    var dev =
        new Account(
            "1234567890123456",
            "dev",
            List.of(
                new AccessKey("AKID1", "s3cret-1"),
                new AccessKey("AKID2", "s3cret-2", "session-2", null)));
    assertEquals(List.of(dev, new Account("other", "other", List.of())), accounts.all());
    assertEquals(Optional.of(dev), accounts.byToken("token-2=="));
    assertEquals(List.of(), problems.messages());
  }

  @Test
  void keyWithATokenIsATemporaryOne() {
    Accounts accounts =
        read("""
                {"accounts": [{"id": "a", "keys": [
                  {"id": "k1", "secret": "s", "token": "t/+=", "expires": "2026-01-01T08:00:00+08:00"},
                  {"id": "k2", "secret": "s", "token": "t/+="}]}]}
                """)
            .orElseThrow();
    assertEquals(
        List.of(
            new AccessKey("k1", "s", "t/+=", Instant.parse("2026-01-01T00:00:00Z")),
            new AccessKey("k2", "s", "t/+=", null)),
        accounts.all().get(0).keys());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                   | expected a JSON object, {\"accounts\": [...]}",
        "[]                                   | expected a JSON object, {\"accounts\": [...]}",
        "{\"accounts\": [}                    | not valid JSON, or a field given twice, line 1, column 15",
        "{\"accounts\": [], \"accounts\": []} | not valid JSON, or a field given twice, line 1, column 28",
        "{} x                                 | not valid JSON, or a field given twice, line 1, column 4",
        "{}                                   | accounts: expected a list, [...]; it is missing",
        "{\"accounts\": {}}                   | accounts: expected a list, [...]; found object",
        "{\"accounts\": []}                   | accounts: expected at least one account",
        "{\"accounts\": [1]}                  | accounts[0]: expected an object, {\"id\", \"name\", \"keys\", \"tokens\"}; found number",
      })
  void fileOfAnotherShapeIsRefused(String content, String expected) {
    assertEquals(Optional.empty(), read(content));
    assertEquals(List.of("accounts.json: " + expected), problems.messages());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"name\": \"x\"          | .id: expected text in quotes, " + ID_FORM + "; it is missing",
        "\"id\": 1234567890123456 | .id: expected text in quotes, " + ID_FORM + "; found number",
        "\"id\": null             | .id: expected text in quotes, " + ID_FORM + "; found null",
        "\"id\": \"\"             | .id: expected " + ID_FORM,
        "\"id\": \"a/b\"          | .id: expected " + ID_FORM,
        "\"id\": \"a b\"          | .id: expected " + ID_FORM,
        "\"id\": \"a\", \"name\": \"\"        | .name: expected 1 to 128 characters without control characters",
        "\"id\": \"a\", \"name\": \"\\u0007\" | .name: expected 1 to 128 characters without control characters",
        "\"id\": \"a\", \"kyes\": []          | : field 2: expected no other fields than id, keys, name, tokens",
        "\"id\": \"a\", \"keys\": {}          | .keys: expected a list, [...]; found object",
        "\"id\": \"a\", \"keys\": [\"k\"]     | .keys[0]: expected an object, {\"id\", \"secret\"}; found string",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\"}] | .keys[0].secret: expected text in quotes, 1 to 256 visible ASCII characters without spaces; it is missing",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\", \"secret\": \"s t\"}] | .keys[0].secret: expected 1 to 256 visible ASCII characters without spaces",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\", \"secret\": \"s\", \"more\": 1}] | .keys[0]: field 3: expected no other fields than expires, id, secret, token",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\", \"secret\": \"s\", \"token\": 1}] | .keys[0].token: expected text in quotes, 1 to 4096 visible ASCII characters without spaces; found number",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\", \"secret\": \"s\", \"token\": \"\"}] | .keys[0].token: expected 1 to 4096 visible ASCII characters without spaces",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\", \"secret\": \"s\", \"token\": null}] | .keys[0].token: expected text in quotes, 1 to 4096 visible ASCII characters without spaces; found null",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\", \"secret\": \"s\", \"expires\": \"2026-01-01T00:00:00Z\"}] | .keys[0].expires: expected only beside a token, which makes a key a temporary one",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\", \"secret\": \"s\", \"token\": \"t\", \"expires\": \"soon\"}] | .keys[0].expires: expected an instant as RFC 3339 has it, in quotes, like 2026-12-31T23:59:59Z",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\", \"secret\": \"s\", \"token\": \"t\", \"expires\": \"2026-01-01\"}] | .keys[0].expires: expected an instant as RFC 3339 has it, in quotes, like 2026-12-31T23:59:59Z",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\", \"secret\": \"s\", \"token\": \"t\", \"expires\": 1767225600}] | .keys[0].expires: expected an instant as RFC 3339 has it, in quotes, like 2026-12-31T23:59:59Z; found number",
        "\"id\": \"a\", \"tokens\": \"t\"     | .tokens: expected a list, [...]; found string",
        "\"id\": \"a\", \"tokens\": [7]       | .tokens[0]: expected text in quotes, a bearer token: 1 to 500 letters, digits or -._~+/ and then maybe =; found number",
        "\"id\": \"a\", \"tokens\": [\"t t\"] | .tokens[0]: expected a bearer token: 1 to 500 letters, digits or -._~+/ and then maybe =",
      })
  void wrongFieldIsToldWithItsPathAndWhatWasExpected(String fields, String expected) {
    assertEquals(Optional.empty(), read("{\"accounts\": [{" + fields + "}]}"));
    assertEquals(List.of("accounts.json: accounts[0]" + expected), problems.messages());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"id\": \"a\" | \"id\": \"a\" | accounts[1].id | accounts[0].id",
        "\"id\": \"a\", \"keys\": [{\"id\": \"k\", \"secret\": \"s\"}] | \"id\": \"b\", \"keys\": [{\"id\": \"k\", \"secret\": \"t\"}] | accounts[1].keys[0].id | accounts[0].keys[0].id",
        "\"id\": \"a\", \"tokens\": [\"t\"] | \"id\": \"b\", \"tokens\": [\"u\", \"t\"] | accounts[1].tokens[1] | accounts[0].tokens[0]",
        "\"id\": \"a\", \"tokens\": [\"t\", \"t\"] | \"id\": \"b\" | accounts[0].tokens[1] | accounts[0].tokens[0]",
      })
  void whatMustBeUniqueIsToldWithBothPlaces(
      String first, String second, String path, String earlier) {
    assertEquals(Optional.empty(), read("{\"accounts\": [{" + first + "}, {" + second + "}]}"));
    assertEquals(
        List.of(
            "accounts.json: %s: expected one of its own, but it is the same as %s"
                .formatted(path, earlier)),
        problems.messages());
  }

  @Test
  void everyProblemIsToldAtOnce() {
    read(
        """
        {"accounts": [{"id": 1, "tokens": [""]}, {"id": "b", "keys": [{}]}], "more": 1}
        """);
    assertEquals(5, problems.messages().size(), problems::toString);
  }

  @Test
  void earlierProblemOfSomethingElseDoesNotSpoilTheAccounts() {
    problems.add("http.port is wrong");
    assertTrue(read(TWO_ACCOUNTS).isPresent());
  }

  /** Whatever a hand on the keyboard does to the file, no message shows a part of a secret. */
  @RepeatedTest(200)
  void damagedFileNeverGivesASecretAway(RepetitionInfo run) {
    var random = new Random(run.getCurrentRepetition());
    String secret = letters(random, 12 + random.nextInt(40));
    String token = letters(random, 12 + random.nextInt(40));
    String session = letters(random, 12 + random.nextInt(40));
    var json =
        new StringBuilder(
            TWO_ACCOUNTS
                .replace("s3cret-1", secret)
                .replace("token-1", token)
                .replace("session-2", session));
    for (int i = 0; i <= random.nextInt(4); i++) {
      int at = random.nextInt(json.length());
      switch (random.nextInt(3)) {
        case 0 -> json.deleteCharAt(at);
        case 1 -> json.insert(at, "\"{}[],: \n1x".charAt(random.nextInt(11)));
        default -> json.setCharAt(at, "\"{}[],: \n1x".charAt(random.nextInt(11)));
      }
    }
    String told = read(json.toString()).map(Accounts::toString).orElse("") + problems;
    for (String hidden : List.of(secret, token, session)) {
      for (int from = 0; from + 6 <= hidden.length(); from++) {
        String part = hidden.substring(from, from + 6);
        assertFalse(told.contains(part), () -> "seed " + run.getCurrentRepetition() + ": " + told);
      }
    }
  }

  private static String letters(Random random, int length) {
    return random
        .ints(length, 'A', 'Z' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private Optional<Accounts> read(String json) {
    return AccountsReader.read(json.getBytes(UTF_8), "accounts.json", problems);
  }
}
