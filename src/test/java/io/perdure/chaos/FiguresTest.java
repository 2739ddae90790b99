package io.perdure.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.chaos.Op.Kind;
import io.perdure.chaos.Op.Seen;
import io.perdure.invocation.InvocationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final long S = 1_000_000_000L;

  private final List<Op> ops = new ArrayList<>();

  @Test
  void whoTakesASubmitWithoutKeyLeadsItsShard() {
    submit("n1", 0, null, 1);
    submit("n2", 1, null, 1);
    submit("n2", 0, null, 2);
    submit("n3", 0, "key", 3);
    assertEquals(Map.of(0, "n2", 1, "n2"), Owners.at(ops, 9 * S));
    assertEquals(Map.of(0, "n1", 1, "n2"), Owners.at(ops, S));
  }

  @Test
  void aTakeoverEndsWithTheFirstSubmitThatWasSentAfterTheFault() {
    submit("n1", 0, null, 1);
    submit("n2", 0, "key", 5);
    submit("n2", 0, "key", 7);
    assertTrue(figures(2).contains("accepted again after 3.0 s"), figures(2));
  }

  @Test
  void aShardOfAnotherNodeHasGapsAtMost() {
    submit("n2", 1, null, 1);
    submit("n2", 1, null, 3);
    submit("n2", 1, null, 4);
    assertTrue(figures(2).contains("longest gap of another shard 1.00 s"), figures(2));
  }

  private String figures(long killed) {
    Set<String> nodes = Set.of("n1");
    long at = killed * S;
    return new Figures(
            ops,
            List.of(
                new Incident(
                    Fault.KILL_LEADER, nodes, Set.of(), at, at + S, at + 2 * S, at + 2 * S)))
        .text();
  }

  private void submit(String node, int shard, String key, long second) {
    String id = new InvocationId(0x0000000000007000L | shard, 0b10L << 62 | second).toString();
    List<Seen> seen = List.of(new Seen(id, "ENQUEUED", 0));
    ops.add(
        new Op(
            Kind.SUBMIT,
            node,
            second * S - 1,
            second * S,
            1,
            key,
            0,
            null,
            202,
            false,
            seen,
            false,
            null));
  }
}
