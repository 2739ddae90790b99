package io.perdure.runtime.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes the pipes for stdout and stderr. They are ours and not those of {@link Process}, because
 * Java empties the latter at the exit for as long as anybody writes: a child that got away from its
 * group and floods its stdout would fill the heap. {@code mkfifo} makes a stock of them at a time.
 * Thread-safe; blocks.
 */
public final class NamedPipes {
  private static final int STOCK = 64;
  private static final long MKFIFO_SECONDS_MAX = 10;

  private final WorkDirectories directories;
  private final Path mkfifo;
  private final Deque<Path> stock = new ArrayDeque<>(STOCK);
  private int made;

  /**
   * Pipes below the directory of this run.
   *
   * @param mkfifo the program of that name
   */
  public NamedPipes(WorkDirectories directories, Path mkfifo) {
    this.directories = directories;
    this.mkfifo = mkfifo;
  }

  /** A pipe nobody else has. */
  public synchronized NamedPipe take() throws IOException {
    if (stock.isEmpty()) {
      make();
    }
    return new NamedPipe(stock.remove());
  }

  private void make() throws IOException {
    Path directory = directories.create("pipes");
    List<Path> paths = new ArrayList<>(STOCK);
    for (int i = 0; i < STOCK; i++) {
      paths.add(directory.resolve(Integer.toString(made++)));
    }
    List<String> command = new ArrayList<>(STOCK + 3);
    command.addAll(List.of(mkfifo.toString(), "-m", "600"));
    paths.forEach(path -> command.add(path.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(MKFIFO_SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(mkfifo + " could not make pipes in " + directory);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while making pipes", e);
    }
    stock.addAll(paths);
  }

  /** One pipe: the process writes to the path, we read without ever waiting. */
  public static final class NamedPipe {
    private final Path path;
    private final RandomAccessFile ends;
    private final FileInputStream in;

    private NamedPipe(Path path) throws IOException {
      this.path = path;
      // For reading alone the call would wait until somebody writes.
      this.ends = new RandomAccessFile(path.toFile(), "rw");
      this.in = new FileInputStream(ends.getFD());
    }

    /** Lets {@code user} open it once more by way of {@code /dev/stdout}. Blocks. */
    public void give(int user) throws IOException {
      Files.setAttribute(path, "unix:uid", user);
    }

    /** How many bytes are there now. */
    public int available() throws IOException {
      return in.available();
    }

    public Redirect redirect() {
      return Redirect.to(path.toFile());
    }

    /** Reads what is there; 0 when there is nothing now. */
    public int read(byte[] buffer) throws IOException {
      return read(buffer, buffer.length);
    }

    /** The same, but no more than {@code most} bytes. */
    public int read(byte[] buffer, int most) throws IOException {
      int available = in.available();
      return available == 0 ? 0 : in.read(buffer, 0, Math.min(available, most));
    }

    /** From now on whoever still writes gets a broken pipe. Blocks. */
    public void close() throws IOException {
      ends.close();
      Files.deleteIfExists(path);
    }
  }
}
