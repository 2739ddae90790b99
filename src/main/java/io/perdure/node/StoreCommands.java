package io.perdure.node;

import io.perdure.store.Backup;
import io.perdure.store.Verify;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Commands on a data directory that no node uses. Blocking. */
public final class StoreCommands {
  private static final int PROBLEMS_SHOWN = 100;

  private StoreCommands() {}

  /**
   * Checks a data directory and says what was found.
   *
   * @param words the directory; {@code data.dir} when there is none
   * @return exit code: 0 sound, 1 damaged, 2 wrong arguments
   */
  public static int verify(
      NodeConfig config, List<String> words, PrintStream out, PrintStream err) {
    if (words.size() > 1) {
      err.println("perdure: expected: verify [DIR]");
      return 2;
    }
    Path directory = words.isEmpty() ? config.data().directory() : Path.of(words.get(0));
    Verify.Report report = Verify.run(directory, PROBLEMS_SHOWN);
    report.texts().forEach(out::println);
    out.println(
        directory
            + ": "
            + report.stores()
            + " stores, "
            + report.records()
            + " records, "
            + report.problems()
            + " problems");
    return report.ok() ? 0 : 1;
  }

  /**
   * Makes a data directory from a backup.
   *
   * @return exit code: 0 done, 2 wrong arguments
   */
  public static int restore(List<String> words, PrintStream out, PrintStream err) {
    if (words.size() != 2) {
      err.println("perdure: expected: restore FROM TO");
      return 2;
    }
    Path from = Path.of(words.get(0));
    Path to = Path.of(words.get(1));
    Backup.restore(from, to, InstantSource.system());
    out.println("restored " + from + " into " + to);
    return 0;
  }
}
