package io.perdure.registry;

import io.perdure.bus.ScheduleMessages.SchedulesListed;
import io.perdure.invocation.Function;
import io.perdure.invocation.Schedule;
import io.perdure.invocation.Schedules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The schedules. Read from any thread; changed by the registry's writer alone. */
final class ScheduleView implements Schedules {
  private final Map<Long, Schedule> byUid = new ConcurrentHashMap<>();

  /** The same ones: by the uid of the function, then by name. */
  private final Map<Long, NavigableMap<String, Schedule>> byFunction = new ConcurrentHashMap<>();

  private volatile long lookedAfterUntil;

  @Override
  public Schedule byUid(long uid) {
    return byUid.get(uid);
  }

  @Override
  public long lookedAfterUntil() {
    return lookedAfterUntil;
  }

  @Override
  public Collection<Schedule> all() {
    return Collections.unmodifiableCollection(byUid.values());
  }

  /** Or null. */
  Schedule get(Function function, String name) {
    return named(function).get(name);
  }

  /** Of a function, by name. */
  Collection<Schedule> of(Function function) {
    return named(function).values();
  }

  /** By name, after {@code after}, which may be null. */
  SchedulesListed list(Function function, String after, int limit) {
    List<Schedule> found = new ArrayList<>();
    for (Schedule schedule : named(function).tailMap(after == null ? "" : after, false).values()) {
      if (found.size() == limit) {
        return new SchedulesListed(List.copyOf(found), true);
      }
      found.add(schedule);
    }
    return new SchedulesListed(List.copyOf(found), false);
  }

  private NavigableMap<String, Schedule> named(Function function) {
    return byFunction.getOrDefault(function.uid(), Collections.emptyNavigableMap());
  }

  // What follows is for the writer.

  void lookedAfterUntil(long millis) {
    lookedAfterUntil = millis;
  }

  void put(Schedule schedule) {
    byUid.put(schedule.uid(), schedule);
    byFunction
        .computeIfAbsent(schedule.functionUid(), uid -> new ConcurrentSkipListMap<>())
        .put(schedule.name(), schedule);
  }

  void remove(Schedule schedule) {
    byUid.remove(schedule.uid());
    byFunction.computeIfPresent(
        schedule.functionUid(),
        (uid, named) -> {
          named.remove(schedule.name());
          return named.isEmpty() ? null : named;
        });
  }

  /** All of a function that is gone. */
  void remove(Function function) {
    Map<String, Schedule> gone = byFunction.remove(function.uid());
    if (gone != null) {
      gone.values().forEach(schedule -> byUid.remove(schedule.uid()));
    }
  }

  void become(ScheduleView other) {
    Registry.become(byUid, other.byUid);
    Registry.become(byFunction, other.byFunction);
    lookedAfterUntil = other.lookedAfterUntil;
  }
}
