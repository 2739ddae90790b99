package io.perdure.schedule;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ScheduleMessages.NoteSchedules;
import io.perdure.bus.ScheduleMessages.ScheduleChanged;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Schedule;
import io.perdure.invocation.Schedules;
import io.perdure.router.Router;
import io.perdure.router.SubmitRequest;
import io.perdure.time.Clock;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Map;

/**
 * Fires every schedule at its times, by submitting. Thread: event loop.
 *
 * <p>What cannot be submitted now is repeated until it is late; a refusal that repeating does not
 * help is logged, once as long as it stays the same, and the next time is waited for.
 */
public final class ScheduleVerticle extends VerticleBase {
  static final long PAUSE_MILLIS = 1_000;
  static final long PAUSE_MILLIS_MAX = 10_000;

  private static final System.Logger LOG = System.getLogger(ScheduleVerticle.class.getName());

  /** How soon it is seen that the clock was put back or forward, in real time. */
  private static final long LOOK_MILLIS = 5_000;

  /** How often it is noted that schedules are looked after. */
  private static final long NOTE_MILLIS = 60_000;

  private final ScheduleConfig config;
  private final long lateMillis;
  private final Schedules schedules;
  private final Functions functions;
  private final Router router;
  private final Bus bus;
  private final Clock clock;
  private final MeterRegistry registry;
  private final Duty duty;
  private final Timetable timetable;

  private ScheduleMeters meters;
  private final Alarm alarm;
  private int inFlight;
  private long lastLook;
  private long lastNote;

  /** Whether it is this node that fires. */
  private boolean active;

  /** Fires {@code schedules} through {@code router} while {@code duty} says so. */
  public ScheduleVerticle(
      ScheduleConfig config,
      Schedules schedules,
      Functions functions,
      Router router,
      Bus bus,
      Clock clock,
      MeterRegistry meters,
      Duty duty) {
    this.config = config;
    this.lateMillis = config.lateMax().toMillis();
    this.schedules = schedules;
    this.functions = functions;
    this.router = router;
    this.bus = bus;
    this.clock = clock;
    this.registry = meters;
    this.duty = duty;
    this.timetable = new Timetable(lateMillis);
    alarm = new Alarm(clock, this::look);
  }

  @Override
  public Future<?> start() {
    meters = new ScheduleMeters(registry);
    return bus.listen(Addresses.SCHEDULE_CHANGED, this::onChange)
        .onSuccess(
            listening -> {
              duty.watch(() -> here(this::begin), () -> here(this::pause));
              vertx.setPeriodic(LOOK_MILLIS, id -> look());
            });
  }

  /** At once on the thread of this verticle, soon on any other. */
  private void here(Runnable task) {
    if (Vertx.currentContext() == context) {
      task.run();
    } else {
      context.runOnContext(none -> task.run());
    }
  }

  @Override
  public Future<?> stop() {
    active = false;
    alarm.clear();
    meters.close();
    return Future.succeededFuture();
  }

  private void begin() {
    if (active) {
      return;
    }
    active = true;
    lastLook = clock.millis();
    begin(schedules.lookedAfterUntil());
    look();
  }

  /** What is being submitted is submitted; whoever fires next is told that it was by its key. */
  private void pause() {
    active = false;
    alarm.clear();
    timetable.clear();
    meters.schedules(0);
  }

  /**
   * Plans everything, and tells what was due while no node ran and is too late now.
   *
   * @param until when they were looked after for sure, 0 for never
   */
  private void begin(long until) {
    Skipped missed = new Skipped(meters, config.lateMax());
    for (Schedule schedule : schedules.all()) {
      Planned entry = timetable.plan(schedule, lastLook);
      if (entry != null && until > 0) {
        // From when the next note would have been made: none that was fired is told as missed.
        missed.add(
            entry, Math.max(until + NOTE_MILLIS, schedule.since()), timetable.oldest(lastLook));
      }
    }
    missed.tell();
  }

  private void onChange(ScheduleChanged changed) {
    if (!active) {
      return;
    }
    Schedule schedule = schedules.byUid(changed.scheduleUid());
    if (schedule == null) {
      timetable.drop(changed.scheduleUid());
    } else {
      timetable.plan(schedule, clock.millis());
    }
    look();
  }

  /** Fires what is due, skips what is late, and waits for what comes next. */
  private void look() {
    if (!active) {
      return;
    }
    long now = clock.millis();
    if (now < lastLook - lateMillis) {
      LOG.log(
          WARNING,
          "the clock was put back by "
              + (lastLook - now)
              + " ms; times of schedules are found anew");
      timetable.clockWasPutBack(now);
    }
    lastLook = now;
    Skipped skipped = new Skipped(meters, config.lateMax());
    while (inFlight < config.inFlightMax() && timetable.firstAt() <= now) {
      Planned entry = timetable.takeFirst();
      if (entry.next() < now - lateMillis) {
        skipped.add(entry, entry.next() - 1, timetable.oldest(now));
        timetable.skip(entry, now);
      } else {
        fire(entry);
      }
    }
    skipped.tell();
    meters.schedules(timetable.size());
    note(now);
    arm();
  }

  /** Looks once more; how many are being submitted then. From any thread; tests wait with it. */
  Future<Integer> looked() {
    Promise<Integer> promise = Promise.promise();
    context.runOnContext(
        none -> {
          look();
          promise.complete(inFlight);
        });
    return promise.future();
  }

  /** So that the next start knows what was missed. */
  private void note(long now) {
    if (timetable.size() == 0 || Math.abs(now - lastNote) < NOTE_MILLIS) {
      return;
    }
    lastNote = now;
    bus.request(Addresses.NOTE_SCHEDULES, new NoteSchedules(now))
        .onFailure(
            e ->
                LOG.log(
                    WARNING,
                    "not noted that schedules are looked after, to be noted in a minute: {0}",
                    e.getMessage()));
  }

  private void arm() {
    boolean full = inFlight >= config.inFlightMax(); // the end of a submit takes the next look
    alarm.set(full ? Long.MAX_VALUE : timetable.firstAt());
  }

  private void fire(Planned entry) {
    Schedule schedule = entry.schedule();
    Function function = functions.byUid(schedule.functionUid());
    if (function == null) {
      timetable.drop(entry); // the news of it is on its way
      return;
    }
    entry.flying(true);
    inFlight++;
    router
        .submit(
            new SubmitRequest(
                schedule.account(),
                schedule.namespace(),
                schedule.function(),
                schedule.qualifier(),
                "timer:" + schedule.uid() + ":" + entry.next(),
                0,
                0,
                Map.of(),
                null,
                Invocation.Origin.SCHEDULE,
                Invocation.Mode.ASYNC,
                null,
                Payloads.of(function.flavour(), schedule, entry.next())))
        // not nested: thousands may be refused at once, each before submit returns
        .onComplete(done -> context.runOnContext(none -> fired(entry, done)));
  }

  private void fired(Planned entry, AsyncResult<Submitted> done) {
    inFlight--;
    entry.flying(false);
    if (!active) {
      return;
    }
    long now = clock.millis();
    if (done.succeeded()) {
      (done.result().created() ? meters.submitted : meters.repeated).increment();
      entry.notes(null);
      timetable.goOn(entry, now);
    } else {
      failed(entry, failureOf(done.cause()), now);
    }
    look();
  }

  private static Failure failureOf(Throwable cause) {
    return cause instanceof FailureException e ? e.failure() : Bus.failure(Addresses.SUBMIT, cause);
  }

  private void failed(Planned entry, Failure failure, long now) {
    switch (failure.kind()) {
      case KEY_REUSED -> { // fired before its message was changed
        meters.repeated.increment();
        timetable.goOn(entry, now);
      }
      case THROTTLED, UNAVAILABLE, FENCED, INTERNAL -> repeat(entry, failure, now);
      case INVALID, TOO_LARGE, NOT_FOUND, CONFLICT, PRECONDITION, REMOVED, SCAN_LIMIT -> {
        meters.refused.increment();
        LOG.log(
            entry.notes(failure.message()) ? WARNING : DEBUG,
            "{0} could not be fired, its next time is waited for: {1}",
            entry,
            failure.message());
        timetable.goOn(entry, now);
      }
    }
  }

  /** Until it is late: then it is skipped, with the reason. */
  private void repeat(Planned entry, Failure failure, long now) {
    long pause = PAUSE_MILLIS << Math.min(entry.failures(), 10);
    long at = now + Math.min(PAUSE_MILLIS_MAX, pause);
    if (at <= entry.next() + lateMillis) {
      LOG.log(DEBUG, "{0} is fired again in a moment: {1}", entry, failure.message());
      timetable.repeatAt(entry, at);
      return;
    }
    meters.skipped.increment();
    LOG.log(
        entry.notes(failure.message()) ? WARNING : DEBUG,
        "{0} was to be fired at {1} and is skipped, since it could not be submitted for {2}: {3}",
        entry,
        Instant.ofEpochMilli(entry.next()),
        config.lateMax(),
        failure.message());
    timetable.goOn(entry, now);
  }
}
