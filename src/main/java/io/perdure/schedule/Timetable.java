package io.perdure.schedule;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.perdure.invocation.Schedule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The schedules that fire, and which of them is next. Times are milliseconds since the epoch. One
 * thread.
 */
final class Timetable {
  private static final System.Logger LOG = System.getLogger(Timetable.class.getName());

  private final long lateMillis;
  private final Map<Long, Planned> planned = new HashMap<>();

  /** Those that are not being submitted. */
  private final TreeSet<Planned> waiting = new TreeSet<>(Planned.ORDER);

  /**
   * With nothing in it.
   *
   * @param lateMillis how late a firing may be
   */
  Timetable(long lateMillis) {
    this.lateMillis = lateMillis;
  }

  /** How many there are, those that are being submitted included. */
  int size() {
    return planned.size();
  }

  /** When there is something to do for the first of those that wait, else never. */
  long firstAt() {
    return waiting.isEmpty() ? Long.MAX_VALUE : waiting.first().wakeAt();
  }

  /** Takes the first of those that wait, to be submitted or skipped. */
  Planned takeFirst() {
    return waiting.pollFirst();
  }

  /** What was planned, be it nothing any more; null when it is not to fire. */
  Planned plan(Schedule schedule, long now) {
    Planned known = planned.get(schedule.uid());
    if (!schedule.enabled()) {
      drop(known);
      return null;
    }
    try {
      if (known != null) {
        waiting.remove(known);
        known.become(schedule);
      } else {
        known = new Planned(schedule, oldest(now));
        planned.put(schedule.uid(), known);
      }
    } catch (RuntimeException e) {
      LOG.log(
          ERROR,
          "schedule '" + schedule.name() + "', uid " + schedule.uid() + ", cannot be fired",
          e);
      drop(known);
      return null;
    }
    if (!known.flying()) {
      await(known, now);
    }
    return known;
  }

  /** Everything up to then is too late to be fired. */
  long oldest(long now) {
    return now - lateMillis - 1;
  }

  /** To be fired at its next time; one without is given up, it may be changed later. */
  private void await(Planned entry, long now) {
    if (entry.plan(now)) {
      waiting.add(entry);
    } else {
      LOG.log(INFO, entry + " does not fire any more");
      drop(entry);
    }
  }

  /** It does not fire any more; null for none. */
  void drop(Planned entry) {
    if (entry != null) {
      waiting.remove(entry);
      planned.remove(entry.schedule().uid(), entry);
      entry.end();
    }
  }

  /** Forgets the one with that uid, if there is one. */
  void drop(long uid) {
    drop(planned.get(uid));
  }

  /** Forgets all of them. */
  void clear() {
    List.copyOf(planned.values()).forEach(this::drop);
  }

  /**
   * Times are found anew from here: some are waited for that may be years ahead. Those that were
   * fired before are known by their keys.
   */
  void clockWasPutBack(long now) {
    for (Planned entry : List.copyOf(waiting)) {
      waiting.remove(entry);
      entry.handledUpTo(oldest(now));
      await(entry, now);
    }
  }

  /** It is too late for {@code entry}, which was taken: its first time that is not is next. */
  void skip(Planned entry, long now) {
    entry.handledUpTo(oldest(now));
    await(entry, now);
  }

  /** The same time is tried again at {@code at}, unless it has ended meanwhile. */
  void repeatAt(Planned entry, long at) {
    if (!entry.ended()) {
      entry.repeatAt(at);
      waiting.add(entry);
    }
  }

  /** To its next time, unless it has ended meanwhile. */
  void goOn(Planned entry, long now) {
    if (!entry.ended()) {
      boolean putBack = entry.next() > now + lateMillis; // meanwhile: not to be waited for
      entry.handledUpTo(putBack ? now : entry.next());
      await(entry, now);
    }
  }
}
