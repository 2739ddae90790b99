package io.perdure.runtime.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds programs as a shell would. Blocks: asks the file system. */
public final class Programs {
  /** Where programs are looked for when the server itself has no PATH. */
  private static final String PATH_DEFAULT = "/usr/local/bin:/usr/bin:/bin";

  private Programs() {}

  /** The server's PATH. */
  public static String path() {
    Map<String, String> server = System.getenv();
    return server.getOrDefault("PATH", PATH_DEFAULT);
  }

  /** The program {@code name} in the directories of {@code path}. */
  public static Optional<Path> find(String name, String path) {
    return all(name, path).findFirst();
  }

  /**
   * All programs {@code name} in the directories of {@code path}, in their order; looked for one by
   * one.
   */
  public static Stream<Path> all(String name, String path) {
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(directory -> directory.startsWith(File.separator))
        .map(directory -> Path.of(directory, name))
        .filter(candidate -> Files.isRegularFile(candidate) && Files.isExecutable(candidate));
  }

  /**
   * The program that a function names, absolute.
   *
   * @param path where names without a slash are looked for
   * @param directory what names with a slash are relative to
   * @throws CannotStart when there is none that can be executed
   */
  public static Path require(String name, String path, Path directory) throws CannotStart {
    try {
      if (!name.contains("/")) {
        return find(name, path)
            .orElseThrow(() -> new CannotStart("no program '" + name + "' on the PATH " + path));
      }
      Path program = directory.resolve(name);
      if (!Files.exists(program)) {
        String hint = program.endsWith(name) && !name.startsWith("/") ? RELATIVE : "";
        throw new CannotStart("no program " + name + hint);
      }
      if (Files.isDirectory(program) || !Files.isExecutable(program)) {
        throw new CannotStart(name + " is not an executable file");
      }
      return program;
    } catch (InvalidPathException e) {
      throw new CannotStart("'" + name + "' is no path: " + e.getReason());
    }
  }

  private static final String RELATIVE =
      " in the attempt's own empty directory, which relative names start from";

  /** The function's configuration names nothing that can be run. */
  public static final class CannotStart extends Exception {
    private static final long serialVersionUID = 1L;

    CannotStart(String message) {
      super(message, null, false, false);
    }
  }
}
