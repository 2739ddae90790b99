package io.perdure.bench;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What {@link HttpLoop} sends, and what becomes of the answers. Called by the loop's thread. */
interface Workload {
  /**
   * Puts the next request into {@code request}.
   *
   * @return false when nothing is to be sent at this moment
   */
  boolean next(Exchange exchange, ByteBuffer request, long nowNanos);

  /** The answer to a request is there. */
  void answered(Exchange exchange, long nowNanos);

  /** The connection broke before the answer; it is opened again. */
  void failed(Exchange exchange, IOException why);

  boolean isFinished(long nowNanos);

  /**
   * When {@link #next} is to be asked again though no answer came in; {@code Long.MAX_VALUE} when
   * only an answer can change its mind.
   */
  long wakeAtNanos();
}
