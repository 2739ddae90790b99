package io.perdure.delivery;

import static io.perdure.config.Rule.between;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.perdure.config.Section;
import io.perdure.invocation.DeliveryPolicy;
import java.time.Duration;

/**
 * How outcomes are delivered to destinations.
 *
 * @param policy when a delivery is repeated, and how many are under way
 * @param timeout longest an attempt may take, 100 ms to 10 min
 * @param eventBytesMax largest event, 4 KiB to 1 MiB; what is larger is shortened
 */
public record DeliveryConfig(DeliveryPolicy policy, Duration timeout, int eventBytesMax) {
  private static final DeliveryPolicy DEFAULT = DeliveryPolicy.DEFAULT;

  /** Reads the section {@code delivery}. */
  public static DeliveryConfig read(Section delivery) {
    Duration first =
        delivery.duration(
            "first-pause", ofMillis(DEFAULT.firstMillis()), between(ofMillis(1), ofHours(1)));
    Duration longest =
        delivery.duration(
            "longest-pause", ofMillis(DEFAULT.capMillis()), between(ofMillis(1), ofHours(24)));
    if (longest.compareTo(first) < 0) {
      delivery.problem("longest-pause", "expected at least delivery.first-pause");
      longest = first;
    }
    return new DeliveryConfig(
        new DeliveryPolicy(
            first.toMillis(),
            longest.toMillis(),
            delivery
                .duration(
                    "give-up-after",
                    ofMillis(DEFAULT.totalMillis()),
                    between(ofSeconds(0), ofDays(7)))
                .toMillis(),
            delivery.integer("depth-max", DEFAULT.depthMax(), between(1, 1_000)),
            delivery.integer("per-destination", DEFAULT.perTarget(), between(1, 1_000)),
            delivery.integer("concurrency", DEFAULT.total(), between(1, 10_000))),
        delivery.duration("timeout", ofSeconds(10), between(ofMillis(100), ofMinutes(10))),
        (int) delivery.bytes("event-bytes-max", 128L << 10, between(4L << 10, 1L << 20)));
  }
}
