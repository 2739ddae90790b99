package io.perdure.shard;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ExecutorMessages.Interrupt;
import io.perdure.bus.ExecutorMessages.Revoke;
import io.perdure.bus.ShardMessages.Stop;
import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Decision;
import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.DeliveryPolicy;
import io.perdure.invocation.DeliveryTerms;
import io.perdure.invocation.Effect;
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
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import io.perdure.store.Meta;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The state of one {@link Opening} of a shard in memory and the decisions on it, from recovery to
 * the first failed commit. Belongs to the shard's thread.
 */
final class Shard implements Commits.Hooks {
  private static final RunError SHUT_DOWN =
      new RunError(RunError.Kind.PLATFORM, "NodeShutdown", "the node is shutting down");

  final ShardConfig config;
  final Clock clock;
  final StoreReader reader;
  final Commits commits;
  final Memory memory;
  final Counters counters;
  final Starts starts;
  final Queues queues;
  final Owed owed;
  final Waiters waiters;
  final Functions functions;
  final Admission admission;
  final InvocationId.Minter minter;
  final Frontier frontier;
  final Bodies bodies;
  final Door door;
  final Attention attention = new Attention();

  /** Whether another node may own it next. */
  final boolean moves;

  private final Bus bus;
  private final Backlog backlog;
  private final ShardMeters meters;
  private final Confirms confirms;
  private final Consumer<Throwable> onFailure;
  private final long epoch;
  private final DeliveryPolicy deliveries;

  /** When the newest of those removed was minted. */
  private long removedThrough;

  /** As far as the batches know of it. */
  private long removedMark;

  Shard(
      ShardStorage storage,
      ShardParts parts,
      ShardMeters meters,
      InvocationId.Minter minter,
      Confirms confirms,
      Context context,
      Consumer<Throwable> onFailure) {
    this.config = parts.config();
    this.clock = parts.clock();
    this.bus = parts.bus();
    this.functions = parts.functions();
    this.backlog = parts.backlog();
    this.admission = parts.admission();
    this.meters = meters;
    this.confirms = confirms;
    this.onFailure = onFailure;
    this.reader = storage.reader();
    this.epoch = storage.epoch();
    this.moves = storage.moves();
    this.door = new Door(config.pendingMax());
    this.minter = minter;
    this.commits =
        new Commits(
            storage.journal(),
            context,
            System::nanoTime,
            moves ? Commits.Pace.REPLICATED : Commits.Pace.LOCAL,
            config.batchBytes(),
            this,
            onFailure);
    this.memory = new Memory(reader, commits);
    this.counters = Recovery.counters(reader);
    this.waiters = new Waiters(clock, config.waitersMax());
    this.starts = new Starts(clock, config.writeDownMillis(), this::write, this::turn);
    this.queues = new Queues(parts, reader, memory, this::turn, epoch);
    this.deliveries = parts.deliveries();
    this.owed = new Owed(bus, clock, this, deliveries);
    this.frontier =
        new Frontier(minter, commits, clock, moves, Recovery.number(reader, Meta.mintedThrough()));
    this.removedThrough = Recovery.number(reader, Meta.removedThrough());
    this.removedMark = removedThrough;
    this.bodies = new Bodies(commits, reader, functions, clock, Recovery.lowWater(reader));
    counters.unfinished(backlog::add);
  }

  long epoch() {
    return epoch;
  }

  // ---- decisions

  /** Decides a stop; answered once it is on disk and nothing can start any more. */
  Future<Invocation> stop(Stop stop) {
    Live entry = memory.load(stop.id());
    if (entry == null) {
      return confirms.confirmed(memory.notFound(stop.id()));
    }
    if (functions.isUnheard(entry.current.functionUid())) {
      return Future.failedFuture(new FailureException(unheard()));
    }
    Promise<Invocation> answer = Promise.promise();
    propose(entry, new Signal.StopRequested(stop.mode(), stop.graceMillis(), stop.by()), answer);
    return answer.future();
  }

  /** Answer to what cannot be decided before its function is known here. */
  static Failure unheard() {
    return new Failure.Unavailable(
        "the function was made a moment ago and is not known here yet", Queues.UNHEARD_MILLIS);
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
    bus.send(Addresses.ORDER, new Revoke(entry.id, epoch, entry.current.attempts() + 1));
  }

  /** Asks for what has not begun and is not to begin any more; but not if a caller waits for it. */
  void takeBack() {
    for (Live entry : memory.all()) {
      if (entry.place == Live.Place.OFFERED
          && entry.current.mode() == Invocation.Mode.ASYNC
          && !entry.takenBack
          && !queues.begins(functionOf(entry))) {
        entry.takenBack = true;
        bus.send(Addresses.ORDER, new Revoke(entry.id, epoch, entry.current.attempts() + 1));
      }
    }
  }

  /** When the last of what runs has to have ended by its time limit; 0 when nothing runs. */
  long lastEnd() {
    long last = 0;
    for (Live entry : memory.all()) {
      Function function = entry.place == Live.Place.RUNNING ? functionOf(entry) : null;
      if (function != null) {
        last = Math.max(last, entry.beganAt + function.timeoutMillis());
      }
    }
    return last;
  }

  /** As it is now; null when it is not known here. */
  private Function functionOf(Live entry) {
    return functions.byUid(entry.current.functionUid(), entry.current.qualifier());
  }

  /** Decides what was waiting for the executor. */
  void unpark(Live entry) {
    entry.unpark().forEach(one -> signal(entry, one.signal(), one.answer()));
  }

  /** Decides that it has waited too long, if that is so; true if it is. */
  boolean expire(Live entry) {
    Function function = functionOf(entry);
    boolean tooOld = Lifecycle.tooOld(entry.current, function, clock.millis());
    if (tooOld) {
      signal(entry, new Signal.EventAgeExceeded(), null);
    }
    return tooOld;
  }

  /** An attempt has begun: known in memory only, until it has run for a while. */
  void started(Live entry, Signal.AttemptStarted signal) {
    Optional<Decision> decision = decide(entry, signal);
    if (decision.isPresent()) {
      entry.current = decision.get().next();
      starts.began(entry);
      waiters.changed(entry.current);
    }
  }

  /** An attempt has ended; of {@code left} is stored what the decision keeps. */
  @SuppressWarnings("ReferenceEquality") // the very reference made for this body
  void ended(Live entry, Signal signal, Attempts.Body... left) {
    Optional<Decision> decision = decide(entry, signal);
    if (decision.isPresent()) {
      Invocation next = decision.get().next();
      for (Attempts.Body body : left) {
        BodyRef kept = body.family() == Family.LOG ? next.log() : next.result();
        if (kept == body.ref() && !kept.isEmpty() && kept.isKept()) {
          bodies.store(body.family(), next.id(), kept, body.bytes());
        }
      }
      carryOn(entry, decision.get(), null);
    }
    unpark(entry);
  }

  /** Decides and commits; {@code answer} may be null. */
  void signal(Live entry, Signal signal, Promise<Invocation> answer) {
    Optional<Decision> decision = decide(entry, signal);
    if (decision.isPresent()) {
      carryOn(entry, decision.get(), answer);
    } else if (answer != null) {
      refuse(entry, answer);
    }
  }

  private Optional<Decision> decide(Live entry, Signal signal) {
    Function function = functionOf(entry);
    PlatformBudget budget = PlatformBudget.of(function);
    DeliveryTerms terms =
        functions
            .settings(entry.current.functionUid(), entry.current.qualifier())
            .map(settings -> new DeliveryTerms(settings, deliveries))
            .orElse(DeliveryTerms.NONE);
    return Lifecycle.decide(entry.current, signal, function, terms, budget, clock.millis());
  }

  /** An attempt to deliver its outcome has ended; false when it is not the present one. */
  boolean delivered(Live entry, DeliveryOutcome outcome) {
    Invocation now = entry.current;
    Function function = functions.byUid(now.functionUid(), now.qualifier());
    Optional<Decision> decision =
        Lifecycle.delivered(now, outcome, function, deliveries, clock.millis());
    decision.ifPresent(decided -> carryOn(entry, decided, null));
    return decision.isPresent();
  }

  private void carryOn(Live entry, Decision decision, Promise<Invocation> answer) {
    Status before = entry.current.status();
    Invocation next = decision.next();
    entry.current =
        next.status().terminal() ? bodies.readableUntil(next, next.attentionAt()) : next;
    write(entry);
    if (entry.current.status().terminal() && !before.terminal()) {
      backlog.add(entry.current.functionUid(), entry.current.account(), -1);
    }
    Invocation decided = entry.current;
    List<Effect> effects = decision.effects();
    commits.after(entry.batch, () -> carryOut(entry, decided, effects));
    if (answer != null) {
      commits.answer(entry.batch, answer, () -> decided);
    }
  }

  /** What is asked for is not possible, or is so already; told once that is committed. */
  private void refuse(Live entry, Promise<Invocation> answer) {
    Future<Invocation> refusal =
        memory
            .committed(entry)
            .compose(
                now ->
                    now.status() == Status.STOPPED
                        ? Future.succeededFuture(now)
                        : Future.failedFuture(
                            new FailureException(
                                new Failure.Conflict(
                                    "invocation "
                                        + now.id()
                                        + " is "
                                        + now.status()
                                        + " already"))));
    confirms.confirmed(refusal).onComplete(answer);
  }

  private void carryOut(Live entry, Invocation decided, List<Effect> effects) {
    for (Effect effect : effects) {
      if (effect instanceof Effect.Interrupt i) {
        bus.send(
            Addresses.ORDER,
            new Interrupt(i.id(), i.epoch(), i.attempt(), i.mode(), i.graceMillis()));
      } else if (effect instanceof Effect.Ended) {
        meters.ended(decided);
      } else if (effect instanceof Effect.Deliver) {
        owed.owes(decided);
      }
      if (decided.delivery() != null) {
        meters.delivery(effect, decided.delivery());
      }
    }
    placed(entry);
    waiters.changed(decided);
  }

  /** Sees to what waits and is committed so: it is handed over, or left to the index. */
  void placed(Live entry) {
    boolean home = entry.place == Live.Place.HOME;
    if (!home || !entry.current.status().waiting() || !memory.isCommitted(entry)) {
      return;
    }
    if (functions.isDeleted(entry.current.functionUid())) {
      signal(entry, new Signal.FunctionDeleted("the function was deleted"), null);
    } else if (entry.current.mode() == Invocation.Mode.SYNC && !admission.startsAttempts()) {
      signal(
          entry,
          new Signal.PlatformFailed(epoch, entry.current.attempts() + 1, SHUT_DOWN, 0),
          null);
    } else {
      queues.waiting(entry);
    }
  }

  // ---- memory and commits

  /** Puts the entry as it is now into the batch being built. */
  void write(Live entry) {
    Changes.apply(entry.written, entry.current, commits.batch());
    counters.change(entry.written, entry.current);
    attention.written(entry.current.attentionAt());
    entry.written = entry.current;
    memory.changed(entry);
    starts.written(entry, entry.batch);
  }

  /** Puts {@code next}, which differs in bodies and times only, in the place of the entry. */
  void rewrite(Live entry, Invocation next) {
    if (!next.equals(entry.current)) {
      entry.current = next;
      write(entry);
      commits.after(entry.batch, () -> placed(entry));
    }
  }

  /** Whether its retention is over by now, and nothing keeps it beyond. */
  boolean isOver(Live entry) {
    return !entry.current.isKeptAt(clock.millis()) && !entry.current.owes();
  }

  /** Puts the removal of an ended invocation into the batch being built. */
  void remove(Live entry) {
    Changes.apply(entry.written, null, commits.batch());
    counters.change(entry.written, null);
    removedThrough = Math.max(removedThrough, entry.id.millis());
    entry.place = Live.Place.GONE;
    memory.changed(entry);
  }

  @Override
  public void beforeFlush(Batch batch) {
    if (removedThrough > removedMark) {
      removedMark = removedThrough;
      batch.put(Family.META, Meta.removedThrough(), Keys.number(removedMark));
    }
    counters.flushTo(batch);
    attention.flushed();
  }

  @Override
  public void committed() {
    counters.committed();
    starts.committed(commits.committed());
    attention.committed();
  }

  @Override
  public void afterCommit() {
    memory.committed();
    meters.observe(queues, counters, memory.size(), clock);
  }

  /** Runs what a timer called for: a store that cannot be read fails the shard. */
  void turn(Runnable task) {
    try {
      task.run();
    } catch (StoreException e) {
      failed(e);
    }
  }

  private void failed(Throwable cause) {
    onFailure.accept(cause);
  }

  /** As {@link Memory#committed(Live)}, for an answer to a command that changes nothing. */
  Future<Invocation> existing(Live entry) {
    return confirms.confirmed(memory.committed(entry));
  }

  /**
   * Ends this opening: nothing is handed over or written any more, memory is of no use.
   *
   * @param undecided answer to those of whose requests nothing can have come into force
   * @param unknown answer to those whose changes may be committed or not
   */
  void close(Failure undecided, Failure unknown) {
    commits.breakOff(undecided, unknown);
    door.close(undecided);
    queues.close();
    owed.close();
    starts.close();
    waiters.failAll(undecided);
    memory.close(undecided);
    counters.unfinished((function, account, n) -> backlog.add(function, account, -n));
  }
}
