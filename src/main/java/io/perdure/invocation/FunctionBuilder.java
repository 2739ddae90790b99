package io.perdure.invocation;

import io.perdure.invocation.Function.Pause;

/**
 * A {@link Function} while it is changed: a copy whose fields may be set. What a function is known
 * by stays as it is.
 */
public final class FunctionBuilder {
  private final Function from;
  public String version;
  public About about;
  public RuntimeSpec runtime;
  public long timeoutMillis;
  public int concurrency;
  public RetryPolicy retry;
  public long eventAgeMillis;
  public RetentionPolicy retention;
  public Pause pause;
  public long createdAt;
  public long modifiedAt;
  public long revision;

  /** A copy that can be changed. */
  public FunctionBuilder(Function from) {
    this.from = from;
    version = from.version();
    about = from.about();
    runtime = from.runtime();
    timeoutMillis = from.timeoutMillis();
    concurrency = from.concurrency();
    retry = from.retry();
    eventAgeMillis = from.eventAgeMillis();
    retention = from.retention();
    pause = from.pause();
    createdAt = from.createdAt();
    modifiedAt = from.modifiedAt();
    revision = from.revision();
  }

  /** The next revision, made at {@code now}, milliseconds since the epoch. */
  public FunctionBuilder revised(long now) {
    modifiedAt = now;
    revision++;
    return this;
  }

  /** The value. */
  public Function build() {
    return new Function(
        from.uid(),
        from.account(),
        from.namespace(),
        from.name(),
        from.flavour(),
        version,
        about,
        runtime,
        timeoutMillis,
        concurrency,
        retry,
        eventAgeMillis,
        retention,
        pause,
        createdAt,
        modifiedAt,
        revision);
  }
}
