package io.perdure.runtime.managed.pool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.runtime.managed.Processes.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitsTest {
  @ParameterizedTest
  @CsvSource({
    "JAVA, 3, OutOfMemory",
    "NODEJS, 134, OutOfMemory",
    "NODEJS, 3, ProcessExit",
    "PYTHON, 3, ProcessExit",
    "JAVA, 134, ProcessExit",
    "CUSTOM_API, 134, ProcessExit"
  })
  void runtimeThatFilledItsHeapHasItsOwnWayToEnd(Language language, int code, String type) {
    RunError error = Exits.duringACall(exit(code), language);
    assertEquals(Kind.CRASH, error.kind());
    assertEquals(type, error.type());
  }

  @Test
  void heapThatIsFullAtTheStartIsSaidToo() {
    RunError error = Exits.beforeReady(exit(3), "said".getBytes(UTF_8), Language.JAVA);
    assertEquals("OutOfMemory", error.type());
  }

  @Test
  void otherEndsAtTheStartShowWhatWasWritten() {
    RunError error = Exits.beforeReady(exit(1), "why\n".getBytes(UTF_8), Language.JAVA);
    assertEquals("InitExit", error.type());
    assertEquals("exit code 1 before it took a call; it last wrote:\nwhy", error.message());
  }

  private static Exit exit(int code) {
    return new Exit(code, null, null);
  }
}
