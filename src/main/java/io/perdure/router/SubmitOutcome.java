package io.perdure.router;

import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;

/**
 * What became of one of several submits: exactly one of the two is set.
 *
 * @param submitted the answer of the shard, or null
 * @param failure why it was refused, or null
 */
public record SubmitOutcome(Submitted submitted, Failure failure) {
  static SubmitOutcome of(Submitted submitted) {
    return new SubmitOutcome(submitted, null);
  }

  static SubmitOutcome of(Failure failure) {
    return new SubmitOutcome(null, failure);
  }
}
