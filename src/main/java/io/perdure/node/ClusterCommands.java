package io.perdure.node;

import io.perdure.cluster.ClusterConfig;
import io.perdure.store.ClusterConversion;
import io.perdure.store.ClusterMember;
import io.perdure.store.Formed;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** Commands about clusters. Blocking. */
public final class ClusterCommands {
  private static final String USAGE = "perdure: expected: cluster convert [--data-dir DIR]";

  private ClusterCommands() {}

  /**
   * Does what {@code words} say.
   *
   * @return exit code: 0 done, 1 refused or nobody answers, 2 wrong arguments or settings
   */
  public static int run(NodeConfig config, List<String> words, PrintStream out, PrintStream err) {
    if (!words.isEmpty() && words.get(0).equals("convert")) {
      return convert(config, words.subList(1, words.size()), out, err);
    }
    return ClusterRequests.run(config, words, out, err);
  }

  private static int convert(
      NodeConfig config, List<String> words, PrintStream out, PrintStream err) {
    Path directory = config.data().directory();
    if (words.size() == 2 && words.get(0).equals("--data-dir")) {
      directory = Path.of(words.get(1));
    } else if (!words.isEmpty()) {
      err.println(USAGE);
      return 2;
    }
    ClusterConfig cluster = config.cluster();
    if (!cluster.enabled()) {
      err.println(
          "perdure: cluster convert needs the settings of the node it is to be:"
              + " cluster.enabled=true, cluster.node and cluster.nodes");
      return 2;
    }
    ClusterMember member = cluster.self().member("");
    Formed formed = ClusterConversion.convert(directory, member, cluster.replicas());
    out.println(
        directory
            + " is that of "
            + formed.members().get(0).id()
            + ", the first node of cluster "
            + formed.id()
            + "; start it, then others with cluster.join=true, and add them");
    return 0;
  }
}
