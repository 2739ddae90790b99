package io.perdure.ratelimit;

import static io.perdure.config.Rule.between;
import static io.perdure.config.Rule.matching;

import io.perdure.config.Section;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many calls a second each account may make.
 *
 * @param perSecond calls a second by {@code dialect.Action}, {@code dialect.*} for the actions of a
 *     dialect that are not named; 0 and what is absent are not limited
 * @param bucketsMax most buckets at once, 1 to 10 000 000; past it, what needs another one is
 *     throttled
 */
public record RateLimitConfig(Map<String, Integer> perSecond, int bucketsMax) {
  /** Highest rate that can be set; more is as good as no limit. */
  static final int RATE_MAX = 1_000_000;

  private static final int BUCKETS_MAX_DEFAULT = 100_000;

  /**
   * What the cloud publishes for SCF, "Request limits" of each action's page (API 2018-04-16), and
   * for invocations of asynchronously executing functions, by whatever action: AsyncRun. The native
   * API and FC have no limits of this kind.
   */
  static final List<String> RATES_DEFAULT =
      List.of(
          "scf.InvokeFunction=10000",
          "scf.Invoke=100",
          "scf.CreateFunction=100",
          "scf.DeleteFunction=100",
          "scf.UpdateFunctionCode=100",
          "scf.UpdateFunctionConfiguration=100",
          "scf.ListFunctions=100",
          "scf.GetFunction=100",
          "scf.CreateTrigger=100",
          "scf.DeleteTrigger=100",
          "scf.AsyncRun=1000",
          "scf.*=20");

  private static final Set<String> DIALECTS = Set.of("native", "scf", "fc");

  private static final Pattern RATE = Pattern.compile("([a-z]+)\\.([A-Za-z]+|\\*)=(\\d{1,7})");

  public RateLimitConfig {
    perSecond = Map.copyOf(perSecond);
  }

  /** Reads the section {@code rate-limit}. */
  public static RateLimitConfig read(Section limits) {
    return new RateLimitConfig(
        rates(
            limits.list(
                "rates",
                RATES_DEFAULT,
                matching(
                    RateLimitConfig::areRates,
                    "each like scf.Invoke=100 or scf.*=20: native, scf or fc; an action or *;"
                        + " calls a second, 0 to "
                        + RATE_MAX))),
        limits.integer("buckets-max", BUCKETS_MAX_DEFAULT, between(1, 10_000_000)));
  }

  /** Whether any action of {@code dialect} is limited: if not, the limiter need not be asked. */
  public boolean limits(String dialect) {
    return perSecond.entrySet().stream()
        .anyMatch(rate -> rate.getKey().startsWith(dialect + ".") && rate.getValue() > 0);
  }

  /** Calls a second of {@code action}, 0 when it is not limited. */
  int perSecond(String dialect, String action) {
    Integer rate = perSecond.get(dialect + "." + action);
    return rate != null ? rate : perSecond.getOrDefault(dialect + ".*", 0);
  }

  /** True when every text is a known dialect, an action or {@code *}, {@code =} and a rate. */
  static boolean areRates(List<String> texts) {
    return texts.stream()
        .map(RATE::matcher)
        .allMatch(
            rate ->
                rate.matches()
                    && DIALECTS.contains(rate.group(1))
                    && Integer.parseInt(rate.group(3)) <= RATE_MAX);
  }

  /** The rates that {@link #areRates} accepts, the last one for each action. */
  static Map<String, Integer> rates(List<String> texts) {
    Map<String, Integer> rates = new HashMap<>();
    for (String text : texts) {
      Matcher rate = RATE.matcher(text);
      if (!rate.matches()) {
        throw new IllegalArgumentException("not a rate: " + text);
      }
      rates.put(rate.group(1) + "." + rate.group(2), Integer.valueOf(rate.group(3)));
    }
    return rates;
  }
}
