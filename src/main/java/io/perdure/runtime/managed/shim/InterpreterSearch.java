package io.perdure.runtime.managed.shim;

import static java.lang.System.Logger.Level.INFO;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Looks for interpreters and asks them for their versions. Blocks.
 *
 * @param path where programs without a slash are looked for
 * @param forOthers whether programs that other users may not execute are passed over
 */
record InterpreterSearch(String path, boolean forOthers) {
  private static final System.Logger LOG = System.getLogger(InterpreterSearch.class.getName());

  /** The Java that runs the server. */
  static final Path OWN_JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  /** How long a program may take to answer. */
  private static final long ANSWER_MILLIS = 5_000;

  private static final int ANSWER_BYTES_MAX = 4096;

  static final Kind PYTHON =
      new Kind(
          "python3",
          "python3",
          List.of("-c", "import sys; print(sys.version.split()[0]); print(sys.executable)"));
  static final Kind NODEJS =
      new Kind("nodejs", "nodejs", List.of("-p", "process.version + '\\n' + process.execPath"));
  static final Kind JAVA = new Kind("java", "default-jre-headless", List.of("--version"));

  /**
   * A kind of interpreter.
   *
   * @param setting its key, and how the names of its runtimes begin
   * @param debian the package that brings it
   * @param question arguments that make it print its version and, on a second line, where it really
   *     is: what is found on the PATH may be a script of a version manager, which costs time at
   *     each start; an answer without one is taken as it is
   */
  record Kind(String setting, String debian, List<String> question) {}

  /**
   * What was found of a program.
   *
   * @param program to start, absolute; null with a problem
   * @param version as it says; null with a problem
   * @param problem what is missing and what to do, or null
   */
  record Found(Path program, String version, String problem) {
    static CompletableFuture<Found> none(String problem) {
      return CompletableFuture.completedFuture(new Found(null, null, problem));
    }
  }

  /**
   * Looks for {@code program}; the answer of the first that may be executed is waited for
   * elsewhere.
   *
   * @param setting that names it, below {@code runtime.managed.interpreters}
   */
  CompletableFuture<Found> start(Kind kind, String setting, String program) {
    String remedy =
        " (Debian: apt-get install "
            + kind.debian()
            + ") or set runtime.managed.interpreters."
            + setting;
    List<Path> candidates = candidates(program);
    if (candidates.isEmpty()) {
      String where = program.contains("/") ? "" : " on the PATH";
      return Found.none(program + " was not found" + where + ": install it" + remedy);
    }
    for (Path candidate : candidates) {
      if (!forOthers || isOpen(candidate)) {
        return ask(kind, candidate, remedy);
      }
    }
    return Found.none(closed(candidates.get(0), remedy));
  }

  private static String closed(Path program, String remedy) {
    return program
        + " cannot be executed by the user that functions run as: install one for all users"
        + remedy;
  }

  private List<Path> candidates(String program) {
    List<Path> candidates = new ArrayList<>();
    try {
      if (program.contains("/")) {
        candidates.add(Path.of(program).toAbsolutePath());
      } else {
        for (String directory : path.split(File.pathSeparator, -1)) {
          if (directory.startsWith("/")) {
            candidates.add(Path.of(directory, program));
          }
        }
      }
    } catch (InvalidPathException e) {
      return List.of(); // nothing can be there
    }
    candidates.removeIf(file -> !Files.isRegularFile(file) || !Files.isExecutable(file));
    return candidates;
  }

  /** Whether everybody may execute it, there where it really is. */
  private static boolean isOpen(Path program) {
    try {
      for (Path at = program.toRealPath(); at != null; at = at.getParent()) {
        Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(at);
        if (!allowed.contains(PosixFilePermission.OTHERS_EXECUTE)) {
          return false;
        }
      }
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private CompletableFuture<Found> ask(Kind kind, Path program, String remedy) {
    if (program.equals(OWN_JAVA)) { // known to work, and a start would take as long as this one's
      String version = System.getProperty("java.version");
      LOG.log(INFO, "{0} functions run on {1}, {2}", kind.setting(), program, version);
      return CompletableFuture.completedFuture(new Found(program, version, null));
    }
    List<String> argv = new ArrayList<>(List.of(program.toString()));
    argv.addAll(kind.question());
    ProcessBuilder builder = new ProcessBuilder(argv).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", path);
    Process process;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      return Found.none(broken(program, e.getMessage(), remedy));
    }
    return process
        .onExit()
        .orTimeout(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .handle(
            (ended, late) -> {
              if (late != null) {
                process.destroyForcibly();
                String why = "no answer within " + ANSWER_MILLIS + " ms";
                return new Found(null, null, broken(program, why, remedy));
              }
              return told(kind, program, process, remedy);
            });
  }

  private Found told(Kind kind, Path program, Process process, String remedy) {
    try {
      byte[] answer = process.getInputStream().readNBytes(ANSWER_BYTES_MAX);
      List<String> lines =
          new String(answer, StandardCharsets.UTF_8).lines().map(String::strip).toList();
      if (process.exitValue() != 0 || lines.isEmpty()) {
        String why = "exit code " + process.exitValue() + " " + String.join(" ", lines);
        return new Found(null, null, broken(program, why, remedy));
      }
      Path real =
          lines.size() > 1 && lines.get(1).startsWith("/") ? Path.of(lines.get(1)) : program;
      if (forOthers && !isOpen(real)) {
        return new Found(null, null, closed(real, remedy));
      }
      LOG.log(INFO, "{0} functions run on {1}, {2}", kind.setting(), real, lines.get(0));
      return new Found(real, lines.get(0), null);
    } catch (IOException | InvalidPathException e) {
      return new Found(null, null, broken(program, e.getMessage(), remedy));
    }
  }

  private static String broken(Path program, String why, String remedy) {
    return program + " does not work (" + why + "): install another one" + remedy;
  }
}
