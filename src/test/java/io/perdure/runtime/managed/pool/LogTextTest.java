package io.perdure.runtime.managed.pool;

import static io.perdure.runtime.Attempts.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.runtime.managed.pool.LogText.ColdStart;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class LogTextTest {
  private static final long MEMORY = 11_112_612; // 10.5978 MB

  @Test
  void scfShowsStartEventEndAndReport() {
    assertEquals(
        "START RequestId: r\nEvent RequestId: r\n",
        LogText.before(Flavour.SCF, "r", null, 128, MEMORY));
    assertEquals(
        "END RequestId: r\nReport RequestId: r Duration:3ms Memory:128MB MemUsage:10.5978MB\n",
        LogText.after(Flavour.SCF, "r", new LogText.Ended(null, 3, 128, MEMORY)));
  }

  @Test
  void scfShowsTheErrorOfAFailedCall() {
    RunError error = new RunError(Kind.FUNCTION, "ValueError", "no");
    assertEquals(
        """
        ERROR RequestId:r Result:no
        END RequestId: r
        Report RequestId: r Duration:3ms Memory:128MB MemUsage:10.5978MB
        """,
        LogText.after(Flavour.SCF, "r", new LogText.Ended(error, 3, 128, MEMORY)));
  }

  @Test
  void scfReportsAColdStart() {
    assertEquals(
        "Init Report RequestId: r Coldstart: 236ms (PullCode: 70ms InitRuntime: 8ms InitFunction:"
            + " 158ms) Memory: 640MB MemUsage: 10.60MB\n"
            + "START RequestId: r\nEvent RequestId: r\n",
        LogText.before(Flavour.SCF, "r", new ColdStart(70, 8, 158), 640, MEMORY));
  }

  @Test
  void scfShowsWhetherASignalWasReceived() {
    assertEquals("[PLATFORM] Signal received successfully.\n", LogText.signal(Flavour.SCF, true));
    assertEquals("[PLATFORM] Signal reception failed.\n", LogText.signal(Flavour.SCF, false));
    assertEquals("", LogText.signal(Flavour.FC3, true));
    assertEquals("", LogText.signal(Flavour.NATIVE, false));
  }

  @Test
  void ownFunctionsHaveTheirOutputAlone() {
    assertEquals("", LogText.before(Flavour.NATIVE, "r", new ColdStart(1, 2, 3), 1, 1));
    assertEquals("", LogText.after(Flavour.NATIVE, "r", new LogText.Ended(null, 1, 1, 1)));
  }

  @Test
  void logKeepsItsEndAndLinesOfThePlatformStandApart() {
    CallLog log = new CallLog(20);
    log.line("START\n");
    log.add(Buffer.buffer("much that is written and lost, the end"));
    log.line("END\n");
    assertEquals("d lost, the end\nEND\n", text(log.bytes()));
  }
}
