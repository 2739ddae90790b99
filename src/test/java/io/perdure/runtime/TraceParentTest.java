package io.perdure.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
  @Test
  void childKeepsTraceAndFlagsAndHasItsOwnId() {
    String child = TraceParent.child(Attempts.TRACE).orElseThrow();
    assertEquals(Attempts.TRACE.substring(0, 36), child.substring(0, 36));
    assertEquals("-01", child.substring(52));
    assertTrue(child.substring(36, 52).matches("[0-9a-f]{16}"), child);
    assertNotEquals(Attempts.TRACE, child);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {
        "nonsense",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nx: y"
      })
  void whatIsNoTraceIsNotCarriedOn(String received) {
    assertTrue(TraceParent.child(received).isEmpty());
  }
}
