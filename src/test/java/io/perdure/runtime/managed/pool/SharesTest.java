package io.perdure.runtime.managed.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SharesTest {
  private static final long NOW = 1_000;

  private final Shares<One> shares = new Shares<>(new Room(4, 1000, 2));
  private final One a = new One("a", 1, 100, 0);
  private final One b = new One("b", 2, 100, 0);
  private final One c = new One("c", 3, 100, 0);
  private final One large = new One("large", 4, 950, 0);

  /** Compared by identity, as the shares want it. */
  private static final class One implements Shares.Holder {
    private final String name;
    private final long uid;
    private final int memoryMb;
    private final int port;

    One(String name, long uid, int memoryMb, int port) {
      this.name = name;
      this.uid = uid;
      this.memoryMb = memoryMb;
      this.port = port;
    }

    @Override
    public long functionUid() {
      return uid;
    }

    @Override
    public int memoryMb() {
      return memoryMb;
    }

    @Override
    public int port() {
      return port;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private void hold(One one, int instances) {
    for (int i = 0; i < instances; i++) {
      shares.took(one);
      shares.started();
    }
  }

  private void end(One one) {
    shares.leaving(one);
    shares.gone(one);
  }

  @Test
  void countMemoryAndStartsAreLimits() {
    shares.took(a);
    shares.took(a);
    assertFalse(shares.mayStart(a), "two are starting");
    shares.started();
    assertTrue(shares.mayStart(a));
    assertFalse(shares.mayStart(large), "950 MB are too much beside 200");
    shares.started();
    hold(a, 2);
    assertFalse(shares.mayStart(b), "four there are");
    assertEquals(4, shares.instances());
    assertEquals(400, shares.memoryMb());
  }

  @Test
  void nobodyPassesTheFirstInLine() {
    hold(a, 2);
    shares.wants(large, NOW);
    assertFalse(shares.mayStart(b), "what becomes free adds up for the large one");
    assertNull(shares.admit());
    end(a);
    assertNull(shares.admit());
    end(a);
    assertEquals(large, shares.admit());
    assertTrue(shares.mayStart(large));
    shares.served();
    assertTrue(shares.mayStart(b));
  }

  @Test
  void lineIsServedInTheOrderOfArrival() {
    hold(a, 4);
    shares.wants(c, NOW);
    shares.wants(b, NOW + 1);
    shares.wants(c, NOW + 2);
    end(a);
    assertEquals(c, shares.admit());
    shares.took(c);
    shares.served();
    assertNull(shares.admit());
  }

  @Test
  void functionWithLessThanItsShareStandsInFront() {
    hold(a, 3);
    hold(b, 1);
    shares.wants(a, NOW);
    shares.wants(b, NOW + 1);
    end(a);
    assertEquals(b, shares.admit());
  }

  @Test
  void portIsOfOneAtATimeAndWhoWaitsForItKeepsNobodyWaiting() {
    One web = new One("web", 5, 100, 9000);
    One other = new One("other", 6, 100, 9000);
    hold(web, 1);
    assertFalse(shares.mayStart(web));
    shares.wants(other, NOW);
    assertTrue(shares.mayStart(a));
    assertTrue(shares.portIsWanted(web));
    assertFalse(shares.mustYield(web, NOW + Shares.PATIENCE_MILLIS - 1));
    assertTrue(shares.mustYield(web, NOW + Shares.PATIENCE_MILLIS));
    assertFalse(shares.mustYield(a, NOW + Shares.PATIENCE_MILLIS));
    end(web);
    assertEquals(other, shares.admit());
  }

  @Test
  void richFunctionYieldsOnceAnotherHasWaitedLongEnough() {
    hold(a, 3);
    hold(b, 1);
    shares.wants(b, NOW);
    assertFalse(shares.mustYield(a, NOW + Shares.PATIENCE_MILLIS - 1));
    assertTrue(shares.mustYield(a, NOW + Shares.PATIENCE_MILLIS));
    assertFalse(shares.mustYield(b, NOW + Shares.PATIENCE_MILLIS), "it waits itself");
    shares.leaving(a);
    assertFalse(shares.mustYield(a, NOW + Shares.PATIENCE_MILLIS), "one is enough");
  }

  @Test
  void nobodyYieldsToAFunctionThatHasItsShare() {
    hold(a, 2);
    hold(b, 2);
    shares.wants(b, NOW);
    assertFalse(shares.mustYield(a, NOW + 1_000_000));
  }

  @Test
  void nobodyYieldsWhatItWouldWantBackAtOnce() {
    hold(a, 2);
    hold(b, 1);
    hold(c, 1);
    shares.wants(b, NOW);
    assertFalse(shares.mustYield(a, NOW + 1_000_000), "four cannot be divided by three");
  }

  @Test
  void everybodyYieldsToAFunctionThatHasNothing() {
    hold(a, 1);
    hold(b, 1);
    hold(c, 1);
    shares.wants(large, NOW);
    for (One one : new One[] {a, b, c}) {
      assertTrue(shares.mustYield(one, NOW + Shares.PATIENCE_MILLIS));
      shares.leaving(one);
    }
    assertNull(shares.inNeed());
  }

  @Test
  void whatCanNeverFitIsKnown() {
    assertFalse(shares.possible(new One("huge", 9, 1001, 0)));
    assertTrue(shares.possible(large));
  }
}
