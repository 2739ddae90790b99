package io.perdure.api.fc.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.JsonOut;
import io.perdure.invocation.AttemptView;
import io.perdure.invocation.AttemptView.Outcome;
import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * An event of a task (spec alibaba-fc, section 7.3); its number is its place in the list, from 1.
 *
 * @param timestamp milliseconds since the epoch
 * @param detail an object of JSON, or empty
 */
record TaskEvent(TaskStatus status, long timestamp, String detail) {
  private static final int EXPECTED_BYTES = 128;

  /** Those of {@code task}, in order; times do not descend. */
  static List<TaskEvent> of(Invocation task) {
    Iterator<AttemptView> failed =
        AttemptView.of(task).stream().filter(TaskEvent::hasFailed).iterator();
    List<TaskEvent> events = new ArrayList<>();
    for (Event event : task.events()) {
      Optional<TaskStatus> status = TaskStatus.after(event.type());
      if (status.isPresent()) {
        long at = TaskRecord.time(task, event.at());
        events.add(new TaskEvent(status.get(), at, detail(task, event, failed)));
      }
    }
    return events;
  }

  private static boolean hasFailed(AttemptView attempt) {
    return attempt.outcome() == Outcome.FAILED || attempt.outcome() == Outcome.PLATFORM_FAILED;
  }

  /** An event of a failure has the next of {@code failed} for its own. */
  private static String detail(Invocation task, Event event, Iterator<AttemptView> failed) {
    return switch (event.type()) {
      case RETRYING, PLATFORM_RETRY, FAILED -> json(TaskError.of(failed.next(), task.error()));
      case EXPIRED -> json(new TaskError("Expired", event.detail()));
      case INVALID -> json(new TaskError("Invalid", event.detail()));
      default -> "";
    };
  }

  private static String json(TaskError error) {
    return JsonOut.object(
            EXPECTED_BYTES,
            json -> {
              json.writeStringField("Error", error.type());
              if (!error.message().isEmpty()) {
                json.writeStringField("ErrorMessage", error.message());
              }
            })
        .toString(UTF_8)
        .strip();
  }
}
