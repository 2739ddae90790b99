package io.perdure.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PresenceTest {
  private static final long START = 1_000_000;

  private final Presence presence = new Presence();

  /** Gone at {@code from}, back a second later. */
  private void breaks(long from) {
    presence.gone("n1", from);
    presence.there("n1", from + 1_000);
  }

  @Test
  void nodeThatWasThereFromTheStartIsSteady() {
    presence.there("n1", START);
    assertTrue(presence.steady("n1", START));
    assertFalse(presence.steady("n2", START));
  }

  @Test
  void nodeThatComesBackHasToStayForAWhile() {
    presence.there("n1", START);
    breaks(START);
    long back = START + 1_000;
    assertFalse(presence.steady("n1", back + Presence.PAUSE_MILLIS - 1));
    assertTrue(presence.steady("n1", back + Presence.PAUSE_MILLIS));
  }

  @Test
  void eachFurtherBreakDoublesThat() {
    breaks(START);
    breaks(START + 2_000);
    long back = START + 3_000;
    assertFalse(presence.steady("n1", back + 2 * Presence.PAUSE_MILLIS - 1));
    assertTrue(presence.steady("n1", back + 2 * Presence.PAUSE_MILLIS));
    for (int i = 2; i < 20; i++) {
      breaks(START + i * 2_000L);
    }
    back = START + 39_000;
    assertFalse(presence.steady("n1", back + Presence.PAUSE_MILLIS_MAX - 1));
    assertTrue(presence.steady("n1", back + Presence.PAUSE_MILLIS_MAX));
  }

  @Test
  void breaksOfLongAgoAreForgotten() {
    breaks(START);
    breaks(START + 2_000);
    long later = START + 3_000 + Presence.FORGET_MILLIS + 1;
    presence.there("n1", later);
    breaks(later);
    assertTrue(presence.steady("n1", later + 1_000 + Presence.PAUSE_MILLIS));
  }

  @Test
  void nodeThatIsNotThereIsNotSteady() {
    presence.there("n1", START);
    presence.gone("n1", START);
    assertFalse(presence.steady("n1", START + 10 * Presence.PAUSE_MILLIS_MAX));
  }

  @Test
  void nodesThatAreNoneAnyMoreAreForgotten() {
    presence.there("n1", START);
    presence.keep(List.of("n2"));
    assertFalse(presence.steady("n1", START));
  }
}
