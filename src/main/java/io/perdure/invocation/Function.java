package io.perdure.invocation;

import java.util.Objects;

/**
 * A function as it stands now. Records, keys, lists and counters refer to {@code uid}; names map to
 * it, so a function deleted and made again under its old name starts empty.
 *
 * @param uid unique for ever within a data directory or cluster, greater than 0
 * @param account id of the owning account
 * @param namespace name of the namespace
 * @param name name within the namespace
 * @param flavour which dialect made it: picks conventions and defaults
 * @param version {@link Invocation#LATEST} for the function as it is changed, else the number of
 *     the immutable version this is
 * @param about description (of the version, if this is one), tags, and what the dialect keeps
 * @param runtime how an attempt is run
 * @param timeoutMillis longest run of one attempt, 1 to 86 400 000
 * @param concurrency most attempts at once on this node, 0 to 100 000; of all versions together.
 *     With 0 nothing is started: what is queued waits until it is raised
 * @param retry when a failed attempt is repeated
 * @param eventAgeMillis longest wait from acceptance to the first start, 0 for no limit
 * @param retention how long ended invocations are kept
 * @param pause set while the queue is paused, else null
 * @param createdAt milliseconds since the epoch
 * @param modifiedAt milliseconds since the epoch
 * @param revision counts changes, from 1; the ETag of the native API
 */
public record Function(
    long uid,
    String account,
    String namespace,
    String name,
    Flavour flavour,
    String version,
    About about,
    RuntimeSpec runtime,
    long timeoutMillis,
    int concurrency,
    RetryPolicy retry,
    long eventAgeMillis,
    RetentionPolicy retention,
    Pause pause,
    long createdAt,
    long modifiedAt,
    long revision) {

  /** Namespace of the functions of FC 3.0, which have none: always there, in no list. */
  public static final String FC3_NAMESPACE = "$fc3";

  /** Longest time limit of an attempt, 24 h. */
  public static final long TIMEOUT_MILLIS_MAX = 86_400_000L;

  /** Time limit of an attempt unless the function sets one, 60 s. */
  public static final long TIMEOUT_MILLIS_DEFAULT = 60_000L;

  /** Concurrency unless the function sets one. */
  public static final int CONCURRENCY_DEFAULT = 16;

  /** Which dialect made the function. */
  public enum Flavour {
    NATIVE,
    SCF,
    FC2,
    FC3
  }

  /** Who paused the queue, and when (milliseconds since the epoch). */
  public record Pause(String by, long at) {}

  public Function {
    Objects.requireNonNull(account);
    Objects.requireNonNull(namespace);
    Objects.requireNonNull(name);
    Objects.requireNonNull(flavour);
    Objects.requireNonNull(version);
    Objects.requireNonNull(about);
    Objects.requireNonNull(runtime);
    Objects.requireNonNull(retry);
    Objects.requireNonNull(retention);
  }

  /** The same with other policies. */
  public Function withPolicies(
      RetryPolicy newRetry, long newEventAgeMillis, RetentionPolicy newRetention) {
    FunctionBuilder next = new FunctionBuilder(this);
    next.retry = newRetry;
    next.eventAgeMillis = newEventAgeMillis;
    next.retention = newRetention;
    return next.build();
  }

  /**
   * What an attempt runs when {@code frozen} is the version its qualifier leads to: that version's
   * code, environment and time limit under this function's present concurrency, pause and policies,
   * which no version freezes.
   */
  public Function running(Function frozen) {
    FunctionBuilder next = new FunctionBuilder(this);
    next.version = frozen.version;
    next.about = frozen.about;
    next.runtime = frozen.runtime;
    next.timeoutMillis = frozen.timeoutMillis;
    next.createdAt = frozen.createdAt;
    next.modifiedAt = frozen.modifiedAt;
    next.revision = frozen.revision;
    return next.build();
  }

  /**
   * The immutable version {@code number} of the function as it is now.
   *
   * @param description of the version
   * @param now milliseconds since the epoch
   */
  public Function frozen(String number, String description, long now) {
    FunctionBuilder next = new FunctionBuilder(this);
    next.version = number;
    next.about = new About(description, about.tags(), about.extra());
    next.pause = null;
    next.createdAt = now;
    next.modifiedAt = now;
    return next.build();
  }

  /** True while nothing of its queue may start. */
  public boolean paused() {
    return pause != null;
  }
}
