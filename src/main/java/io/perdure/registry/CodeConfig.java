package io.perdure.registry;

import static io.perdure.config.Rule.between;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;

import io.perdure.config.Section;
import java.time.Duration;

/**
 * Bounds of code packages and their uploads.
 *
 * @param bytesMax largest zip, 1 KiB to 1 GiB
 * @param filesMax most files and directories in a zip, 1 to 200 000
 * @param unpackedBytesMax most bytes of all files in a zip, 1 KiB to 10 GiB
 * @param uploadsMax most uploads of one account under way, 1 to 1 000; more are throttled
 * @param uploadBytesMax most bytes of all uploads under way, 1 MiB to 1 TiB; more are throttled
 * @param uploadIdle an upload nobody adds to for so long is given up, 1 min to 24 h
 * @param keepUnused how long a package is kept that no function uses (any more), 1 h to 30 d
 */
public record CodeConfig(
    long bytesMax,
    int filesMax,
    long unpackedBytesMax,
    int uploadsMax,
    long uploadBytesMax,
    Duration uploadIdle,
    Duration keepUnused) {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  /** Reads the section {@code registry.code}. */
  public static CodeConfig read(Section code) {
    return new CodeConfig(
        code.bytes("bytes-max", 100 * MIB, between(KIB, GIB)),
        code.integer("files-max", 20_000, between(1, 200_000)),
        code.bytes("unpacked-bytes-max", 500 * MIB, between(KIB, 10 * GIB)),
        code.integer("uploads-max", 16, between(1, 1_000)),
        code.bytes("upload-bytes-max", 2 * GIB, between(MIB, 1024 * GIB)),
        code.duration("upload-idle", ofHours(1), between(ofMinutes(1), ofHours(24))),
        code.duration("keep-unused", ofHours(1), between(ofHours(1), ofDays(30))));
  }
}
