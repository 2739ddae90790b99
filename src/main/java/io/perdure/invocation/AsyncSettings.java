package io.perdure.invocation;

/**
 * Settings of asynchronous invocations that hang on a function and a qualifier. What is null leaves
 * the function's own setting as it is, or is not set.
 *
 * @param retry when a failed attempt is repeated, or null
 * @param eventAgeMillis longest wait from acceptance to the first start, 0 for no limit, or null
 * @param retention how long ended invocations are kept, or null
 * @param tracked whether its dialect shows invocations as tasks; null where nothing is said
 * @param onSuccess where the outcome of what succeeded is delivered to, or null
 * @param onFailure where the outcome of what ended in any other way is delivered to, or null
 * @param extra what its dialect keeps there, an object of JSON, and nobody else reads; empty for
 *     nothing
 */
public record AsyncSettings(
    RetryPolicy retry,
    Long eventAgeMillis,
    RetentionPolicy retention,
    Boolean tracked,
    Destination onSuccess,
    Destination onFailure,
    String extra) {
  public AsyncSettings {
    extra = extra == null ? "" : extra;
  }

  /** Policies alone. */
  public AsyncSettings(
      RetryPolicy retry, Long eventAgeMillis, RetentionPolicy retention, String extra) {
    this(retry, eventAgeMillis, retention, null, null, null, extra);
  }

  /** {@code function} with these settings laid over its own. */
  public Function over(Function function) {
    return function.withPolicies(
        retry == null ? function.retry() : retry,
        eventAgeMillis == null ? function.eventAgeMillis() : eventAgeMillis,
        retention == null ? function.retention() : retention);
  }
}
