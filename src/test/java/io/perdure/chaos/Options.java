package io.perdure.chaos;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What a run does.
 *
 * @param seed of every choice
 * @param rounds faults, as long as there is time
 * @param minutes no fault begins later
 * @param faults empty for all that the machine allows
 * @param nodes 1 for a node that stands alone
 * @param clients at the same time
 * @param namespaces whether the run has namespaces of its own
 * @param directory for data, logs and the history; emptied by whoever runs it
 * @param command that starts a node, without its settings
 */
record Options(
    long seed,
    int rounds,
    int minutes,
    List<Fault> faults,
    int nodes,
    int clients,
    boolean namespaces,
    Path directory,
    List<String> command) {
  private static final List<Fault> QUICK =
      List.of(Fault.KILL_LEADER, Fault.CUT_ONE, Fault.PAUSE, Fault.KILL_ALL);

  /**
   * Reads {@code --seed N --rounds N ... -- command}.
   *
   * @throws IllegalArgumentException naming what is not understood
   */
  static Options parse(List<String> words) {
    long seed = System.nanoTime();
    int rounds = 20;
    int minutes = Integer.MAX_VALUE;
    List<Fault> faults = List.of();
    int nodes = 3;
    int clients = 12;
    boolean namespaces = false;
    Path directory = Path.of("target/chaos");
    List<String> command = new ArrayList<>();
    for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
      String word = rest.next();
      switch (word) {
        case "--seed" -> seed = Long.parseLong(rest.next());
        case "--rounds" -> rounds = Integer.parseInt(rest.next());
        case "--minutes" -> {
          minutes = Integer.parseInt(rest.next());
          rounds = Integer.MAX_VALUE;
        }
        case "--faults" -> faults = Fault.parse(rest.next());
        case "--nodes" -> nodes = Integer.parseInt(rest.next());
        case "--clients" -> clients = Integer.parseInt(rest.next());
        case "--dir" -> directory = Path.of(rest.next());
        case "--quick" -> {
          faults = QUICK;
          rounds = QUICK.size();
        }
        case "--namespaces" -> namespaces = true;
        case "--" -> rest.forEachRemaining(command::add);
        default -> throw new IllegalArgumentException("no such option: " + word);
      }
    }
    return new Options(
        seed,
        rounds,
        minutes,
        faults.isEmpty() ? List.of(Fault.values()) : faults,
        nodes,
        clients,
        namespaces,
        directory.toAbsolutePath(),
        command);
  }
}
