package io.perdure.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.bus.DeliveryMessages.DeliveryTold;
import io.perdure.bus.ExecutorMessages.Abandon;
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.bus.ExecutorMessages.GetGate;
import io.perdure.bus.ExecutorMessages.Interrupt;
import io.perdure.bus.ExecutorMessages.Order;
import io.perdure.bus.ExecutorMessages.Revoke;
import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Began;
import io.perdure.bus.ShardMessages.Broke;
import io.perdure.bus.ShardMessages.Released;
import io.perdure.bus.ShardMessages.StopStep;
import io.perdure.bus.ShardMessages.Succeeded;
import io.perdure.bus.ShardMessages.Unrunnable;
import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.Event;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An executor, and deliveries, that do nothing but remember what they were told; a test decides
 * what becomes of it. What it was told is read by the test's thread.
 */
final class ScriptedExecutor extends VerticleBase {
  static final byte[] NOTHING = {};

  private static final Gate IDLE = new Gate(0, 16, 0, false, 0, 64);

  private final Bus bus;
  private final BlockingQueue<Run> runs = new LinkedBlockingQueue<>();
  private final BlockingQueue<Revoke> revokes = new LinkedBlockingQueue<>();
  private final BlockingQueue<Interrupt> interrupts = new LinkedBlockingQueue<>();
  private final BlockingQueue<Deliver> deliveries = new LinkedBlockingQueue<>();
  private final BlockingQueue<Abandon> abandons = new LinkedBlockingQueue<>();
  private volatile boolean releasesRevoked = true;
  private volatile boolean releasesAtOnce;

  ScriptedExecutor(Bus bus) {
    this.bus = bus;
  }

  @Override
  public Future<?> start() {
    return Future.all(
        bus.listen(Addresses.ORDER, this::told),
        bus.listen(Addresses.DELIVER, deliveries::add),
        bus.<GetGate, Gate>serve(Addresses.GATE, ask -> Future.succeededFuture(IDLE)));
  }

  private void told(Order order) {
    if (order instanceof Run run) {
      runs.add(run);
      if (releasesAtOnce) {
        released(run);
      }
    } else if (order instanceof Revoke revoke) {
      revoked(revoke);
    } else if (order instanceof Interrupt interrupt) {
      interrupts.add(interrupt);
    } else if (order instanceof Abandon abandon) {
      abandons.add(abandon);
    }
  }

  private void revoked(Revoke revoke) {
    revokes.add(revoke);
    if (releasesRevoked) {
      bus.send(
          Addresses.ATTEMPT.at(revoke.id().shard()),
          new Released(revoke.id(), revoke.epoch(), revoke.attempt()));
    }
  }

  /** From now on what is taken back is kept until the test lets it go. */
  void keepRevoked() {
    releasesRevoked = false;
  }

  /** From now on everything is given back at once, as when shutting down. */
  void releaseAtOnce() {
    releasesAtOnce = true;
  }

  // ---- what it was told

  /** The next it was handed. */
  Run next() throws InterruptedException {
    return taken(runs, "nothing was handed over");
  }

  /** The next {@code n} it was handed, in order. */
  List<Run> next(int n) throws InterruptedException {
    List<Run> taken = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      taken.add(next());
    }
    return taken;
  }

  /** The next it was handed, which has to be {@code id}. */
  Run next(InvocationId id) throws InterruptedException {
    Run run = next();
    assertEquals(id, run.invocation().id());
    return run;
  }

  /** Handed over and not looked at yet, at this moment. */
  List<Run> handedOver() {
    List<Run> all = new ArrayList<>();
    runs.drainTo(all);
    return all;
  }

  /** The next delivery it was handed. */
  Deliver nextDelivery() throws InterruptedException {
    return taken(deliveries, "no delivery was handed over");
  }

  /** Deliveries handed over and not looked at yet, at this moment. */
  List<Deliver> deliveries() {
    List<Deliver> all = new ArrayList<>();
    deliveries.drainTo(all);
    return all;
  }

  Revoke nextRevoke() throws InterruptedException {
    return taken(revokes, "nothing was taken back");
  }

  Interrupt nextInterrupt() throws InterruptedException {
    return taken(interrupts, "nothing was interrupted");
  }

  Abandon nextAbandon() throws InterruptedException {
    return taken(abandons, "nothing was abandoned");
  }

  List<Interrupt> interrupts() {
    return List.copyOf(interrupts);
  }

  /** Forgets everything, as a new process. */
  void forget() {
    runs.clear();
    revokes.clear();
    deliveries.clear();
    interrupts.clear();
    abandons.clear();
    releasesRevoked = true;
    releasesAtOnce = false;
  }

  private static <T> T taken(BlockingQueue<T> from, String otherwise) throws InterruptedException {
    T next = from.poll(10, TimeUnit.SECONDS);
    assertNotNull(next, otherwise);
    return next;
  }

  // ---- what it answers

  void began(Run run) {
    send(run, new Began(run.invocation().id(), run.epoch(), run.attempt(), "instance-1", null));
  }

  void released(Run run) {
    send(run, new Released(run.invocation().id(), run.epoch(), run.attempt()));
  }

  void unrunnable(Run run) {
    send(
        run,
        new Unrunnable(
            run.invocation().id(), run.epoch(), run.attempt(), "QualifierNotFound", "no alias"));
  }

  void succeeded(Run run, byte[] result) {
    send(
        run,
        new Succeeded(
            run.invocation().id(),
            run.epoch(),
            run.attempt(),
            0,
            null,
            result,
            NOTHING,
            "instance-1"));
  }

  void failed(Run run, RunError.Kind kind) {
    failed(run, kind, 0, NOTHING, NOTHING);
  }

  void failed(Run run, RunError.Kind kind, long retryAfterMillis, byte[] result, byte[] log) {
    send(
        run,
        new Broke(
            run.invocation().id(),
            run.epoch(),
            run.attempt(),
            new RunError(kind, "Test", "made to fail"),
            retryAfterMillis,
            0,
            null,
            result,
            log));
  }

  void stopStep(Run run, Event.Type step) {
    send(run, new StopStep(run.invocation().id(), run.epoch(), run.attempt(), step, "signal 15"));
  }

  void delivered(Deliver of) {
    told(of, new DeliveryOutcome.Succeeded(of.attempt(), "HTTP 200"));
  }

  void undelivered(Deliver of) {
    told(of, new DeliveryOutcome.Failed(of.attempt(), "HTTP 500", false, 0));
  }

  void told(Deliver of, DeliveryOutcome outcome) {
    bus.send(
        Addresses.DELIVERY.at(of.invocation().id().shard()),
        new DeliveryTold(of.invocation().id(), of.epoch(), outcome));
  }

  private void send(Run run, io.perdure.bus.ShardMessages.FromExecutor told) {
    bus.send(Addresses.ATTEMPT.at(run.invocation().id().shard()), told);
  }
}
