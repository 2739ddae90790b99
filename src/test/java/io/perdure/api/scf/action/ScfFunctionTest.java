package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.router.KnownFunctions;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScfFunctionTest {
  private static Function function(RuntimeSpec runtime, String extra) {
    FunctionBuilder builder = new FunctionBuilder(new KnownFunctions().add(1, "acc", "demo"));
    builder.runtime = runtime;
    builder.about = new About("told", Map.of("team", "a"), extra);
    return builder.build();
  }

  private static RuntimeSpec python(int memoryMb) {
    ManagedBuilder builder = new ManagedBuilder(Language.PYTHON, "Python3.10");
    builder.handler = "index.main_handler";
    builder.memoryMb = memoryMb;
    return builder.build();
  }

  @Test
  void flagsAreReadFromWhatIsKept() {
    Function async =
        function(python(128), "{\"AsyncRunEnable\":\"TRUE\",\"TraceEnable\":\"FALSE\"}");

    assertTrue(ScfFunction.of(async).asyncRun());
    assertFalse(ScfFunction.of(async).trace());
  }

  @Test
  void whatAnotherDialectKeepsIsPassedOver() {
    ScfFunction scf = ScfFunction.of(function(python(128), "[1]"));

    assertFalse(scf.asyncRun());
    assertEquals(0, scf.reservedMemory());
    assertNull(scf.kept("Role"));
  }

  @Test
  void reservedMemoryDecidesTheConcurrency() {
    Function reserved =
        ScfFunction.of(function(python(256), "{\"Role\":\"r\"}")).withReservedMemory(1_024L);

    assertEquals(4, reserved.concurrency());
    assertEquals(1_024, ScfFunction.of(reserved).reservedMemory());
    assertEquals("r", ScfFunction.of(reserved).kept("Role").textValue());
    assertEquals("told", reserved.about().description());
  }

  @Test
  void withoutReservedMemoryTheAccountsMemoryDecides() {
    Function reserved = ScfFunction.of(function(python(128), "")).withReservedMemory(128L);
    Function free = ScfFunction.of(reserved).withReservedMemory(null);

    assertEquals(1, reserved.concurrency());
    assertEquals(1_000, free.concurrency());
    assertEquals("", free.about().extra());
  }

  @Test
  void whatIsGivenReplacesWhatWasKeptUnderItsName() {
    ScfFunction scf =
        ScfFunction.of(function(python(128), "{\"Role\":\"r\",\"L5Enable\":\"TRUE\"}"));

    About about = scf.keeping(Map.of("Role", TextNode.valueOf("s")));

    assertEquals("{\"Role\":\"s\",\"L5Enable\":\"TRUE\"}", about.extra());
    assertEquals(Map.of("team", "a"), about.tags());
  }

  @Test
  void aFunctionOfAnotherKindIsShownAsItsKind() {
    ScfFunction scf = ScfFunction.of(new KnownFunctions().add(1, "acc", "native"));

    assertEquals("event-bus", scf.runtimeName());
    assertEquals("", scf.handler());
    assertEquals(128, scf.memoryMb());
    assertFalse(scf.web());
  }
}
