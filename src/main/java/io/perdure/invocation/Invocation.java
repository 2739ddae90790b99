package io.perdure.invocation;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One call of a function and all that is known of it; bodies are kept apart. Times are milliseconds
 * since the epoch, 0 for "not yet". Changed only through {@link Lifecycle}.
 *
 * @param id the one id, on every surface
 * @param functionUid the function's uid; the names below are what the caller wrote
 * @param key chosen by the caller, unique within the function, or null
 * @param fingerprint of the payload, null without a key
 * @param submission tells the one submit that made it from others with its key; 0 without a key
 * @param mode whether its caller waits for it; null, as programs write that know of none, becomes
 *     {@link Mode#ASYNC}
 * @param tracked whether its dialect shows it as a task
 * @param depth how many deliveries led to it; 0 for one that a caller submitted
 * @param reason why it waits beyond its turn or how it ended, null when the status says it all
 * @param startedAt begin of the first attempt
 * @param dueAt when the next attempt may start; of the latest one while it runs
 * @param attentionAt when the reaper looks at it again: event age, body to move, end of retention
 * @param attempts attempts begun
 * @param failures attempts that the function failed: what the retry policy counts
 * @param platformFailures platform failures since the function last answered
 * @param platformSince time of the first of those, 0 when there is none
 * @param epoch fencing epoch of the latest attempt, 0 before the first
 * @param stop the mode of a requested stop, or null
 * @param instance what ran the latest attempt, or null
 * @param version of the function that the latest attempt ran, or null when that is {@link #LATEST}
 *     or none has begun
 * @param memoryBytes most memory the latest attempt's instance used, 0 when unknown
 * @param redriveOf the invocation it was made from, or null
 * @param delivery of its outcome, or null when it has no destination or has not ended
 */
public record Invocation(
    InvocationId id,
    long functionUid,
    String account,
    String namespace,
    String function,
    String qualifier,
    String key,
    Fingerprint fingerprint,
    long submission,
    String requestId,
    Origin origin,
    Mode mode,
    boolean tracked,
    int depth,
    String traceparent,
    Map<String, String> labels,
    Status status,
    String reason,
    long acceptedAt,
    long startedAt,
    long endedAt,
    long dueAt,
    long attentionAt,
    int attempts,
    int failures,
    int platformFailures,
    long platformSince,
    long epoch,
    StopMode stop,
    String instance,
    String version,
    long memoryBytes,
    RunError error,
    BodyRef payload,
    BodyRef result,
    BodyRef log,
    InvocationId redriveOf,
    Delivery delivery,
    List<Event> events) {

  /** The qualifier of a call that names none. */
  public static final String LATEST = "LATEST";

  /** Which surface an invocation came from; stored by {@link #code()}. */
  public enum Origin {
    NATIVE(1),
    SCF(2),
    FC(3),
    BUS(4),
    DESTINATION(5),
    REDRIVE(6),
    SCHEDULE(7);

    private final int code;

    Origin(int code) {
      this.code = code;
    }

    /** Stable number used in stored records. */
    public int code() {
      return code;
    }

    /** The origin stored as {@code code}. */
    public static Origin of(int code) {
      for (Origin value : values()) {
        if (value.code == code) {
          return value;
        }
      }
      throw new IllegalArgumentException("no origin has the code " + code);
    }
  }

  /** Who it is for; stored by {@link #code()}. */
  public enum Mode {
    /** Accepted, queued, run when its turn comes, and repeated as its function says. */
    ASYNC(1),
    /**
     * Its caller waits and nobody else does: one attempt at once or none, never repeated. Where an
     * asynchronous one would wait for its function's concurrency or pause, this one fails.
     */
    SYNC(2);

    private final int code;

    Mode(int code) {
      this.code = code;
    }

    /** Stable number used in stored records. */
    public int code() {
      return code;
    }

    /** The mode stored as {@code code}. */
    public static Mode of(int code) {
      for (Mode value : values()) {
        if (value.code == code) {
          return value;
        }
      }
      throw new IllegalArgumentException("no mode has the code " + code);
    }
  }

  public Invocation {
    Objects.requireNonNull(id);
    Objects.requireNonNull(account);
    Objects.requireNonNull(namespace);
    Objects.requireNonNull(function);
    Objects.requireNonNull(qualifier);
    Objects.requireNonNull(origin);
    Objects.requireNonNull(status);
    Objects.requireNonNull(payload);
    Objects.requireNonNull(result);
    Objects.requireNonNull(log);
    mode = mode == null ? Mode.ASYNC : mode;
    labels = Map.copyOf(labels);
    events = List.copyOf(events);
  }

  /** What the request that made it is known by: the caller's own id of it, else the one id. */
  public String shownRequestId() {
    return requestId == null ? id.toString() : requestId;
  }

  /** Number of the newest event: grows with every change, so it serves as a version to wait for. */
  public int lastSeq() {
    return events.isEmpty() ? 0 : events.get(events.size() - 1).seq();
  }

  /** Time of the newest change, of its acceptance while there is none. */
  public long lastAt() {
    return events.isEmpty() ? acceptedAt : events.get(events.size() - 1).at();
  }

  /** Whether its outcome is still to be delivered: until then it is kept. */
  public boolean owes() {
    return delivery != null && delivery.state() == Delivery.State.PENDING;
  }

  /** Whether nothing happens to it any more but its removal: it has ended, and owes nothing. */
  public boolean over() {
    return status.terminal() && !owes();
  }

  /** When its retention ends; 0 while it has not ended. */
  public long expiresAt() {
    return status.terminal() ? attentionAt : 0;
  }

  /**
   * Whether it may be shown at {@code now} (milliseconds since the epoch): up to the moment its
   * retention ends, whenever the reaper comes, and as long as it owes a delivery.
   */
  public boolean isKeptAt(long now) {
    return !over() || now < expiresAt();
  }

  /** A mutable copy. */
  public InvocationBuilder edit() {
    return new InvocationBuilder(this);
  }
}
