package io.perdure.runtime.command;

import java.nio.file.Path;

/**
 * Functions that are programs.
 *
 * @param directory where each attempt gets its working directory; what an earlier run of the server
 *     left there is removed
 * @param threads how many processes are started or cleaned up at the same time, 1 to 64
 */
public record CommandConfig(Path directory, int threads) {
  /** Threads unless set. */
  public static final int THREADS_DEFAULT = 4;
}
