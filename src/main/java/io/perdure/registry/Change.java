package io.perdure.registry;

import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.ScheduleMessages.ScheduleChanged;
import io.perdure.journal.Batch;
import java.util.List;

/**
 * What is to be done for a command, in this order: commit, make visible, tell, answer.
 *
 * @param batch what is stored; empty when nothing changes
 * @param show makes it visible in the {@link Registry}
 * @param told what is published of functions
 * @param schedules what is published of schedules
 * @param answer for whoever asked
 */
record Change<R>(
    Batch batch,
    Runnable show,
    List<FunctionChanged> told,
    List<ScheduleChanged> schedules,
    R answer) {
  Change(Batch batch, Runnable show, List<FunctionChanged> told, R answer) {
    this(batch, show, told, List.of(), answer);
  }

  /** Everything is already as it was asked for. */
  static <R> Change<R> none(R answer) {
    return new Change<>(new Batch(), () -> {}, List.of(), answer);
  }
}
