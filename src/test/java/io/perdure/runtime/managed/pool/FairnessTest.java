package io.perdure.runtime.managed.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function;
import io.perdure.runtime.Running;
import io.perdure.runtime.managed.Conversation.Answer;
import io.perdure.runtime.managed.pool.HandInstances.HandInstance;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Functions that want more than there is, through thousands of random steps. */
@ExtendWith(VertxExtension.class)
class FairnessTest {
  private static final int INSTANCES = 12;
  private static final int MEMORY_MB = 2_000;
  private static final int STARTS = 3;
  private static final int STEPS = 4_000;
  private static final int STEP_MILLIS = 50;

  private final long seed = Long.getLong("perdure.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final List<Load> loads = new ArrayList<>();
  private PoolBench bench;
  private boolean fickle;
  private boolean failed = true;

  /** A function with work that never ends, and an executor that starts what has room. */
  private final class Load {
    final Function function;
    final int concurrency;
    final int callMillis;
    int running;
    int begun;
    int ended;
    long lastEnd = bench.clock.millis();
    long longestWait;
    boolean wants = true;

    Load(long uid, int memoryMb, int concurrency, int callMillis) {
      this.concurrency = concurrency;
      this.callMillis = callMillis;
      this.function =
          bench.function(
              uid,
              spec -> {
                spec.memoryMb = memoryMb;
                spec.timeoutMillis = 3_600_000;
                spec.idleMillis = 5_000;
                return spec;
              });
    }

    void offer() {
      while (wants && running < concurrency && bench.runtime.hasRoom(function)) {
        running++;
        Running attempt = bench.runtime.start(PoolBench.call(function));
        attempt.started().onSuccess(v -> begun++);
        attempt.outcome().onSuccess(v -> ended());
      }
    }

    private void ended() {
      running--;
      ended++;
      long now = bench.clock.millis();
      longestWait = Math.max(longestWait, now - lastEnd);
      lastEnd = now;
      offer();
    }
  }

  @AfterEach
  void replay() {
    if (failed) {
      System.err.println("to replay: -Dperdure.seed=" + seed);
    }
  }

  private void make(Vertx vertx) {
    bench = new PoolBench(vertx, new Room(INSTANCES, MEMORY_MB, STARTS));
    bench.hands.readyAtOnce = false;
    // The executor's listener was set by the bench; here it starts what waits.
    bench.onTold = uid -> loads.get((int) (uid - 1)).offer();
  }

  @Test
  void nobodyStarvesAndNothingIsExceeded(Vertx vertx) {
    make(vertx);
    fickle = true;
    loads.add(new Load(1, 128, 40, 100)); // greedy
    loads.add(new Load(2, 128, 40, 2_000)); // greedy and slow
    loads.add(new Load(3, 256, 4, 500));
    loads.add(new Load(4, 1_500, 2, 1_000)); // needs three quarters of all memory
    loads.add(new Load(5, 64, 1, 50));
    for (int step = 0; step < STEPS; step++) {
      bench.run(this::step);
      bench.advance(STEP_MILLIS);
    }
    for (Load load : loads) {
      String what = "function " + load.function.uid() + " ended " + load.ended;
      assertTrue(load.ended >= 20, what);
      assertTrue(load.longestWait <= 60_000, what + ", waited " + load.longestWait + " ms");
    }
    drain();
    failed = false;
  }

  @Test
  void greedyFunctionsShareAlike(Vertx vertx) {
    make(vertx);
    for (int uid = 1; uid <= 3; uid++) {
      loads.add(new Load(uid, 64, 40, 400));
    }
    bench.run(() -> loads.get(0).offer()); // one of them was there first
    for (int step = 0; step < STEPS; step++) {
      bench.run(this::step);
      bench.advance(STEP_MILLIS);
    }
    int all = loads.stream().mapToInt(load -> load.ended).sum();
    for (Load load : loads) {
      double share = (double) load.ended / all;
      assertTrue(share > 0.2 && share < 0.5, "function " + load.function.uid() + " had " + share);
    }
    drain();
    failed = false;
  }

  /** Some arrive, some instances get ready, some calls end, some processes die. */
  private void step() {
    for (Load load : loads) {
      if (fickle && random.nextInt(50) == 0) {
        load.wants = !load.wants;
        load.lastEnd = bench.clock.millis();
      }
      load.offer();
    }
    int memory = 0;
    int starting = 0;
    for (HandInstance one : bench.hands.alive()) {
      memory += one.blueprint.spec().memoryMb();
      if (!one.ready.future().isComplete()) {
        starting++;
        if (random.nextInt(4) == 0) {
          one.ready.complete();
        }
      } else if (random.nextInt(400) == 0) {
        one.exits(137);
      } else if (!one.calls.isEmpty() && random.nextInt(callMillis(one) / STEP_MILLIS + 1) == 0) {
        one.answer(one.call(), new Answer.Returned(Buffer.buffer()));
      }
    }
    List<HandInstance> alive = bench.hands.alive();
    assertTrue(alive.size() <= INSTANCES, () -> alive.size() + " instances");
    assertTrue(memory <= MEMORY_MB, memory + " MB");
    assertTrue(starting <= STARTS, starting + " starting");
  }

  private int callMillis(HandInstance one) {
    return loads.get((int) one.blueprint.function().uid() - 1).callMillis;
  }

  /** What has begun ends, what waits runs, and the idle ones are ended in time. */
  private void drain() {
    loads.forEach(load -> load.wants = false);
    bench.hands.readyAtOnce = true;
    for (int i = 0; i < 1_000 && loads.stream().anyMatch(load -> load.running > 0); i++) {
      bench.run(
          () -> {
            for (HandInstance one : bench.hands.alive()) {
              one.ready.tryComplete();
              if (!one.calls.isEmpty()) {
                one.answer("");
              }
            }
          });
      bench.advance(STEP_MILLIS);
    }
    for (Load load : loads) {
      assertEquals(0, load.running, "attempts of function " + load.function.uid() + " were lost");
    }
    bench.advance(60_000);
    assertEquals(List.of(), bench.hands.alive());
    assertEquals(0, bench.hands.codesHeld);
    assertEquals(0, bench.hands.placesHeld);
    assertEquals(0, bench.hands.conversationsHeld);
  }
}
