package io.perdure.runtime.managed.code;

import static io.perdure.config.Rule.between;

import io.perdure.config.Section;

/**
 * How uploaded code is kept unpacked.
 *
 * @param cacheBytes code that no instance uses is removed, the one longest out of use first, while
 *     all of it takes more than this; 0 to 1 TiB
 * @param threads how many packages are unpacked or removed at the same time, 1 to 64
 */
public record UnpackedCodeConfig(long cacheBytes, int threads) {
  private static final long GIB = 1L << 30;

  /** Reads the section {@code runtime.managed.code}. */
  public static UnpackedCodeConfig read(Section code) {
    return new UnpackedCodeConfig(
        code.bytes("cache-bytes", 2 * GIB, between(0L, 1024 * GIB)),
        code.integer("threads", 2, between(1, 64)));
  }
}
