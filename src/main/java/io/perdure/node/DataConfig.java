package io.perdure.node;

import static io.perdure.config.Rule.atLeast;
import static io.perdure.config.Rule.between;

import io.perdure.config.Section;
import io.perdure.invocation.InvocationId;
import java.nio.file.Path;

/**
 * Where the data is.
 *
 * @param directory made when it does not exist
 * @param shards number of shards, fixed when the directory is made, 1 to 4096
 * @param freeBytesMin new invocations are refused while the disk has less
 */
public record DataConfig(Path directory, int shards, long freeBytesMin) {
  /** Reads the section {@code data}. */
  public static DataConfig read(Section conf) {
    return new DataConfig(
        conf.path("dir", Path.of("data")),
        conf.integer("shards", 6, between(1, InvocationId.SHARDS_MAX)),
        conf.bytes("free-bytes-min", 256L << 20, atLeast(0L)));
  }
}
