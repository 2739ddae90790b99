package io.perdure.journal;

/**
 * Where a key lives. The code is stored in log entries and never changes. All numbers in keys are
 * big-endian, so that byte order is number order; "function" is the 8-byte uid, "lane" that with
 * its highest bit set for what is synchronous.
 */
public enum Family {
  /** id -> record. */
  RECORD(1),
  /** (bucket, id, chunk) -> bytes of the payload. */
  PAYLOAD(2),
  /** (bucket, id, chunk) -> bytes of the result. */
  RESULT(3),
  /** (bucket, id, chunk) -> bytes of the log. */
  LOG(4),
  /** (function, key) -> id. */
  KEY(5),
  /** (lane, id) -> nothing. */
  LIST(6),
  /** (lane, status, id) -> nothing. */
  STATUS(7),
  /** (lane, endedAt, id) -> code of the status; nothing in entries of older programs. */
  ENDED(8),
  /** (function, dueAt, id) -> nothing: what waits in a queue. */
  DUE(9),
  /** (id) -> nothing: what was written down as running or stopping, or is waited for. */
  STARTED(10),
  /** (destination, next attempt, id) -> nothing: what ended with a delivery pending. */
  OWING(11),
  /** (time, id) -> nothing: when the reaper is to look at it. */
  EXPIRY(12),
  /** Counters, format version, epochs, low-water marks. */
  META(13),
  /** Registry only: namespaces and functions. */
  REGISTRY(14),
  /** Registry only: code packages and their bytes, by hash. */
  CODE(15);

  private static final Family[] BY_CODE = new Family[16];

  static {
    for (Family family : values()) {
      BY_CODE[family.code] = family;
    }
  }

  private final int code;

  Family(int code) {
    this.code = code;
  }

  /** Stable number, 1 to 15. */
  public int code() {
    return code;
  }

  /** The family with that code. */
  public static Family of(int code) {
    if (code < 1 || code >= BY_CODE.length) {
      throw new IllegalArgumentException("no family has the code " + code);
    }
    return BY_CODE[code];
  }
}
