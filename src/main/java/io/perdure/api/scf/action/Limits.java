package io.perdure.api.scf.action;

/** The cloud's limits that hold here, too (spec tencent-scf, 5.5, 5.7 and 8). */
final class Limits {
  /** How often a failed asynchronous invocation is repeated at most, and by default. */
  static final int RETRY_NUM_MAX = 2;

  /** Shortest life of an event in the queue, in seconds. */
  static final int MSG_TTL_MIN = 60;

  /** Longest life of an event in the queue, in seconds, and the default. */
  static final int MSG_TTL_MAX = 21_600;

  /** Longest run of a plain function, in seconds. */
  static final int TIMEOUT_MAX = 900;

  /** Longest start of an instance, in seconds. */
  static final int INIT_TIMEOUT_MAX = 300;

  private Limits() {}
}
