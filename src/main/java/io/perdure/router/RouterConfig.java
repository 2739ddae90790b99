package io.perdure.router;

import io.perdure.config.Rule;
import io.perdure.config.Section;

/**
 * Limits of a submit, on every surface.
 *
 * @param payloadBytesMax largest payload, 1 B to 64 MiB
 */
public record RouterConfig(int payloadBytesMax) {
  /** 6 MiB, what SCF allows for a synchronous call. */
  public static final RouterConfig DEFAULT = new RouterConfig(6 * 1024 * 1024);

  /** Reads the section {@code invocation}. */
  public static RouterConfig read(Section invocation) {
    return new RouterConfig(
        (int)
            invocation.bytes(
                "payload-bytes-max", DEFAULT.payloadBytesMax, Rule.between(1L, 64L << 20)));
  }
}
