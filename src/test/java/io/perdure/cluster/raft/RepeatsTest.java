package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class RepeatsTest {
  private long now;
  private final Repeats repeats = new Repeats(() -> now);

  private static LogRecord record(String logger, String message) {
    LogRecord record = new LogRecord(Level.WARNING, message);
    record.setLoggerName(logger);
    return record;
  }

  private boolean passes(String message) {
    return repeats.isLoggable(record("a", message));
  }

  @Test
  void oneOfAKindPassesInTenSeconds() {
    assertTrue(passes("n1.72411aa1@group-25689B2D90FA: timed out, cid=17"));
    assertFalse(passes("n2.f69412ae@group-60964A652859: timed out, cid=18"));
    now += Repeats.PAUSE_NANOS - 1;
    assertFalse(passes("n1.72411aa1@group-25689B2D90FA: timed out, cid=19"));
    now++;
    LogRecord next = record("a", "n1.72411aa1@group-25689B2D90FA: timed out, cid=20");
    assertTrue(repeats.isLoggable(next));
    assertEquals(
        "n1.72411aa1@group-25689B2D90FA: timed out, cid=20 (and 2 like it before)",
        next.getMessage());
    assertFalse(passes("n1.72411aa1@group-25689B2D90FA: timed out, cid=21"));
  }

  @Test
  void stepsPass() {
    for (int i = 0; i < 3; i++) {
      LogRecord step = new LogRecord(Level.INFO, "rolled a segment");
      assertTrue(repeats.isLoggable(step));
      assertEquals("rolled a segment", step.getMessage());
    }
  }

  @Test
  void othersPass() {
    assertTrue(passes("timed out"));
    assertTrue(passes("lost its leader"));
    assertTrue(repeats.isLoggable(record("b", "timed out")));
  }

  @Test
  void moreKindsThanAreRememberedAllPass() {
    for (int i = 0; i < 1_000; i++) {
      assertTrue(passes("x".repeat(i)));
    }
  }

  @Test
  void whatRatisTellsOfEachAnswerGoesThroughIt() throws ReflectiveOperationException {
    Class.forName(RaftHost.class.getName()); // it sets them
    for (String name : RaftHost.TALKS_OF_ANSWERS) {
      assertNotNull(Logger.getLogger(name).getFilter(), name);
      Class.forName(name); // there is such a one
    }
  }
}
