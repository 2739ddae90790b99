package io.perdure.runtime.managed.pool;

import static io.perdure.runtime.Attempts.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Done;
import io.perdure.bus.InstanceMessages.Instance;
import io.perdure.bus.InstanceMessages.ListInstances;
import io.perdure.bus.InstanceMessages.Retire;
import io.perdure.bus.InstanceMessages.Warm;
import io.perdure.bus.InstanceMessages.Warmed;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Attempts;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class InstancesVerticleTest {
  private PoolBench bench;
  private Bus bus;

  @BeforeEach
  void deploy(Vertx vertx) throws Exception {
    bus = Bus.install(vertx);
    bench = new PoolBench(vertx, new Room(8, 4096, 4));
    await(vertx.deployVerticle(new InstancesVerticle(bus, bench.functions, bench.runtime, null)));
  }

  @Test
  void instancesAreShownAsTheyAre() throws Exception {
    bench.start(bench.function(1));
    bench.start(bench.function(2));
    Instance one = list(1).get(0);
    assertEquals(1, list(1).size());
    assertEquals("busy", one.state());
    assertEquals("LATEST", one.version());
    assertEquals(1, one.running());
    assertEquals(0, one.served());
    assertEquals(PoolBench.NOW, one.startedAt());
    bench.run(() -> bench.hands.all.get(0).answer(""));
    assertEquals("idle", list(1).get(0).state());
    assertEquals(1, list(1).get(0).served());
    assertEquals(PoolBench.NOW, list(1).get(0).idleSince());
  }

  @Test
  void instancesAreStartedAheadAndEnded() throws Exception {
    bench.function(1);
    assertEquals(new Warmed(2, null), warm(1, "LATEST"));
    assertEquals(2, list(1).size());
    assertEquals(Done.DONE, await(bus.request(Addresses.RETIRE, new Retire(1))));
    assertEquals(List.of(), list(1));
  }

  @Test
  void changedFunctionIsHeardOf() throws Exception {
    bench.function(1);
    warm(1, "LATEST");
    bench.functions.latest.remove(1L);
    bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(1, true));
    for (int i = 0; i < 1000 && !list(1).isEmpty(); i++) {
      bench.run(() -> {});
    }
    assertEquals(List.of(), list(1));
  }

  @Test
  void whatCannotBeWarmedIsRefused() {
    assertInstanceOf(Failure.NotFound.class, refused(1, "LATEST"));
    bench.function(1);
    assertInstanceOf(Failure.NotFound.class, refused(1, "7"));
    RuntimeSpec http = new RuntimeSpec.Http("http://x");
    bench.functions.latest.put(2L, Attempts.function(2, "fn2", http));
    assertInstanceOf(Failure.Conflict.class, refused(2, "LATEST"));
    assertTrue(bench.hands.all.isEmpty());
  }

  private Warmed warm(long function, String qualifier) throws Exception {
    return await(bus.request(Addresses.WARM, new Warm(function, qualifier, 2)));
  }

  private Failure refused(long function, String qualifier) {
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> warm(function, qualifier));
    return assertInstanceOf(FailureException.class, refused.getCause()).failure();
  }

  private List<Instance> list(long function) throws Exception {
    return await(bus.request(Addresses.LIST_INSTANCES, new ListInstances(function))).instances();
  }
}
