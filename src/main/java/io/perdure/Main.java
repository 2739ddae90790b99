package io.perdure;

import io.perdure.config.CommandLine;
import io.perdure.config.InvalidConfiguration;
import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.node.ClusterCommands;
import io.perdure.node.NodeConfig;
import io.perdure.node.NodeProcess;
import io.perdure.node.StoreCommands;
import io.perdure.store.NativeLibrary;
import io.perdure.store.StoreException;
import java.io.PrintStream;
import java.util.List;

/**
 * The command line. Exit codes: 0 done or drained, 1 could not start or do what was asked, 2 wrong
 * configuration or arguments.
 */
public final class Main {
  private static final String HELP =
      """
      Perdure: asynchronous function invocations with durable state.

      java -jar perdure.jar [options] [command]

      Commands; without one a node is started:
        tour              start a node, run the examples, and stay up
        verify DIR        check every record and index of a data directory that is not in use
        restore FROM TO   make the data directory TO from the backup FROM
        cluster convert   make the data directory of a node that stands alone, and is stopped, that
                          of the first node of a cluster; see cluster.node and cluster.nodes
        cluster status | add NODE | remove NODE | drain NODE | resume NODE | rebalance
                          ask a running node of a cluster; [--url URL] [--token TOKEN]
                          [--wait SECONDS]

      Options:
      """;

  private Main() {}

  public static void main(String[] args) {
    int code = run(List.of(args), System.out, System.err);
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Does what the arguments ask for; a node that has started goes on after this returns 0. */
  private static int run(List<String> args, PrintStream out, PrintStream err) {
    Problems problems = new Problems();
    CommandLine line = CommandLine.parse(args, problems);
    if (line.help()) {
      out.print(HELP + CommandLine.OPTIONS);
      return 0;
    }
    if (line.version()) {
      String version = Main.class.getPackage().getImplementationVersion();
      out.println("perdure " + (version == null ? "development" : version));
      return 0;
    }
    NativeLibrary.loadAhead(); // whatever the command, and the settings take a while to read
    NodeConfig config = Settings.of(line, System.getenv(), problems).read(NodeConfig::read);
    try {
      problems.throwIfAny();
      return switch (line.command().orElse("")) {
        case "" -> NodeProcess.start(config, false, out);
        case "tour" -> NodeProcess.start(config, true, out);
        case "verify" -> StoreCommands.verify(config, line.words(), out, err);
        case "restore" -> StoreCommands.restore(line.words(), out, err);
        case "cluster" -> ClusterCommands.run(config, line.words(), out, err);
        default -> {
          err.println("perdure: no such command: " + line.command().get() + "; see --help");
          yield 2;
        }
      };
    } catch (InvalidConfiguration e) {
      err.println(e.getMessage());
      return 2;
    } catch (StoreException e) {
      err.println("perdure: " + e.getMessage());
      return 1;
    }
  }
}
