package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.Generation;

/**
 * What the generations call the same things of a task (spec alibaba-fc, sections 6.1 and 6.3).
 *
 * @param id property of a record
 * @param errorMessage property of a record
 * @param payload property of a record
 * @param list property that a page has its records in
 * @param prefix parameter of a list
 * @param limitDefault most records of a page unless the caller says it
 */
record TaskNames(
    String id, String errorMessage, String payload, String list, String prefix, int limitDefault) {
  private static final TaskNames WITH_SERVICES =
      new TaskNames(
          "invocationId",
          "invocationErrorMessage",
          "invocationPayload",
          "invocations",
          "invocationIdPrefix",
          50);
  private static final TaskNames WITHOUT =
      new TaskNames("taskId", "taskErrorMessage", "taskPayload", "tasks", "prefix", 20);

  static TaskNames of(Generation generation) {
    return generation.hasServices() ? WITH_SERVICES : WITHOUT;
  }
}
