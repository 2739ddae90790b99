package io.perdure.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.invocation.DeliveryPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whose turn it is. */
class LanesTest {
  private final List<Deliver> started = new ArrayList<>();
  private final Lanes lanes = new Lanes(new DeliveryPolicy(1, 1, 1, 1, 2, 3), started::add);

  private void add(String address, int n) {
    for (int i = 0; i < n; i++) {
      lanes.add(Outcomes.toAddress(address));
    }
  }

  private Map<String, Integer> running() {
    Map<String, Integer> counts = new HashMap<>();
    started.forEach(one -> counts.merge(Outcomes.address(one), 1, Integer::sum));
    return counts;
  }

  private void end(String address) {
    Deliver ended =
        started.stream().filter(one -> Outcomes.address(one).equals(address)).findFirst().get();
    started.remove(ended);
    lanes.ended(ended);
  }

  @Test
  void oneDestinationHasItsLimit() {
    add("a", 5);
    assertEquals(Map.of("a", 2), running());
    end("a");
    assertEquals(Map.of("a", 2), running());
  }

  @Test
  void destinationThatIsStuckHoldsUpNoOther() {
    add("a", 9);
    add("b", 9);
    add("c", 2);
    assertEquals(Map.of("a", 2, "b", 1, "c", 1), running());
    end("c");
    assertEquals(Map.of("a", 2, "b", 1, "c", 1), running());
    end("c");
    assertEquals(Map.of("a", 2, "b", 1), running());
  }

  @Test
  void roomThatIsLeftIsGivenToThoseThatWaitForIt() {
    add("a", 2);
    add("b", 3);
    assertEquals(Map.of("a", 2, "b", 1), running());
    end("a");
    assertEquals(Map.of("a", 1, "b", 2), running());
  }

  @Test
  void everyOneHasItsTurnWhateverTheOrderOfEnds() {
    Random random = new Random(5);
    int ended = 0;
    int added = 0;
    while (ended < 2_000) {
      if (added < 2_000 && random.nextBoolean()) {
        add("t" + random.nextInt(6), 1);
        added++;
      } else if (!started.isEmpty()) {
        end(Outcomes.address(started.get(random.nextInt(started.size()))));
        ended++;
      }
      running().forEach((to, count) -> assertTrue(count <= 2, to + " has " + count));
      assertEquals(started.size(), lanes.running());
      assertEquals(added - ended - started.size(), lanes.waiting());
      assertTrue(lanes.waiting() == 0 || lanes.running() >= Math.min(3, 1), "all stand still");
    }
  }
}
