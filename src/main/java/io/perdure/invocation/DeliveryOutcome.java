package io.perdure.invocation;

import java.util.Objects;

/** What became of one attempt of a delivery. */
public sealed interface DeliveryOutcome {
  /** Its number, from 1: another than the one expected next is refused. */
  int attempt();

  /**
   * The destination has it.
   *
   * @param detail how it was acknowledged, for the event; may be empty
   */
  record Succeeded(int attempt, String detail) implements DeliveryOutcome {}

  /**
   * It has not, as far as is known.
   *
   * @param error why, for people
   * @param lasting true when no repetition can help
   * @param retryAfterMillis the destination's wish for the pause before the next attempt, 0 for
   *     none
   */
  record Failed(int attempt, String error, boolean lasting, long retryAfterMillis)
      implements DeliveryOutcome {
    public Failed {
      Objects.requireNonNull(error);
    }
  }
}
