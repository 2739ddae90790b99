package io.perdure.api.v1;

import io.perdure.api.Problem;
import io.perdure.time.Rfc3339;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What the headers of a submit say.
 *
 * @param key from {@code Idempotency-Key}, or null
 * @param delayMillis from {@code Perdure-Delay} when it is a duration, else 0
 * @param dueAt from {@code Perdure-Delay} when it is a time, else 0
 * @param labels from {@code Perdure-Label-<name>}; header names have no case, so names of labels
 *     are lower case
 * @param traceparent as it came, or null
 * @param waitMillis from {@code Prefer: wait=<seconds>}, 0 for none
 */
record SubmitHeaders(
    String key,
    long delayMillis,
    long dueAt,
    Map<String, String> labels,
    String traceparent,
    long waitMillis) {

  static final String KEY = "Idempotency-Key";
  static final String DELAY = "Perdure-Delay";
  static final String LABEL = "perdure-label-";

  private static final CharSequence KEY_NAME = HttpHeaders.createOptimized(KEY);
  private static final CharSequence DELAY_NAME = HttpHeaders.createOptimized(DELAY);
  private static final CharSequence TRACEPARENT = HttpHeaders.createOptimized("traceparent");
  private static final CharSequence PREFER = HttpHeaders.createOptimized("Prefer");

  static SubmitHeaders of(MultiMap headers) {
    String key = once(headers, KEY_NAME);
    String delay = once(headers, DELAY_NAME);
    long delayMillis = 0;
    long dueAt = 0;
    if (delay != null) {
      OptionalLong duration = Durations.millis(delay);
      if (duration.isPresent()) {
        delayMillis = duration.getAsLong();
      } else {
        dueAt = time(delay);
      }
    }
    return new SubmitHeaders(
        key, delayMillis, dueAt, labels(headers), headers.get(TRACEPARENT), wait(headers));
  }

  /** The value, or null: one of two would be picked without the caller knowing which. */
  private static String once(MultiMap headers, CharSequence name) {
    String value = headers.get(name);
    if (value != null && headers.getAll(name).size() > 1) {
      throw Problem.invalid(name.toString(), "expected once");
    }
    return value;
  }

  private static long time(String delay) {
    long millis =
        Rfc3339.parse(delay)
            .orElseThrow(
                () ->
                    Problem.invalid(
                        DELAY,
                        "expected a duration such as 250ms, 5s or 1h, or a time of RFC 3339"));
    return Math.max(0, millis);
  }

  private static Map<String, String> labels(MultiMap headers) {
    Map<String, String> labels = null;
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey();
      if (name.regionMatches(true, 0, LABEL, 0, LABEL.length())) {
        labels = labels == null ? new HashMap<>() : labels;
        String label = name.substring(LABEL.length()).toLowerCase(Locale.ROOT);
        if (labels.put(label, utf8(name, header.getValue())) != null) {
          throw Problem.invalid(name, "expected once");
        }
      }
    }
    return labels == null ? Map.of() : labels;
  }

  /** A header is bytes; the server shows each as one character. */
  private static String utf8(String name, String value) {
    if (value.chars().allMatch(c -> c < 0x80)) {
      return value;
    }
    ByteBuffer bytes = ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw Problem.invalid(name, "expected text in UTF-8");
    }
  }

  /** RFC 7240: what is not understood in {@code Prefer} is ignored. */
  private static long wait(MultiMap headers) {
    if (!headers.contains(PREFER)) {
      return 0;
    }
    for (String header : headers.getAll(PREFER)) {
      for (String preference : header.split(",", -1)) {
        String[] parts = preference.strip().split("=", 2);
        if (parts.length == 2 && parts[0].strip().equalsIgnoreCase("wait")) {
          OptionalLong millis = Durations.millis(parts[1].strip() + "s");
          if (millis.isPresent()) {
            return millis.getAsLong();
          }
        }
      }
    }
    return 0;
  }
}
