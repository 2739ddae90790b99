package io.perdure.api.scf.wire;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;

/** Times as the API shows and takes them, all in one zone, which it never names. Thread-safe. */
public final class Times {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");

  private final ZoneId zone;

  /** Times in {@code zone}. */
  public Times(ZoneId zone) {
    this.zone = zone;
  }

  /** The zone. */
  public ZoneId zone() {
    return zone;
  }

  /** {@code 2026-11-22 01:02:03}; {@code millis} since the epoch. */
  public String seconds(long millis) {
    return SECONDS.format(Instant.ofEpochMilli(millis).atZone(zone));
  }

  /** {@code 2026-11-22 01:02:03.004}; empty for 0, which is "not yet". */
  public String millis(long millis) {
    return millis == 0 ? "" : MILLIS.format(Instant.ofEpochMilli(millis).atZone(zone));
  }

  /**
   * Milliseconds since the epoch of {@code text}, written like {@link #seconds}.
   *
   * @param code of the error when it is not
   * @param parameter for its message
   */
  public long parse(String text, String code, String parameter) {
    try {
      return LocalDateTime.parse(text, SECONDS).atZone(zone).toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw ScfError.invalidValue(code, parameter, "expected a time as YYYY-MM-DD HH:MM:SS");
    }
  }
}
