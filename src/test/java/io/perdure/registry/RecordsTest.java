package io.perdure.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Function.Pause;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
          new RuntimeSpec.Command(List.of("python3", "-u"), Map.of("B", "2", "A", "ü")),
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

  private static final String PAUSED_COMMAND_JSON =
      """
      {"v":1,"uid":7,"account":"1234567890123456","namespace":"images","name":"resize",\
      "flavour":"fc3","version":"LATEST","description":"","tags":{},"extra":"",\
      "runtime":{"kind":"command","command":["python3","-u"],"env":{"A":"ü","B":"2"}},\
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
        new RuntimeSpec.EventBus("perdure.fn.default.resize"));
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
  }

  @Test
  void valueOutsideOfItsRangeIsRefused() {
    String json = PAUSED_COMMAND_JSON.replace("\"maxAttempts\":3", "\"maxAttempts\":0");
    assertThrows(StoreException.class, () -> Records.function(json.getBytes(UTF_8)));
  }

  private static Function function(RuntimeSpec runtime) {
    return Samples.with(Samples.function(1, "a", "default", "f"), runtime);
  }
}
