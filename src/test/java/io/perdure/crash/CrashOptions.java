package io.perdure.crash;

import java.nio.file.Path;
import java.util.List;

/**
 * What a crash run does.
 *
 * @param rounds kills
 * @param seed of every choice; the interleaving is still the machine's
 * @param clients submitting at the same time
 * @param command that starts a node, without its settings
 * @param directory for data and log, emptied by whoever runs it
 */
record CrashOptions(int rounds, long seed, int clients, List<String> command, Path directory) {
  static final int ROUNDS = 20;
  static final int CLIENTS = 8;

  /** The number that system property {@code name} holds, or {@code otherwise}. */
  static long property(String name, long otherwise) {
    return Long.getLong(name, otherwise);
  }
}
