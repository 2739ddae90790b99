package io.perdure.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What is submitted, besides its payload. Immutable; each method gives a changed copy.
 *
 * @param namespace the function's namespace
 * @param function its name
 * @param qualifier version or alias, null for the latest
 * @param key unique within the function, or null
 * @param delay not to be started earlier, zero for at once
 * @param labels for filters; at most 32
 * @param traceparent W3C trace context, or null
 */
public record Submission(
    String namespace,
    String function,
    String qualifier,
    String key,
    Duration delay,
    Map<String, String> labels,
    String traceparent) {

  public Submission {
    Objects.requireNonNull(namespace);
    Objects.requireNonNull(function);
    Objects.requireNonNull(delay);
    labels = Map.copyOf(labels);
  }

  /** Of a function in namespace {@code default}. */
  public static Submission of(String function) {
    return new Submission("default", function, null, null, Duration.ZERO, Map.of(), null);
  }

  /** Of a function in another namespace. */
  public Submission inNamespace(String name) {
    return new Submission(name, function, qualifier, key, delay, labels, traceparent);
  }

  /** Of a version, or what an alias leads to. */
  public Submission withQualifier(String value) {
    return new Submission(namespace, function, value, key, delay, labels, traceparent);
  }

  /** With an idempotency key: the same key and payload give the first invocation again. */
  public Submission withKey(String value) {
    return new Submission(namespace, function, qualifier, value, delay, labels, traceparent);
  }

  /** Not to be started before {@code value} has passed. */
  public Submission withDelay(Duration value) {
    return new Submission(namespace, function, qualifier, key, value, labels, traceparent);
  }

  /** With one more label. */
  public Submission withLabel(String name, String value) {
    Map<String, String> more = new HashMap<>(labels);
    more.put(name, value);
    return new Submission(namespace, function, qualifier, key, delay, more, traceparent);
  }

  /** As part of a trace. */
  public Submission withTraceparent(String value) {
    return new Submission(namespace, function, qualifier, key, delay, labels, value);
  }
}
