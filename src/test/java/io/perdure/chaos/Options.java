package io.perdure.chaos;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ListIterator;

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
 * @param certificates has {@code n1.crt} and so on; null for nodes that talk openly
 * @param again what does the same once more, for whoever reads what went wrong; may be empty
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
    Path certificates,
    String again,
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
    Path certificates = null;
    String again = "";
    List<String> command = new ArrayList<>();
    for (ListIterator<String> rest = words.listIterator(); rest.hasNext(); ) {
      String word = rest.next();
      switch (word) {
        case "--seed" -> seed = Long.parseLong(value(rest));
        case "--rounds" -> rounds = Integer.parseInt(value(rest));
        case "--minutes" -> {
          minutes = Integer.parseInt(value(rest));
          rounds = Integer.MAX_VALUE;
        }
        case "--faults" -> faults = Fault.parse(value(rest));
        case "--nodes" -> nodes = Integer.parseInt(value(rest));
        case "--clients" -> clients = Integer.parseInt(value(rest));
        case "--certificates" -> certificates = Path.of(value(rest)).toAbsolutePath();
        case "--again" -> again = value(rest);
        case "--dir" -> directory = Path.of(value(rest));
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
        certificates,
        again,
        command);
  }

  private static String value(ListIterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(rest.previous() + " needs a value");
    }
    return rest.next();
  }
}
