package io.perdure.router;

import io.perdure.config.Rule;
import io.perdure.config.Section;

/**
 * Limits of a submit, on every surface.
 *
 * @param payloadBytesMax largest payload that is kept, 1 B to 64 MiB
 * @param directPayloadBytesMax largest payload of a call whose caller waits and whose payload need
 *     not be kept, 1 B to 64 MiB
 */
public record RouterConfig(int payloadBytesMax, int directPayloadBytesMax) {
  /** What SCF and Function Compute allow for a synchronous call: 6 and 32 MiB. */
  public static final RouterConfig DEFAULT = new RouterConfig(6 << 20, 32 << 20);

  /** Everything is kept. */
  public RouterConfig(int payloadBytesMax) {
    this(payloadBytesMax, payloadBytesMax);
  }

  /** Reads the section {@code invocation}. */
  public static RouterConfig read(Section invocation) {
    return new RouterConfig(
        (int)
            invocation.bytes(
                "payload-bytes-max", DEFAULT.payloadBytesMax, Rule.between(1L, 64L << 20)),
        (int)
            invocation.bytes(
                "sync-payload-bytes-max",
                DEFAULT.directPayloadBytesMax,
                Rule.between(1L, 64L << 20)));
  }
}
