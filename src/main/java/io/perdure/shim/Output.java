package io.perdure.shim;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where System.out and System.err go: to the process's own, and with several calls at once, as far
 * as a call's own thread prints, to the server along with the call's number.
 */
final class Output extends OutputStream {
  /** Longest part of a log in one frame. */
  private static final int PART_BYTES = 64 * 1024;

  private final Wire wire;
  private final FileOutputStream process;

  private Output(Wire wire, FileDescriptor to) {
    this.wire = wire;
    this.process = new FileOutputStream(to);
  }

  /** UTF-8 whatever the environment says, and never more than a line behind. */
  static void install(Wire tagged) {
    System.setOut(stream(tagged, FileDescriptor.out));
    System.setErr(stream(tagged, FileDescriptor.err));
  }

  private static PrintStream stream(Wire tagged, FileDescriptor to) {
    OutputStream out =
        tagged == null
            ? new java.io.BufferedOutputStream(new FileOutputStream(to), 8192)
            : new Output(tagged, to);
    return new PrintStream(out, true, StandardCharsets.UTF_8);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    if (CallThread.call() == null) {
      process.write(bytes, from, count);
    } else {
      CallThread thread = (CallThread) Thread.currentThread();
      for (int at = 0; at < count; at += PART_BYTES) {
        thread.log(wire, bytes, from + at, Math.min(PART_BYTES, count - at));
      }
    }
  }
}
