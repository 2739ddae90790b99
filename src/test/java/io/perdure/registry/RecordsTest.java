package io.perdure.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.invocation.About;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Function.Pause;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.Route;
import io.perdure.invocation.RouteMatch;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.invocation.RuntimeSpec.Managed.Hook;
import io.perdure.invocation.Schedule;
import io.perdure.registry.ScopeRecords.Of;
import io.perdure.store.StoreException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {
  private static final Function PAUSED_COMMAND =
      new Function(
          7,
          "1234567890123456",
          "images",
          "resize",
          Flavour.FC3,
          Invocation.LATEST,
          About.NOTHING,
          new RuntimeSpec.Command(List.of("python3", "-u"), inOrder("B", "2", "A", "ü")),
          60_000,
          4,
          new RetryPolicy(
              3, 500, 9_000, 0.25, Set.of(RunError.Kind.TIMEOUT, RunError.Kind.FUNCTION)),
          3_600_000,
          new RetentionPolicy(1_000, 2_000),
          new Pause("ann", 1_700_000_000_001L),
          1_700_000_000_000L,
          1_700_000_000_001L,
          2);

  /** As the first release wrote it: without a version and without what is told of it. */
  private static final String FIRST_JSON =
      """
      {"v":1,"uid":7,"account":"1234567890123456","namespace":"images","name":"resize",\
      "flavour":"fc3",\
      "runtime":{"kind":"command","command":["python3","-u"],"env":{"B":"2","A":"ü"}},\
      "timeoutMs":60000,"concurrency":4,\
      "retry":{"maxAttempts":3,"backoffMs":500,"maxBackoffMs":9000,"jitter":0.25,"on":[1,2]},\
      "eventAgeMs":3600000,"retention":{"succeededMs":1000,"failedMs":2000},\
      "paused":{"by":"ann","at":1700000000001},\
      "createdAt":1700000000000,"modifiedAt":1700000000001,"revision":2}""";

  private static final String MANAGED_JSON =
      """
      {"kind":"managed","language":"custom-http","name":"custom.debian10","handler":"x",\
      "code":{"sha256":"%s","bytes":1000,"crc64":"17"},"env":{"A":"1"},"memoryMb":128,\
      "diskMb":64,"instanceConcurrency":20,"initializer":"start","initTimeoutMs":5000,\
      "preStop":{"handler":"end","timeoutMs":3000},"command":["./run","-v"],"port":9000,\
      "idleMs":60000}"""
          .formatted(Samples.sha256('c'));

  private static final Managed MANAGED =
      new Managed(
          Language.CUSTOM_HTTP,
          "custom.debian10",
          "x",
          Samples.code('c'),
          Map.of("A", "1"),
          128,
          64,
          20,
          "start",
          5_000,
          new Hook("end", 3_000),
          List.of("./run", "-v"),
          9_000,
          60_000);

  private static final String PAUSED_COMMAND_JSON =
      """
      {"v":1,"uid":7,"account":"1234567890123456","namespace":"images","name":"resize",\
      "flavour":"fc3","version":"LATEST","description":"","tags":{},"extra":"",\
      "runtime":{"kind":"command","command":["python3","-u"],"env":{"B":"2","A":"ü"}},\
      "timeoutMs":60000,"concurrency":4,\
      "retry":{"maxAttempts":3,"backoffMs":500,"maxBackoffMs":9000,"jitter":0.25,"on":[1,2]},\
      "eventAgeMs":3600000,"retention":{"succeededMs":1000,"failedMs":2000},\
      "paused":{"by":"ann","at":1700000000001},\
      "createdAt":1700000000000,"modifiedAt":1700000000001,"revision":2}""";

  @Test
  void functionIsWrittenAsFormatOneSays() {
    assertEquals(PAUSED_COMMAND_JSON, new String(Records.encode(PAUSED_COMMAND), UTF_8));
  }

  @Test
  void functionOfFormatOneIsRead() {
    assertEquals(PAUSED_COMMAND, Records.function(PAUSED_COMMAND_JSON.getBytes(UTF_8)));
  }

  @Test
  void functionOfTheFirstReleaseIsRead() {
    assertEquals(PAUSED_COMMAND, Records.function(FIRST_JSON.getBytes(UTF_8)));
  }

  @Test
  void namespaceOfTheFirstReleaseIsRead() {
    String json =
        "{\"v\":1,\"account\":\"a\",\"name\":\"b\",\"description\":\"c\",\"createdAt\":17}";
    assertEquals(
        new Namespace("a", "b", About.of("c"), 17, 17, 1), Records.namespace(json.getBytes(UTF_8)));
  }

  @Test
  void managedRuntimeIsWrittenAsFormatOneSays() {
    String json = new String(Records.encode(function(MANAGED)), UTF_8);
    assertTrue(json.contains("\"runtime\":" + MANAGED_JSON + ","), json);
  }

  @Test
  void whatIsToldOfAFunctionIsReadAsItWasWritten() {
    About about = new About("d", Map.of("k", "v", "a", "\u00fc"), "{\"x\":[1]}");
    Function version = Samples.function(1, "a", "default", "f").frozen("12", "d", 5);
    Function function = Samples.with(version, about);
    assertEquals(function, Records.function(Records.encode(function)));
  }

  @ParameterizedTest
  @EnumSource(Language.class)
  void everyLanguageIsReadAsItWasWritten(Language language) {
    Managed python = Samples.python('1');
    Function function =
        function(
            new Managed(
                language,
                python.name(),
                python.handler(),
                null,
                python.env(),
                python.memoryMb(),
                python.diskMb(),
                python.instanceConcurrency(),
                null,
                python.initTimeoutMillis(),
                null,
                python.command(),
                python.port(),
                python.idleMillis()));
    assertEquals(function, Records.function(Records.encode(function)));
  }

  @Test
  void versionOfANamespaceIsReadAsItWasWritten() {
    Name shop = Name.ofNamespace("a", "shop");
    Version version = new Version("3", "third", 17);
    byte[] written = ScopeRecords.encode(shop, version);
    assertEquals(
        "{\"v\":1,\"account\":\"a\",\"namespace\":\"shop\",\"number\":\"3\","
            + "\"description\":\"third\",\"createdAt\":17}",
        new String(written, UTF_8));
    assertEquals(new Of<>(shop, version), ScopeRecords.version(written));
  }

  @Test
  void versionOfANamespaceKeepsWhatWasToldOfThat() {
    Name shop = Name.ofNamespace("a", "shop");
    Version version = new Version("3", "third", 17, new About("d", Map.of("a", "b"), "{}"));
    byte[] written = ScopeRecords.encode(shop, version);
    assertEquals(
        "{\"v\":1,\"account\":\"a\",\"namespace\":\"shop\",\"number\":\"3\","
            + "\"description\":\"third\",\"createdAt\":17,"
            + "\"told\":{\"description\":\"d\",\"tags\":{\"a\":\"b\"},\"extra\":\"{}\"}}",
        new String(written, UTF_8));
    assertEquals(new Of<>(shop, version), ScopeRecords.version(written));
  }

  @Test
  void aliasIsReadAsItWasWritten() {
    Name f = new Name("a", "shop", "f");
    Route route = new Route("LATEST", Map.of("3", 0.25));
    Alias alias = new Alias("prod", route, About.of("live"), 1, 2, 3);
    byte[] written = ScopeRecords.encode(f, alias);
    assertEquals(
        "{\"v\":1,\"account\":\"a\",\"namespace\":\"shop\",\"function\":\"f\",\"name\":\"prod\","
            + "\"route\":{\"version\":\"LATEST\",\"weights\":{\"3\":0.25}},"
            + "\"description\":\"live\",\"tags\":{},\"extra\":\"\","
            + "\"createdAt\":1,\"modifiedAt\":2,\"revision\":3}",
        new String(written, UTF_8));
    assertEquals(new Of<>(f, alias), ScopeRecords.alias(written));
  }

  @Test
  void aliasWithMatchesIsReadAsItWasWritten() {
    Name f = new Name("a", "shop", "f");
    RouteMatch match = new RouteMatch("2", "User", RouteMatch.Method.RANGE, "[1,9]");
    Alias alias =
        new Alias("prod", new Route("1", Map.of(), List.of(match)), About.NOTHING, 1, 2, 3);
    byte[] written = ScopeRecords.encode(f, alias);
    assertTrue(
        new String(written, UTF_8)
            .contains(
                "\"weights\":{},\"matches\":[{\"version\":\"2\",\"key\":\"User\","
                    + "\"method\":\"RANGE\",\"expression\":\"[1,9]\"}]}"));
    assertEquals(new Of<>(f, alias), ScopeRecords.alias(written));
  }

  @Test
  void settingsAreReadAsTheyWereWritten() {
    Name f = new Name("a", "shop", "f");
    AsyncSettings settings =
        new AsyncSettings(
            RetryPolicy.of(2, 1, 2), 3L, new RetentionPolicy(4, 5), "{\"task\":true}");
    AsyncSet set = new AsyncSet("f", "prod", settings, 6, 7);
    byte[] written = ScopeRecords.encode(f, set);
    assertTrue(
        new String(written, UTF_8)
            .endsWith(
                "\"eventAgeMs\":3,\"retention\":{\"succeededMs\":4,\"failedMs\":5},"
                    + "\"extra\":\"{\\\"task\\\":true}\",\"createdAt\":6,\"modifiedAt\":7}"));
    assertEquals(new Of<>(f, set), ScopeRecords.settings(written));
  }

  @Test
  void destinationsAreReadAsTheyWereWritten() {
    Name f = new Name("a", "shop", "f");
    for (Destination.Target target :
        List.of(
            new Destination.ToFunction("n", "f", null),
            new Destination.ToFunction("n", "f", "prod"),
            new Destination.ToWebhook("http://h/"),
            new Destination.ToAddress("a.b"))) {
      AsyncSettings settings =
          new AsyncSettings(null, null, null, false, new Destination("as given", target), null, "");
      AsyncSet set = new AsyncSet("f", "prod", settings, 6, 7);
      assertEquals(new Of<>(f, set), ScopeRecords.settings(ScopeRecords.encode(f, set)));
    }
  }

  @Test
  void scheduleIsReadAsItWasWritten() {
    Schedule schedule =
        new Schedule(
            9,
            "a",
            "shop",
            "f",
            7,
            "nightly",
            "0 2 * * MON",
            "0 0 2 * * 1 *",
            "Asia/Shanghai",
            "prod",
            "{\"x\":1}",
            true,
            About.of("d"),
            1,
            2,
            3,
            4);
    byte[] written = ScheduleRecords.encode(schedule);
    assertEquals(
        "{\"v\":1,\"uid\":9,\"account\":\"a\",\"namespace\":\"shop\",\"function\":\"f\","
            + "\"functionUid\":7,\"name\":\"nightly\",\"expression\":\"0 2 * * MON\","
            + "\"cron\":\"0 0 2 * * 1 *\",\"zone\":\"Asia/Shanghai\",\"qualifier\":\"prod\","
            + "\"message\":\"{\\\"x\\\":1}\",\"enabled\":true,\"description\":\"d\",\"tags\":{},"
            + "\"extra\":\"\",\"since\":1,\"createdAt\":2,\"modifiedAt\":3,\"revision\":4}",
        new String(written, UTF_8));
    assertEquals(schedule, ScheduleRecords.schedule(written));
  }

  @Test
  void counterIsReadAsItWasWritten() {
    Name f = new Name("a", "shop", "f");
    assertEquals(new Of<>(f, 12L), ScopeRecords.counter(ScopeRecords.counter(f, 12)));
  }

  @ParameterizedTest
  @MethodSource("runtimes")
  void everyRuntimeIsReadAsItWasWritten(RuntimeSpec runtime) {
    Function function = function(runtime);
    assertEquals(function, Records.function(Records.encode(function)));
  }

  static Stream<RuntimeSpec> runtimes() {
    return Stream.of(
        new RuntimeSpec.Http("https://example.org/x?y=1"),
        new RuntimeSpec.Command(List.of("true"), Map.of()),
        new RuntimeSpec.EventBus("perdure.fn.default.resize"),
        MANAGED);
  }

  @Test
  void namespaceIsReadAsItWasWritten() {
    Namespace namespace = new Namespace("a", "images", About.of("all \"about\" images"), 17, 17, 1);
    byte[] written = Records.encode(namespace);
    assertEquals(
        "{\"v\":1,\"account\":\"a\",\"name\":\"images\","
            + "\"description\":\"all \\\"about\\\" images\",\"tags\":{},\"extra\":\"\","
            + "\"createdAt\":17,\"modifiedAt\":17,\"revision\":1}",
        new String(written, UTF_8));
    assertEquals(namespace, Records.namespace(written));
  }

  @Test
  void fieldThatIsNotKnownIsIgnored() {
    String json = PAUSED_COMMAND_JSON.replace("\"uid\":7", "\"later\":{\"x\":[1]},\"uid\":7");
    assertEquals(PAUSED_COMMAND, Records.function(json.getBytes(UTF_8)));
  }

  @Test
  void newerFormatIsRefused() {
    String json = PAUSED_COMMAND_JSON.replace("\"v\":1", "\"v\":2");
    StoreException refused =
        assertThrows(StoreException.class, () -> Records.function(json.getBytes(UTF_8)));
    assertTrue(refused.getMessage().contains("format 2"), refused::getMessage);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "{\"v\":1}", "{\"v\":1,\"account\":\"a\"}", "no JSON at all"})
  void damagedRecordIsRefused(String json) {
    assertThrows(StoreException.class, () -> Records.function(json.getBytes(UTF_8)));
    assertThrows(StoreException.class, () -> Records.namespace(json.getBytes(UTF_8)));
    assertThrows(StoreException.class, () -> ScopeRecords.version(json.getBytes(UTF_8)));
    assertThrows(StoreException.class, () -> ScopeRecords.counter(json.getBytes(UTF_8)));
    assertThrows(StoreException.class, () -> ScopeRecords.alias(json.getBytes(UTF_8)));
    assertThrows(StoreException.class, () -> ScopeRecords.settings(json.getBytes(UTF_8)));
    assertThrows(StoreException.class, () -> ScheduleRecords.schedule(json.getBytes(UTF_8)));
  }

  @Test
  void valueOutsideOfItsRangeIsRefused() {
    String json = PAUSED_COMMAND_JSON.replace("\"maxAttempts\":3", "\"maxAttempts\":0");
    assertThrows(StoreException.class, () -> Records.function(json.getBytes(UTF_8)));
  }

  private static Function function(RuntimeSpec runtime) {
    return Samples.with(Samples.function(1, "a", "default", "f"), runtime);
  }

  private static Map<String, String> inOrder(
      String first, String value, String second, String other) {
    Map<String, String> pairs = new LinkedHashMap<>();
    pairs.put(first, value);
    pairs.put(second, other);
    return pairs;
  }
}
