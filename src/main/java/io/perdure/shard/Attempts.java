package io.perdure.shard;

import static java.lang.System.Logger.Level.INFO;

import io.perdure.bus.ShardMessages.Began;
import io.perdure.bus.ShardMessages.Broke;
import io.perdure.bus.ShardMessages.FromExecutor;
import io.perdure.bus.ShardMessages.Released;
import io.perdure.bus.ShardMessages.StopStep;
import io.perdure.bus.ShardMessages.Succeeded;
import io.perdure.bus.ShardMessages.Unrunnable;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Signal;
import io.perdure.journal.Family;

/** Takes in what the executor tells of what it was handed. Belongs to the shard's thread. */
final class Attempts {
  private static final System.Logger LOG = System.getLogger(Attempts.class.getName());

  private final Shard shard;
  private final long epoch;

  Attempts(Shard shard, long epoch) {
    this.shard = shard;
    this.epoch = epoch;
  }

  /** What became of an attempt; what another attempt than the present one tells is refused. */
  void told(FromExecutor told) {
    Live entry = shard.memory.get(told.id());
    if (entry == null || !isExpected(entry, told)) {
      LOG.log(
          INFO,
          "{0} of attempt {1} of {2} is fenced, ignored",
          told.getClass().getSimpleName(),
          told.attempt(),
          told.id());
    } else if (told instanceof Began began) {
      began(entry, began);
    } else if (told instanceof Released) {
      released(entry);
    } else if (told instanceof Unrunnable unrunnable) {
      home(entry);
      shard.ended(entry, new Signal.FunctionDeleted(unrunnable.type(), unrunnable.detail()));
    } else if (told instanceof Succeeded succeeded) {
      succeeded(entry, succeeded);
    } else if (told instanceof Broke broke) {
      broke(entry, broke);
    } else if (told instanceof StopStep step) {
      shard.signal(
          entry,
          new Signal.StopProgressed(epoch, step.attempt(), step.step(), step.detail()),
          null);
    }
  }

  /** True when it comes from what the executor has at present, and can follow upon that. */
  private boolean isExpected(Live entry, FromExecutor told) {
    boolean offered = entry.place == Live.Place.OFFERED;
    int attempt = entry.current.attempts() + (offered ? 1 : 0);
    if (told.epoch() != epoch || told.attempt() != attempt) {
      return false;
    }
    if (told instanceof Began || told instanceof Released || told instanceof Unrunnable) {
      return offered;
    }
    boolean couldNotStart =
        told instanceof Broke broke && broke.error().kind() == RunError.Kind.PLATFORM;
    return entry.place == Live.Place.RUNNING || (offered && couldNotStart);
  }

  private void began(Live entry, Began began) {
    home(entry);
    entry.place = Live.Place.RUNNING;
    entry.beganAt = shard.clock.millis();
    shard.started(
        entry,
        new Signal.AttemptStarted(
            epoch, began.attempt(), began.instance(), began.version(), began.node()));
    for (Live.Parked one : entry.unpark()) {
      // It was dequeued in time: what only concerns the queue is dropped, a stop goes on.
      if (one.signal() instanceof Signal.StopRequested) {
        shard.signal(entry, one.signal(), one.answer());
      }
    }
  }

  private void released(Live entry) {
    home(entry);
    shard.unpark(entry);
    if (shard.expire(entry)) {
      return;
    }
    // If it was to expire and still waits, the reaper has not seen the last of it.
    shard.attention.again(entry.current.attentionAt());
    shard.placed(entry);
    shard.memory.forget(entry);
  }

  private void succeeded(Live entry, Succeeded told) {
    home(entry);
    BodyRef result = shard.bodies.place(entry.current, told.unkept(), told.result());
    BodyRef log = shard.bodies.place(entry.current, told.log());
    shard.ended(
        entry,
        new Signal.AttemptSucceeded(epoch, told.attempt(), told.memoryBytes(), result, log),
        new Body(Family.RESULT, result, told.result()),
        new Body(Family.LOG, log, told.log()));
  }

  private void broke(Live entry, Broke told) {
    home(entry);
    if (told.error().kind() == RunError.Kind.PLATFORM) {
      shard.ended(
          entry,
          new Signal.PlatformFailed(epoch, told.attempt(), told.error(), told.retryAfterMillis()));
      return;
    }
    BodyRef result = shard.bodies.place(entry.current, told.unkept(), told.result());
    BodyRef log = shard.bodies.place(entry.current, told.log());
    shard.ended(
        entry,
        new Signal.AttemptFailed(
            epoch,
            told.attempt(),
            told.error(),
            told.retryAfterMillis(),
            told.memoryBytes(),
            result,
            log),
        new Body(Family.RESULT, result, told.result()),
        new Body(Family.LOG, log, told.log()));
  }

  private void home(Live entry) {
    if (entry.place == Live.Place.OFFERED) {
      shard.queues.left(entry);
    }
    entry.place = Live.Place.HOME;
  }

  /** What an attempt left, and where it goes if the decision keeps it. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Body(Family family, BodyRef ref, byte[] bytes) {}
}
