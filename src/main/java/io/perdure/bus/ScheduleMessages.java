package io.perdure.bus;

import io.perdure.invocation.About;
import io.perdure.invocation.Schedule;
import java.util.List;

/** What the registry is asked about schedules; and the topic on which it tells of changes. */
public final class ScheduleMessages {
  private ScheduleMessages() {}

  /** Sent to, answered by or published by the registry. */
  public sealed interface OfSchedules extends Message {}

  /**
   * Creates a schedule or changes it. What is null stays as it is; a new schedule must have an
   * expression, and has {@code UTC}, the latest, no message, enabled and nothing told else.
   *
   * <p>Fails as invalid ({@code cron}, {@code zone}, ...), too large ({@code message}), not found
   * (namespace, function, qualifier), precondition, or conflict when the function has all the
   * schedules it may have.
   *
   * @param ifRevision only if that is the present revision; 0 for any, -1 for "must not exist"
   */
  public record PutSchedule(
      String account,
      String namespace,
      String function,
      String name,
      String expression,
      String zone,
      String qualifier,
      String message,
      Boolean enabled,
      About about,
      long ifRevision)
      implements OfSchedules {}

  /** Answer to {@link PutSchedule}. */
  public record SchedulePut(Schedule schedule, boolean created) implements OfSchedules {}

  /** What has been fired goes on. */
  public record DeleteSchedule(
      String account, String namespace, String function, String name, long ifRevision)
      implements OfSchedules {}

  /** Answered by {@link ScheduleFound}; fails as not found. */
  public record GetSchedule(String account, String namespace, String function, String name)
      implements OfSchedules, Repeatable {}

  /** Answer to {@link GetSchedule}. */
  public record ScheduleFound(Schedule schedule) implements OfSchedules {}

  /** Of a function, by name, after {@code after} (null for the start), at most 1 to 1000. */
  public record ListSchedules(
      String account, String namespace, String function, String after, int limit)
      implements OfSchedules, Repeatable {}

  /** Answer to {@link ListSchedules}. */
  public record SchedulesListed(List<Schedule> schedules, boolean more) implements OfSchedules {}

  /** Notes until when all schedules have been looked after, milliseconds since the epoch. */
  public record NoteSchedules(long until) implements OfSchedules, Repeatable {}

  /** Published after a change is committed and visible, the end of a schedule included. */
  public record ScheduleChanged(long scheduleUid) implements OfSchedules {}
}
