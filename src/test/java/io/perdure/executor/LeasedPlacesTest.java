package io.perdure.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.LimitMessages.PlacesRenewed;
import io.perdure.bus.LimitMessages.RenewPlaces;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Attempts;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What nodes know of the places that they do not have; homes answer at once. */
class LeasedPlacesTest {
  private static final Function FUNCTION =
      Attempts.function(1, "fn", new RuntimeSpec.Command(List.of("x"), Map.of()), 60_000, 1, false);

  private long nanos;
  private PlaceHome home = new PlaceHome(1, nanos);

  /** All nodes of the cluster, those that have gone included. */
  private Set<String> nodes = Set.of("a", "b");

  private Set<String> present = nodes;

  /** A node with one attempt that waits, or runs once there is a place. */
  private final class Node implements Places.Host {
    final LeasedPlaces places;

    Node(String name) {
      this(name, 1);
    }

    Node(String name, long session) {
      places = new LeasedPlaces(name, session, 1, uid -> 1, () -> nanos, this::ask, this);
    }

    private Future<PlacesRenewed> ask(RenewPlaces report) {
      return home == null
          ? Future.failedFuture(new FailureException(new Failure.Fenced(0, null)))
          : Future.succeededFuture(home.renew(report, uid -> 1, nodes, present, nanos).answer());
    }

    @Override
    public int used(long functionUid) {
      return places.of(FUNCTION);
    }

    @Override
    public int useful(long functionUid) {
      return 1;
    }

    @Override
    public void more(long functionUid) {}

    @Override
    public void lost(long functionUid, int most) {}
  }

  /** All {@code who} tell their homes what they have. */
  private static void renew(Node... who) {
    for (int ticks = 0; ticks < 8; ticks++) {
      for (Node one : who) {
        one.places.tick();
      }
    }
  }

  @Test
  void thereAreNoneWhileAnotherNodeRunsWhatMayRun() {
    Node a = new Node("a");
    Node b = new Node("b");
    renew(a, b);
    a.places.wanted(FUNCTION);
    assertEquals(1, a.places.of(FUNCTION));
    b.places.wanted(FUNCTION);
    assertEquals(0, b.places.of(FUNCTION));
    assertFalse(b.places.uncounted(FUNCTION.uid()));
  }

  @Test
  void itIsNotKnownWhileAHomeHasNotHeardAllNodes() {
    nodes = Set.of("a", "b", "c");
    Node a = new Node("a");
    a.places.wanted(FUNCTION);
    renew(a, new Node("b"));
    assertEquals(0, a.places.of(FUNCTION));
    assertTrue(a.places.uncounted(FUNCTION.uid()));
    nanos += PlaceHome.HELD_NANOS; // c has none any more
    renew(a);
    assertEquals(1, a.places.of(FUNCTION));
    assertFalse(a.places.uncounted(FUNCTION.uid()));
  }

  @Test
  void itIsNotKnownWhatOneThatHasGoneStillRuns() {
    Node a = new Node("a");
    Node b = new Node("b");
    renew(a, b);
    a.places.wanted(FUNCTION);
    present = Set.of("b");
    b.places.wanted(FUNCTION);
    assertEquals(0, b.places.of(FUNCTION));
    assertTrue(b.places.uncounted(FUNCTION.uid()));
    nanos += PlaceHome.HELD_NANOS;
    renew(b);
    assertEquals(1, b.places.of(FUNCTION));
    assertFalse(b.places.uncounted(FUNCTION.uid()));
  }

  @Test
  void norWhatOneRanThatHasBeenStartedAnew() {
    Node before = new Node("a");
    Node b = new Node("b");
    renew(before, b);
    before.places.wanted(FUNCTION);
    Node a = new Node("a", 2);
    renew(a);
    for (Node one : List.of(a, b)) {
      one.places.wanted(FUNCTION);
      assertEquals(0, one.places.of(FUNCTION));
      assertTrue(one.places.uncounted(FUNCTION.uid()));
    }
  }

  @Test
  void whatOthersHaveWhoAreThereIsKnownAgainOnceTheRestIsCounted() {
    Node a = new Node("a");
    Node b = new Node("b");
    Node c = new Node("c");
    nodes = Set.of("a", "b", "c");
    present = Set.of("b", "c");
    renew(a, b, c);
    a.places.wanted(FUNCTION);
    b.places.wanted(FUNCTION);
    c.places.wanted(FUNCTION);
    assertTrue(b.places.uncounted(FUNCTION.uid()));
    assertTrue(c.places.uncounted(FUNCTION.uid())); // though it is not its turn, either
    nanos += PlaceHome.HELD_NANOS;
    renew(b, c);
    assertEquals(1, b.places.of(FUNCTION) + c.places.of(FUNCTION));
    assertFalse(b.places.uncounted(FUNCTION.uid()));
    assertFalse(c.places.uncounted(FUNCTION.uid()));
  }

  @Test
  void itIsNotKnownWhileNoHomeAnswers() {
    Node a = new Node("a");
    Node b = new Node("b");
    renew(a, b);
    a.places.wanted(FUNCTION);
    b.places.wanted(FUNCTION);
    home = null;
    renew(b);
    assertTrue(b.places.uncounted(FUNCTION.uid()));
    assertTrue(new Node("c").places.uncounted(FUNCTION.uid()));
  }
}
