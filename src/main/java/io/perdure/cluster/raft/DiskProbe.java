package io.perdure.cluster.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** Whether the disk of a directory takes what is written. One thread at a time. */
final class DiskProbe implements Revival.Disk {
  /** More than what a log has on its way; not so much that the probe itself is in the way. */
  private static final int BYTES = 8 << 20;

  private final Path directory;

  DiskProbe(Path directory) {
    this.directory = directory;
  }

  @Override
  public void probe() throws IOException {
    byte[] noise = new byte[1 << 20]; // some file systems need no space for zeros
    new Random().nextBytes(noise);
    Path file = directory.resolve("probe");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (int written = 0; written < BYTES; ) {
        written += channel.write(ByteBuffer.wrap(noise));
      }
      channel.force(true);
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
