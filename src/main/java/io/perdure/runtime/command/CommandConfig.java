package io.perdure.runtime.command;

import static io.perdure.config.Rule.between;

import io.perdure.config.Section;
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

  /** Reads the section {@code executor.command}; {@code directory} follows from the node's own. */
  public static CommandConfig read(Section command, Path directory) {
    return new CommandConfig(
        directory, command.integer("threads", THREADS_DEFAULT, between(1, 64)));
  }
}
