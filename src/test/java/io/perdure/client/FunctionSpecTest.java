package io.perdure.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.invocation.CodeRef;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FunctionSpecTest {
  @Test
  void settingsOfInstancesAddUp() {
    CodeRef code = new CodeRef("ab".repeat(32), 7, "1");
    FunctionSpec spec =
        FunctionSpec.python3("index.handler")
            .withEnv("A", "1")
            .withEnv("B", "2")
            .withMemoryMb(512)
            .withInstanceConcurrency(4)
            .withInitializer("index.init")
            .withCode(code)
            .withManaged(next -> next.idleMillis = 1_000);
    Managed managed = (Managed) spec.runtime();
    assertEquals(Language.PYTHON, managed.language());
    assertEquals("python3", managed.name());
    assertEquals(Map.of("A", "1", "B", "2"), managed.env());
    assertEquals(512, managed.memoryMb());
    assertEquals(4, managed.instanceConcurrency());
    assertEquals("index.init", managed.initializer());
    assertEquals(code, managed.code());
    assertEquals(1_000, managed.idleMillis());
  }

  @Test
  void programsNeedNoHandler() {
    Managed web = (Managed) FunctionSpec.web("python3", "app.py").runtime();
    assertEquals(List.of("python3", "app.py"), web.command());
    assertEquals("", web.handler());
    Managed custom = (Managed) FunctionSpec.custom().runtime();
    assertEquals(Language.CUSTOM_HTTP, custom.language());
    assertEquals("custom", custom.name());
  }

  @Test
  void otherSettingsAreForAnyFunction() {
    FunctionSpec spec =
        FunctionSpec.http("http://f/")
            .withDescription("d")
            .withTag("a", "b")
            .withTimeout(Duration.ofSeconds(5))
            .withRetries(3, Duration.ofSeconds(1))
            .withEventAge(Duration.ofMinutes(1))
            .withRetention(Duration.ofDays(1))
            .withConcurrency(2);
    assertEquals("d", spec.about().description());
    assertEquals(Map.of("a", "b"), spec.about().tags());
    assertEquals(3, spec.retry().maxAttempts());
    assertEquals(86_400_000, spec.retention().failedMillis());
    assertEquals(2, spec.concurrency());
  }

  @Test
  void functionWithoutInstancesHasNoSettingsOfTheirs() {
    assertThrows(IllegalStateException.class, () -> FunctionSpec.command("cat").withMemoryMb(512));
  }
}
