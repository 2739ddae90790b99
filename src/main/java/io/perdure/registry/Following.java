package io.perdure.registry;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.ScheduleMessages.ScheduleChanged;
import io.perdure.invocation.Function;
import io.perdure.invocation.Schedule;
import io.perdure.journal.Batch;
import io.perdure.store.StoreReader;
import java.util.HashSet;
import java.util.Set;

/**
 * Keeps a {@link Registry} as this node's replica is, and tells this node of what changes. The
 * view's one writer on a node of a cluster, be it the registry's owner or not: so it is the same
 * everywhere, and what a deposed owner had in mind is in nobody's way. Thread: whoever applies the
 * batches, so that a commit is seen when it completes.
 */
final class Following {
  private static final System.Logger LOG = System.getLogger(Following.class.getName());

  private final Registry registry;
  private final StoreReader replica;
  private final Bus bus;

  /** Guarded by this. */
  private boolean begun;

  /** Guarded by this: why nothing more is shown, null while all is well. */
  private String broken;

  Following(Registry registry, StoreReader replica, Bus bus) {
    this.registry = registry;
    this.replica = replica;
    this.bus = bus;
  }

  /** Reads the replica; blocks. What was applied before is in it, all else is told of. */
  synchronized void begin() {
    RegistryReader.read(replica, registry);
    begun = true;
  }

  /** Shows and tells what {@code batch} changes. */
  synchronized void applied(Batch batch, long index) {
    if (!begun || broken != null || index <= registry.through()) {
      return;
    }
    try {
      BatchView view = BatchView.show(batch, registry);
      registry.through(index);
      view.told().forEach(told -> bus.publish(Addresses.FUNCTION_CHANGED, told));
      view.schedules().forEach(told -> bus.publish(Addresses.SCHEDULE_CHANGED, told));
    } catch (RuntimeException e) {
      stop("change " + index + " of the registry cannot be followed", e);
    }
  }

  /** Reads the replica anew, and tells of everything: what has changed meanwhile is not known. */
  synchronized void replaced() {
    if (!begun) {
      return;
    }
    try {
      Registry next = new Registry();
      RegistryReader.read(replica, next);
      Set<Long> schedules = new HashSet<>();
      registry.scheduleView().all().forEach(before -> schedules.add(before.uid()));
      for (Function gone : registry.become(next)) {
        bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(gone.uid(), true));
      }
      for (Function present : registry.all()) {
        bus.publish(Addresses.FUNCTION_CHANGED, new FunctionChanged(present.uid(), false));
      }
      for (Schedule present : registry.scheduleView().all()) {
        schedules.add(present.uid());
      }
      schedules.forEach(uid -> bus.publish(Addresses.SCHEDULE_CHANGED, new ScheduleChanged(uid)));
      broken = null;
      LOG.log(INFO, "registry read anew: functions " + registry.size());
    } catch (RuntimeException e) {
      stop("the registry cannot be read", e);
    }
  }

  /** The node falls behind from here on, and loses the right to tell of functions with that. */
  private void stop(String what, RuntimeException e) {
    broken = what + ": " + e.getMessage();
    LOG.log(ERROR, broken + "; this node does not follow it any more, until a restart", e);
  }
}
