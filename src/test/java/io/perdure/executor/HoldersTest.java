package io.perdure.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Attempts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HoldersTest {
  private final Holders holders = new Holders();

  static Attempt attempt(int number) {
    var spec = new RuntimeSpec.Command(List.of("x"), Map.of());
    var invocation = Attempts.invocation(1, Attempts.function(1, "f", spec));
    return new Attempt(new Run(invocation, 7, number, new byte[0]), new FunctionQueue(1));
  }

  private Attempt held(int number, String host) {
    Attempt attempt = attempt(number);
    attempt.host = host;
    holders.add(attempt);
    return attempt;
  }

  @Test
  void eachIsFoundAgainWhicheverLeavesFirst() {
    List<Attempt> left = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      left.add(held(i, null));
    }
    for (int index : List.of(1, 3, 0, 1, 0)) {
      Attempt gone = left.remove(index);
      holders.remove(gone);
      assertEquals(-1, gone.slot);
      assertEquals(Set.copyOf(left), Set.copyOf(holders.copy()));
      left.forEach(one -> assertEquals(one, holders.copy().get(one.slot)));
    }
    assertTrue(holders.isEmpty());
  }

  @Test
  void aSlotOfAnotherNodeIsNotOneOfThisNode() {
    Attempt away = held(1, "b");
    assertEquals(0, holders.size());
    assertFalse(holders.isEmpty());
    held(2, null);
    holders.guests(2);
    assertEquals(3, holders.size());
    holders.remove(away);
    assertEquals(3, holders.size());
  }

  @Test
  void aNodeThatHasOnlyGuestsIsNotEmpty() {
    holders.guests(1);
    assertFalse(holders.isEmpty());
    assertEquals(List.of(), holders.copy());
    holders.guests(-1);
    assertTrue(holders.isEmpty());
  }
}
