package io.perdure.invocation;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The life cycle once more, written down independently of {@link Transitions}, from the design and
 * the two clouds' documents: for each status and signal the statuses that may follow, the one of a
 * spent budget last; none where the signal is refused.
 */
final class ExpectedTable {
  private static final List<Signal.Kind> COLUMNS =
      List.of(
          Signal.Kind.ATTEMPT_STARTED,
          Signal.Kind.ATTEMPT_SUCCEEDED,
          Signal.Kind.ATTEMPT_FAILED,
          Signal.Kind.PLATFORM_FAILED,
          Signal.Kind.NODE_LOST,
          Signal.Kind.CANCEL_REQUESTED,
          Signal.Kind.GRACEFUL_STOP_REQUESTED,
          Signal.Kind.STOP_PROGRESSED,
          Signal.Kind.EVENT_AGE_EXCEEDED,
          Signal.Kind.FUNCTION_DELETED);

  private static final String TABLE =
      """
                started success   failure         platform        lost            cancel   graceful step     age     deleted
      ENQUEUED  RUNNING -         -               RETRYING|FAILED -               STOPPED  STOPPED  -        EXPIRED INVALID
      RUNNING   -       SUCCEEDED RETRYING|FAILED RETRYING|FAILED RETRYING|FAILED STOPPING RUNNING  RUNNING  -       -
      RETRYING  RUNNING -         -               RETRYING|FAILED -               STOPPED  STOPPED  -        EXPIRED INVALID
      STOPPING  -       STOPPED   STOPPED         STOPPED         STOPPED         STOPPING -        STOPPING -       -
      STOPPED   -       -         -               -               -               -        -        -        -       -
      SUCCEEDED -       -         -               -               -               -        -        -        -       -
      FAILED    -       -         -               -               -               -        -        -        -       -
      EXPIRED   -       -         -               -               -               -        -        -        -       -
      INVALID   -       -         -               -               -               -        -        -        -       -
      """;

  /** Of what its caller waits for. */
  private static final String SYNC_TABLE =
      """
                started success   failure platform lost    cancel   graceful step     age deleted
      ENQUEUED  RUNNING -         -       FAILED   FAILED  STOPPED  STOPPED  -        -   INVALID
      RUNNING   -       SUCCEEDED FAILED  FAILED   FAILED  STOPPING RUNNING  RUNNING  -   -
      RETRYING  -       -         -       -        -       -        -        -        -   -
      STOPPING  -       STOPPED   STOPPED STOPPED  STOPPED STOPPING -        STOPPING -   -
      STOPPED   -       -         -       -        -       -        -        -        -   -
      SUCCEEDED -       -         -       -        -       -        -        -        -   -
      FAILED    -       -         -       -        -       -        -        -        -   -
      EXPIRED   -       -         -       -        -       -        -        -        -   -
      INVALID   -       -         -       -        -       -        -        -        -   -
      """;

  private static final Map<Status, List<List<Status>>> ROWS = rows(TABLE);
  private static final Map<Status, List<List<Status>>> SYNC_ROWS = rows(SYNC_TABLE);

  private ExpectedTable() {}

  private static Map<Status, List<List<Status>>> rows(String table) {
    Map<Status, List<List<Status>>> rows = new EnumMap<>(Status.class);
    table
        .lines()
        .skip(1)
        .map(line -> line.trim().split(" +"))
        .forEach(
            cells ->
                rows.put(
                    Status.valueOf(cells[0]),
                    Arrays.stream(cells).skip(1).map(ExpectedTable::statuses).toList()));
    return rows;
  }

  private static List<Status> statuses(String cell) {
    return cell.equals("-")
        ? List.of()
        : Arrays.stream(cell.split("\\|")).map(Status::valueOf).toList();
  }

  /** What may follow, the status of a spent budget last; empty for a refusal. */
  static List<Status> after(Invocation.Mode mode, Status status, Signal.Kind signal) {
    return rows(mode).get(status).get(COLUMNS.indexOf(signal));
  }

  /** The statuses that have a row. */
  static Set<Status> statuses(Invocation.Mode mode) {
    return rows(mode).keySet().stream().collect(toUnmodifiableSet());
  }

  private static Map<Status, List<List<Status>>> rows(Invocation.Mode mode) {
    return switch (mode) {
      case ASYNC -> ROWS;
      case SYNC -> SYNC_ROWS;
    };
  }
}
