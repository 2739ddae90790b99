package io.perdure.chaos;

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
  void aTakeoverEndsWithTheFirstSubmitThatWasSentAfterTheFault() {
    submit("n1", 0, null, 1);
    submit("n2", 0, "key", 5);
    submit("n2", 0, "key", 7);
    assertTrue(figures(2).contains("accepted again after 3.0 s"), figures(2));
  }

  @Test
  void aSubmitToAShardOfAnotherNodeIsSlowAtMost() {
    submit("n2", 1, 0.25, null, 1);
    submit("n2", 1, 0.75, null, 3); // nobody asks in between
    submit("n2", 1, 0.5, null, 4);
    assertTrue(figures(2).contains("slowest submit of another shard 0.75 s"), figures(2));
  }

  private String figures(long killed) {
    Set<String> nodes = Set.of("n1");
    Map<Integer, String> owners = Map.of(0, "n1", 1, "n2");
    long at = killed * S;
    return new Figures(
            ops,
            List.of(
                new Incident(
                    Fault.KILL_LEADER,
                    nodes,
                    Set.of(),
                    owners,
                    at,
                    at + S,
                    at + 2 * S,
                    at + 2 * S)))
        .text();
  }

  private void submit(String node, int shard, String key, long second) {
    submit(node, shard, 1e-9, key, second);
  }

  private void submit(String node, int shard, double took, String key, long second) {
    String id = new InvocationId(0x0000000000007000L | shard, 0b10L << 62 | second).toString();
    List<Seen> seen = List.of(new Seen(id, "ENQUEUED", 0));
    ops.add(
        new Op(
            Kind.SUBMIT,
            node,
            second * S - (long) (took * S),
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
