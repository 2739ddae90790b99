package io.perdure.shard;

import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ExecutorMessages.Interrupt;
import io.perdure.bus.ExecutorMessages.Revoke;
import io.perdure.bus.ShardMessages.Began;
import io.perdure.bus.ShardMessages.Broke;
import io.perdure.bus.ShardMessages.FromExecutor;
import io.perdure.bus.ShardMessages.Released;
import io.perdure.bus.ShardMessages.Stop;
import io.perdure.bus.ShardMessages.StopStep;
import io.perdure.bus.ShardMessages.Succeeded;
import io.perdure.invocation.Decision;
import io.perdure.invocation.Effect;
import io.perdure.invocation.Event;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Lifecycle;
import io.perdure.invocation.PlatformBudget;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Signal;
import io.perdure.invocation.Status;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import io.perdure.store.RecordCodec;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One opening of a shard: the state in memory and the decisions on it, from recovery to the first
 * failed commit. Belongs to the shard's thread; {@link ShardVerticle} makes a new one after a
 * failure.
 */
final class Shard implements Queues.Host {
  private static final System.Logger LOG = System.getLogger(Shard.class.getName());

  final ShardConfig config;
  final Clock clock;
  final StoreReader reader;
  final Commits commits;
  final Counters counters;
  final Queues queues;
  final Waiters waiters;
  final Functions functions;
  final InvocationId.Minter minter;
  final Bodies bodies;

  /** Earliest time for attention among what was written since the reaper looked last. */
  long attentionWritten = Long.MAX_VALUE;

  private final Bus bus;
  private final Backlog backlog;
  private final Admission admission;
  private final PlatformBudget budget;
  private final ShardMeters meters;
  private final long epoch;
  private final Map<InvocationId, Live> live = new HashMap<>();
  private final ArrayDeque<Live> touched = new ArrayDeque<>();
  private final ArrayDeque<Live> started = new ArrayDeque<>();
  private Clock.Timer writeDown;

  Shard(
      ShardStorage storage,
      ShardParts parts,
      ShardMeters meters,
      Counters counters,
      InvocationId.Minter minter,
      Context context,
      Consumer<Throwable> onFailure) {
    this.config = parts.config();
    this.clock = parts.clock();
    this.bus = parts.bus();
    this.functions = parts.functions();
    this.backlog = parts.backlog();
    this.admission = parts.admission();
    this.budget = parts.budget();
    this.meters = meters;
    this.reader = storage.reader();
    this.epoch = storage.epoch();
    this.counters = counters;
    this.minter = minter;
    this.waiters = new Waiters(clock, config.waitersMax());
    this.queues = new Queues(config, bus, clock, functions, reader, this, epoch);
    this.commits =
        new Commits(
            storage.journal(),
            context,
            config.batchBytes(),
            counters::flushTo,
            this::afterCommit,
            onFailure);
    this.bodies = new Bodies(commits, reader, functions, clock);
  }

  // ---- what the executor tells

  /** Takes in what became of an attempt; what an old attempt tells is refused. */
  void attempt(FromExecutor told) {
    Live entry = live.get(told.id());
    if (entry == null || told.epoch() != epoch) {
      LOG.log(WARNING, "attempt {0} of {1} is fenced, ignored", told.attempt(), told.id());
      return;
    }
    if (told instanceof Began began) {
      began(entry, began);
    } else if (told instanceof Released) {
      released(entry);
    } else if (told instanceof Succeeded succeeded) {
      ended(entry, succeeded(entry.current, succeeded));
    } else if (told instanceof Broke broke) {
      ended(entry, broke(entry.current, broke));
    } else if (told instanceof StopStep step) {
      signal(
          entry,
          new Signal.StopProgressed(epoch, step.attempt(), step.step(), step.detail()),
          null);
    }
  }

  private void began(Live entry, Began began) {
    if (entry.place != Live.Place.OFFERED) {
      return;
    }
    queues.left(entry);
    entry.place = Live.Place.RUNNING;
    decide(entry, new Signal.AttemptStarted(epoch, began.attempt(), began.instance()))
        .ifPresent(
            decision -> {
              entry.current = decision.next();
              started.add(entry);
              scheduleWriteDown();
              tellWaiters(entry);
            });
    List<Live.Parked> parked = entry.parked;
    entry.parked = List.of();
    for (Live.Parked one : parked) {
      // It was dequeued in time: what only concerns the queue is dropped, a stop goes on.
      if (one.signal() instanceof Signal.StopRequested) {
        signal(entry, one.signal(), one.answer());
      }
    }
  }

  private void released(Live entry) {
    if (entry.place != Live.Place.OFFERED) {
      return;
    }
    queues.left(entry);
    entry.place = Live.Place.HOME;
    List<Live.Parked> parked = entry.parked;
    entry.parked = List.of();
    for (Live.Parked one : parked) {
      signal(entry, one.signal(), one.answer());
    }
    if (entry.current.status().waiting()) {
      if (functions.byUid(entry.current.functionUid()) == null) {
        signal(entry, new Signal.FunctionDeleted("the function was deleted"), null);
      } else {
        queues.returned(entry);
        touched.add(entry);
        evict();
      }
    }
  }

  private Signal succeeded(Invocation of, Succeeded told) {
    return new Signal.AttemptSucceeded(
        epoch,
        told.attempt(),
        bodies.store(Family.RESULT, of, told.result()),
        bodies.store(Family.LOG, of, told.log()));
  }

  private Signal broke(Invocation of, Broke told) {
    if (told.error().kind() == RunError.Kind.PLATFORM) {
      return new Signal.PlatformFailed(
          epoch, told.attempt(), told.error(), told.retryAfterMillis());
    }
    return new Signal.AttemptFailed(
        epoch,
        told.attempt(),
        told.error(),
        told.retryAfterMillis(),
        bodies.store(Family.RESULT, of, told.result()),
        bodies.store(Family.LOG, of, told.log()));
  }

  private void ended(Live entry, Signal signal) {
    if (entry.place == Live.Place.OFFERED) {
      queues.left(entry); // it failed before it began
    }
    entry.place = Live.Place.HOME;
    signal(entry, signal, null);
    List<Live.Parked> parked = entry.parked;
    entry.parked = List.of();
    parked.forEach(one -> signal(entry, one.signal(), one.answer()));
  }

  // ---- stop and other signals

  /** Decides a stop; answered once it is on disk and nothing can start any more. */
  Future<Invocation> stop(Stop stop) {
    Live entry = load(stop.id());
    if (entry == null) {
      return notFound(stop.id());
    }
    if (entry.current.status() == Status.STOPPED) {
      return committed(entry);
    }
    Promise<Invocation> answer = Promise.promise();
    propose(entry, new Signal.StopRequested(stop.mode(), stop.graceMillis(), stop.by()), answer);
    return answer.future();
  }

  /** Decides {@code signal} now, or once the executor has given the invocation back. */
  void propose(Live entry, Signal signal, Promise<Invocation> answer) {
    if (entry.place != Live.Place.OFFERED) {
      signal(entry, signal, answer);
      return;
    }
    boolean parkedBefore =
        entry.parked.stream().anyMatch(one -> one.signal().kind() == signal.kind());
    if (answer == null && parkedBefore) {
      return;
    }
    entry.park(signal, answer);
    bus.send(Addresses.REVOKE, new Revoke(entry.id, epoch, entry.current.attempts() + 1));
  }

  /** Decides and commits; {@code answer} may be null. */
  private void signal(Live entry, Signal signal, Promise<Invocation> answer) {
    Optional<Decision> decision = decide(entry, signal);
    if (decision.isEmpty()) {
      if (answer != null) {
        refuse(entry, answer);
      }
      return;
    }
    Status before = entry.current.status();
    Invocation next = decision.get().next();
    entry.current =
        next.status().terminal() ? bodies.readableUntil(next, next.attentionAt()) : next;
    write(entry);
    if (entry.current.status().terminal() && !before.terminal()) {
      backlog.add(entry.current.functionUid(), entry.current.account(), -1);
    }
    List<Effect> effects = decision.get().effects();
    commits.after(entry.batch, () -> carryOut(entry, effects));
    if (answer != null) {
      Invocation decided = entry.current;
      commits.answer(entry.batch, answer, () -> decided);
    }
  }

  private void refuse(Live entry, Promise<Invocation> answer) {
    if (entry.current.status() == Status.STOPPED) {
      committed(entry).onComplete(answer);
      return;
    }
    answer.fail(
        new FailureException(
            new Failure.Conflict(
                "invocation " + entry.id + " is " + entry.current.status() + " already")));
  }

  private Optional<Decision> decide(Live entry, Signal signal) {
    Function function = functions.byUid(entry.current.functionUid());
    return Lifecycle.decide(entry.current, signal, function, budget, clock.millis());
  }

  private void carryOut(Live entry, List<Effect> effects) {
    for (Effect effect : effects) {
      if (effect instanceof Effect.RunAt) {
        if (entry.place == Live.Place.HOME && entry.current.status().waiting()) {
          queues.waiting(entry);
        }
      } else if (effect instanceof Effect.Interrupt i) {
        bus.send(
            Addresses.INTERRUPT,
            new Interrupt(i.id(), i.epoch(), i.attempt(), i.mode(), i.graceMillis()));
      } else if (effect instanceof Effect.Ended) {
        meters.ended(entry.current);
      }
    }
    tellWaiters(entry);
  }

  // ---- memory and commits

  /** Puts the entry as it is now into the batch being built. */
  void write(Live entry) {
    Changes.apply(entry.written, entry.current, commits.batch());
    counters.change(entry.written, entry.current);
    attentionWritten = Math.min(attentionWritten, entry.current.attentionAt());
    entry.written = entry.current;
    entry.batch = commits.changed();
    adopt(entry);
    touched.add(entry);
  }

  /** Puts the removal of an ended invocation into the batch being built. */
  void remove(Live entry) {
    Changes.apply(entry.written, null, commits.batch());
    counters.change(entry.written, null);
    live.remove(entry.id);
    commits.changed();
  }

  private void afterCommit() {
    evict();
    meters.observe(queues, counters, clock);
  }

  /** Forgets what is committed and neither with the executor nor changed since. */
  private void evict() {
    for (int i = touched.size(); i > 0; i--) {
      Live entry = touched.poll();
      if (entry.batch > commits.committed()) {
        touched.add(entry);
      } else if (entry.place == Live.Place.HOME && entry.parked.isEmpty() && !entry.overlay()) {
        live.remove(entry.id, entry);
      }
    }
  }

  private void scheduleWriteDown() {
    if (writeDown == null && !started.isEmpty()) {
      Live oldest = started.peek();
      writeDown = clock.at(lastStart(oldest) + config.writeDownMillis(), this::writeDown);
    }
  }

  /** Writes down what has run for long enough, so that a restart knows that it may have run. */
  private void writeDown() {
    writeDown = null;
    long ripe = clock.millis() - config.writeDownMillis();
    while (!started.isEmpty()
        && (!isUnwritten(started.peek()) || lastStart(started.peek()) <= ripe)) {
      Live entry = started.poll();
      if (isUnwritten(entry)) {
        write(entry);
      }
    }
    scheduleWriteDown();
  }

  private static boolean isUnwritten(Live entry) {
    return entry.place == Live.Place.RUNNING && entry.overlay();
  }

  private static long lastStart(Live entry) {
    List<Event> events = entry.current.events();
    return events.get(events.size() - 1).at();
  }

  private void tellWaiters(Live entry) {
    waiters.changed(entry.current);
  }

  @Override
  public Live load(InvocationId id) {
    Live entry = live.get(id);
    if (entry != null) {
      return entry;
    }
    byte[] record = reader.get(Family.RECORD, Keys.id(id));
    if (record == null) {
      return null;
    }
    Invocation stored = RecordCodec.decode(record);
    return new Live(stored, stored);
  }

  @Override
  public void adopt(Live entry) {
    live.put(entry.id, entry);
  }

  @Override
  public Live inMemory(InvocationId id) {
    return live.get(id);
  }

  @Override
  public boolean startsAttempts() {
    return admission.startsAttempts();
  }

  /** What is ahead of the store in memory: starts that are not written down. */
  Map<InvocationId, Invocation> overlay() {
    Map<InvocationId, Invocation> overlay = new HashMap<>();
    for (Live entry : live.values()) {
      if (entry.overlay()) {
        overlay.put(entry.id, entry.current);
      }
    }
    return overlay;
  }

  /** The entry's value, once all of it that is decided is committed. */
  Future<Invocation> committed(Live entry) {
    if (entry.batch <= commits.committed()) {
      return Future.succeededFuture(entry.current);
    }
    Promise<Invocation> answer = Promise.promise();
    Invocation decided = entry.current;
    commits.answer(entry.batch, answer, () -> decided);
    return answer.future();
  }

  static <T> Future<T> notFound(InvocationId id) {
    return Future.failedFuture(
        new FailureException(new Failure.NotFound("invocation", id.toString())));
  }

  /** Ends this opening: the executor gives up what it runs for it, memory is of no use any more. */
  void close(Failure why) {
    queues.close();
    if (writeDown != null) {
      writeDown.cancel();
    }
    waiters.failAll(why);
    for (Live entry : live.values()) {
      for (Live.Parked parked : entry.parked) {
        if (parked.answer() != null) {
          parked.answer().tryFail(new FailureException(why));
        }
      }
    }
    counters.unfinished().forEach((uid, n) -> backlog.add(uid, counters.accountOf(uid), -n));
    live.clear();
  }

  long epoch() {
    return epoch;
  }
}
