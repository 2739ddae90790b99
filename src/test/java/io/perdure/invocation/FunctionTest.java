package io.perdure.invocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FunctionTest {
  private static final RuntimeSpec OTHER = new RuntimeSpec.Command(List.of("true"), Map.of());

  private final Function function = Samples.function();

  @Test
  void versionFreezesWhatRuns() {
    Function frozen = function.frozen("3", "good one", 17);
    assertEquals("3", frozen.version());
    assertEquals(About.of("good one"), frozen.about());
    assertEquals(function.runtime(), frozen.runtime());
    assertEquals(function.timeoutMillis(), frozen.timeoutMillis());
    assertEquals(17, frozen.createdAt());
  }

  @Test
  void versionRunsUnderThePresentPoliciesOfItsFunction() {
    Function old = withRuntime(OTHER, 5_000).frozen("3", "", 17);
    Function running = function.running(old);
    assertEquals("3", running.version());
    assertEquals(OTHER, running.runtime());
    assertEquals(5_000, running.timeoutMillis());
    assertEquals(function.retry(), running.retry());
    assertEquals(function.concurrency(), running.concurrency());
    assertEquals(function.retention(), running.retention());
  }

  @Test
  void settingsOfAQualifierAreLaidOver() {
    RetentionPolicy retention = new RetentionPolicy(1, 2);
    Function over = new AsyncSettings(RetryPolicy.NONE, 9L, retention, null).over(function);
    assertEquals(function.withPolicies(RetryPolicy.NONE, 9, retention), over);
  }

  @Test
  void settingsThatAreNotGivenLeaveTheFunctionsOwn() {
    assertEquals(function, new AsyncSettings(null, null, null, "").over(function));
    assertSame(function.retry(), new AsyncSettings(null, 9L, null, "").over(function).retry());
  }

  private Function withRuntime(RuntimeSpec runtime, long timeoutMillis) {
    return new Function(
        function.uid(),
        function.account(),
        function.namespace(),
        function.name(),
        function.flavour(),
        function.version(),
        function.about(),
        runtime,
        timeoutMillis,
        1,
        RetryPolicy.NONE,
        0,
        RetentionPolicy.DEFAULT,
        null,
        1,
        1,
        1);
  }
}
