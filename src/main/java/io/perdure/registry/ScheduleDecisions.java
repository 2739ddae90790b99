package io.perdure.registry;

import io.perdure.bus.Done;
import io.perdure.bus.ScheduleMessages.DeleteSchedule;
import io.perdure.bus.ScheduleMessages.NoteSchedules;
import io.perdure.bus.ScheduleMessages.PutSchedule;
import io.perdure.bus.ScheduleMessages.ScheduleChanged;
import io.perdure.bus.ScheduleMessages.SchedulePut;
import io.perdure.cron.Cron;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Schedule;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import java.util.List;

/** Decides commands on schedules; in the manner of {@link NamespaceDecisions}. */
final class ScheduleDecisions {
  /** Whose zone is not told. */
  private static final String ZONE_DEFAULT = "UTC";

  private final Registry registry;
  private final Present present;
  private final RegistryConfig config;

  ScheduleDecisions(Registry registry, RegistryConfig config) {
    this.registry = registry;
    this.present = new Present(registry);
    this.config = config;
  }

  Change<SchedulePut> decide(PutSchedule put, long now) {
    Function function = present.function(put.account(), put.namespace(), put.function());
    ScheduleRules.check(put);
    Schedule before = registry.scheduleView().get(function, put.name());
    requireRevision(put.name(), put.ifRevision(), before);
    String qualifier = qualifier(put, function, before);
    return before == null
        ? create(put, function, qualifier, now)
        : replace(put, before, qualifier, now);
  }

  private Change<SchedulePut> create(
      PutSchedule put, Function function, String qualifier, long now) {
    if (registry.scheduleView().of(function).size() >= config.schedulesMax()) {
      throw Present.full("function '" + function.name() + "'", "schedules", config.schedulesMax());
    }
    Rules.given("cron", put.expression());
    long uid = registry.lastUid() + 1;
    Schedule created =
        new Schedule(
            uid,
            function.account(),
            function.namespace(),
            function.name(),
            function.uid(),
            put.name(),
            put.expression(),
            Cron.parse(put.expression()).toString(),
            given(put.zone(), ZONE_DEFAULT),
            qualifier,
            given(put.message(), ""),
            given(put.enabled(), true),
            given(put.about(), About.NOTHING),
            now,
            now,
            now,
            1);
    return changed(
        stored(created).put(Family.META, RecordKeys.LAST_UID, Keys.number(uid)), created, true);
  }

  private Change<SchedulePut> replace(
      PutSchedule put, Schedule before, String qualifier, long now) {
    String expression = given(put.expression(), before.expression());
    Schedule asked =
        new Schedule(
            before.uid(),
            before.account(),
            before.namespace(),
            before.function(),
            before.functionUid(),
            before.name(),
            expression,
            Cron.parse(expression).toString(),
            given(put.zone(), before.zone()),
            qualifier,
            given(put.message(), before.message()),
            given(put.enabled(), before.enabled()),
            given(put.about(), before.about()),
            before.since(),
            before.createdAt(),
            before.modifiedAt(),
            before.revision());
    if (asked.equals(before)) {
      return Change.none(new SchedulePut(before, false));
    }
    boolean otherTimes =
        !asked.cron().equals(before.cron())
            || !asked.zone().equals(before.zone())
            || asked.enabled() != before.enabled();
    Schedule after = asked.revised(otherTimes ? now : before.since(), now);
    return changed(stored(after), after, false);
  }

  Change<Done> decide(DeleteSchedule delete) {
    Function function = present.function(delete.account(), delete.namespace(), delete.function());
    Schedule before = present.schedule(function, delete.name());
    requireRevision(delete.name(), delete.ifRevision(), before);
    return new Change<>(
        new Batch().delete(Family.REGISTRY, RecordKeys.schedule(before)),
        () -> registry.scheduleView().remove(before),
        List.of(),
        List.of(new ScheduleChanged(before.uid())),
        Done.DONE);
  }

  Change<Done> decide(NoteSchedules note) {
    return new Change<>(
        new Batch().put(Family.META, RecordKeys.SCHEDULES_UNTIL, Keys.number(note.until())),
        () -> registry.scheduleView().lookedAfterUntil(note.until()),
        List.of(),
        Done.DONE);
  }

  private Change<SchedulePut> changed(Batch batch, Schedule after, boolean created) {
    return new Change<>(
        batch,
        () -> {
          registry.scheduleView().put(after);
          registry.lastUid(Math.max(registry.lastUid(), after.uid()));
        },
        List.of(),
        List.of(new ScheduleChanged(after.uid())),
        new SchedulePut(after, created));
  }

  private static Batch stored(Schedule schedule) {
    return new Batch()
        .put(Family.REGISTRY, RecordKeys.schedule(schedule), ScheduleRecords.encode(schedule));
  }

  /** As it would be asked for now: it must exist; one that stays need not. */
  private String qualifier(PutSchedule put, Function function, Schedule before) {
    String asked = put.qualifier();
    if (asked == null) {
      return before == null ? Invocation.LATEST : before.qualifier();
    }
    String qualifier = Functions.isLatest(asked) ? Invocation.LATEST : asked;
    if (registry.resolve(function, qualifier, 0).isEmpty()) {
      throw Present.refused(new Failure.NotFound("qualifier", qualifier));
    }
    return qualifier;
  }

  private static <T> T given(T asked, T otherwise) {
    return asked == null ? otherwise : asked;
  }

  private static void requireRevision(String name, long wanted, Schedule present) {
    Present.requireRevision(
        "schedule", name, wanted, present == null ? null : Long.valueOf(present.revision()));
  }
}
