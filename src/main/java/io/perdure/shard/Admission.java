package io.perdure.shard;

import io.perdure.invocation.Failure;

/** Whether the node takes anything new. Thread-safe; asked before every submit, so it is quick. */
public interface Admission {
  /** Why no new invocation is accepted at this moment, or null. */
  Failure refusal();

  /** False once no further attempt is to be started, because the node is shutting down. */
  boolean startsAttempts();
}
