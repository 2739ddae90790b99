package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RuntimeSpec;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
  private static final String NAME_OF_64 = "n".repeat(64);
  private static final String NAME_OF_128 = "n".repeat(128);

  @ParameterizedTest
  @ValueSource(strings = {"a", "Z", "0", "_x", "a-b_c-9", "x-"})
  void namesOfLettersDigitsAndTheTwoMarksAreAccepted(String name) {
    assertDoesNotThrow(() -> Rules.check(Samples.put(name, name)));
    assertDoesNotThrow(() -> Rules.check(Samples.put(NAME_OF_128, NAME_OF_64)));
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"-a", "a.b", "a b", "ä", "a/b", "a\n", "a\0b"})
  void otherNamesAreRefused(String name) {
    refused("function", () -> Rules.check(Samples.put("default", name)));
    refused("namespace", () -> Rules.check(Samples.put(name, "f")));
    refused("namespace", () -> Rules.check(new PutNamespace("a", name, About.of(""), 0)));
  }

  @Test
  void nameOf65CharactersIsRefusedAndTheBoundIsTold() {
    String message =
        refused("function", () -> Rules.check(Samples.put("default", NAME_OF_64 + "x")));
    assertEquals(
        "expected 1 to 64 of the characters A-Z a-z 0-9 _ -, the first one not a '-'", message);
  }

  @Test
  void namespaceOf129CharactersIsRefused() {
    refused("namespace", () -> Rules.check(Samples.put(NAME_OF_128 + "x", "f")));
    refused(
        "namespace", () -> Rules.check(new PutNamespace("a", NAME_OF_128 + "x", About.of(""), 0)));
  }

  @Test
  void functionsMayBePutWhereThoseWithoutAServiceLive() {
    String there = Function.FC3_NAMESPACE;
    assertDoesNotThrow(() -> Rules.check(Samples.put(there, "f")));
    assertDoesNotThrow(() -> Rules.check(Samples.put(Flavour.FC3, there, "f", Samples.HTTP)));
    refused("flavour", () -> Rules.check(Samples.put(Flavour.FC2, there, "f", Samples.HTTP)));
    refused("namespace", () -> Rules.check(new PutNamespace("a", there, About.of(""), 0)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:8080/run",
        "https://example.org",
        "HTTP://example.org/a?b=c",
        "http://[::1]:9000/"
      })
  void absoluteHttpUrlIsAccepted(String url) {
    assertDoesNotThrow(() -> Rules.check(with(new RuntimeSpec.Http(url))));
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {
        "example.org/run",
        "/run",
        "ftp://example.org/",
        "http:///run",
        "http:opaque",
        "http://example.org:65536/",
        "http://exa mple.org/",
        "file:///etc/passwd"
      })
  void otherUrlIsRefused(String url) {
    refused("runtime.url", () -> Rules.check(with(new RuntimeSpec.Http(url))));
  }

  @Test
  void commandMayHave64ArgumentsOf4096Characters() {
    assertDoesNotThrow(
        () -> Rules.check(command(Collections.nCopies(64, "x".repeat(4096)), Map.of())));
  }

  @Test
  void commandWithoutAProgramIsRefused() {
    refused("runtime.command", () -> Rules.check(command(List.of(), Map.of())));
    refused("runtime.command", () -> Rules.check(command(List.of(" "), Map.of())));
  }

  @Test
  void tooManyOrTooLongArgumentsAreRefused() {
    refused("runtime.command", () -> Rules.check(command(Collections.nCopies(65, "x"), Map.of())));
    refused(
        "runtime.command[1]", () -> Rules.check(command(List.of("x", "x".repeat(4097)), Map.of())));
    refused("runtime.command[1]", () -> Rules.check(command(List.of("x", "a\0b"), Map.of())));
  }

  @ParameterizedTest
  @CsvSource({
    "1A, runtime.env",
    "A-B, runtime.env",
    "'', runtime.env",
    "PERDURE_HTTP_PORT, runtime.env.PERDURE_HTTP_PORT"
  })
  void nameOfAVariableThatCannotBeOneIsRefused(String name, String field) {
    refused(field, () -> Rules.check(command(List.of("x"), Map.of(name, "1"))));
  }

  @Test
  void variablesMayTake4096BytesInAll() {
    assertDoesNotThrow(
        () -> Rules.check(command(List.of("x"), Map.of("A", "ü".repeat(2047), "_", ""))));
    refused(
        "runtime.env",
        () -> Rules.check(command(List.of("x"), Map.of("A", "ü".repeat(2047), "_b", ""))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"perdure.fn.default.resize", "orders", "perdured"})
  void addressOfAVerticleIsAccepted(String address) {
    assertDoesNotThrow(() -> Rules.check(with(new RuntimeSpec.EventBus(address))));
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"perdure.shard.submit.0", "perdure.", "__vertx.reply.1"})
  void addressOfTheServerItselfIsRefused(String address) {
    refused("runtime.address", () -> Rules.check(with(new RuntimeSpec.EventBus(address))));
  }

  @Test
  void addressOf257CharactersIsRefused() {
    assertDoesNotThrow(() -> Rules.check(with(new RuntimeSpec.EventBus("a".repeat(256)))));
    refused("runtime.address", () -> Rules.check(with(new RuntimeSpec.EventBus("a".repeat(257)))));
  }

  @Test
  void settingsOutsideOfTheirRangeAreRefused() {
    refused("timeoutMs", () -> Rules.check(numbers(0, 16, 0)));
    refused("timeoutMs", () -> Rules.check(numbers(86_400_001, 16, 0)));
    refused("concurrency", () -> Rules.check(numbers(1, -1, 0)));
    refused("concurrency", () -> Rules.check(numbers(1, 100_001, 0)));
    refused("eventAgeMs", () -> Rules.check(numbers(1, 1, -1)));
    refused("eventAgeMs", () -> Rules.check(numbers(1, 1, RetentionPolicy.MILLIS_MAX + 1)));
  }

  @Test
  void settingsAtTheEndsOfTheirRangeAreAccepted() {
    assertDoesNotThrow(() -> Rules.check(numbers(1, 0, 0)));
    assertDoesNotThrow(() -> Rules.check(numbers(86_400_000, 100_000, RetentionPolicy.MILLIS_MAX)));
  }

  @Test
  void functionWithoutARuntimeIsRefused() {
    refused("runtime", () -> Rules.check(with(null)));
  }

  @Test
  void revisionBelowMinusOneIsRefused() {
    refused("ifRevision", () -> Rules.check(Samples.put("default", "f", Samples.HTTP, null, -2)));
  }

  @Test
  void descriptionOf1025CharactersIsRefused() {
    assertDoesNotThrow(
        () -> Rules.check(new PutNamespace("a", "n", About.of("d".repeat(1024)), 0)));
    refused(
        "description",
        () -> Rules.check(new PutNamespace("a", "n", About.of("d".repeat(1025)), 0)));
  }

  @Test
  void atMost50TagsOf128And256CharactersAreAccepted() {
    assertDoesNotThrow(() -> Rules.check(told(tags(50), "")));
    assertDoesNotThrow(
        () -> Rules.check(told(Map.of("k".repeat(128), "v".repeat(256), "e", ""), "")));
    refused("tags", () -> Rules.check(told(tags(51), "")));
    refused("tags", () -> Rules.check(told(Map.of("", "v"), "")));
    refused("tags", () -> Rules.check(told(Map.of("k".repeat(129), "v"), "")));
    refused("tags.k", () -> Rules.check(told(Map.of("k", "v".repeat(257)), "")));
  }

  @Test
  void whatADialectKeepsMayTake64Kilobytes() {
    assertDoesNotThrow(() -> Rules.check(told(Map.of(), "ü".repeat(32_768))));
    FailureException refused =
        assertThrows(
            FailureException.class, () -> Rules.check(told(Map.of(), "ü".repeat(32_768) + "x")));
    assertEquals(new Failure.TooLarge("extra", 65_536), refused.failure());
  }

  @Test
  void halfOfASurrogatePairIsRefusedEverywhere() {
    String half = "\ud83d";
    refused("description", () -> Rules.check(new PutNamespace("a", "n", About.of(half), 0)));
    refused("tags", () -> Rules.check(told(Map.of(half, "v"), "")));
    refused("tags.k", () -> Rules.check(told(Map.of("k", half), "")));
    refused("extra", () -> Rules.check(told(Map.of(), half)));
    refused("runtime.command[0]", () -> Rules.check(command(List.of(half), Map.of())));
    refused("runtime.env.A", () -> Rules.check(command(List.of("x"), Map.of("A", half))));
    assertDoesNotThrow(() -> Rules.check(told(Map.of("k", "\ud83d\ude00"), "")));
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"a\0b", "a\n"})
  void accountThatWouldBreakAKeyIsRefused(String account) {
    refused("account", () -> Rules.check(new PutNamespace(account, "n", About.of(""), 0)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1001})
  void limitOfAListOutsideOfItsRangeIsRefused(int limit) {
    assertEquals("expected 1 to 1000", refused("limit", () -> Rules.limit(limit)));
  }

  private static PutFunction told(Map<String, String> tags, String extra) {
    return Samples.put(
        Flavour.NATIVE,
        new About("", tags, extra),
        "default",
        "f",
        Samples.HTTP,
        1_000,
        1,
        0,
        null,
        0);
  }

  private static Map<String, String> tags(int count) {
    return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v"));
  }

  private static PutFunction with(RuntimeSpec runtime) {
    return Samples.put("default", "f", runtime, null, 0);
  }

  private static PutFunction command(List<String> argv, Map<String, String> env) {
    return with(new RuntimeSpec.Command(argv, env));
  }

  private static PutFunction numbers(long timeoutMillis, int concurrency, long eventAgeMillis) {
    return Samples.put(
        "default", "f", Samples.HTTP, timeoutMillis, concurrency, eventAgeMillis, null, 0);
  }

  /** The message of the refusal, which must name {@code field}. */
  private static String refused(String field, Executable check) {
    Failure failure = assertThrows(FailureException.class, check).failure();
    Failure.Invalid invalid = assertInstanceOf(Failure.Invalid.class, failure);
    assertEquals(field, invalid.field());
    assertTrue(invalid.message().startsWith("expected "), invalid::message);
    return invalid.message();
  }
}
