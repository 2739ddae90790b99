package io.perdure.runtime.managed.process;

import io.perdure.runtime.process.Programs;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Programs of the machine that start others under limits; each empty where it is missing. Blocks.
 */
record Tools(
    Optional<Path> setsid,
    Optional<Path> prlimit,
    Optional<Path> nice,
    Optional<Path> setpriv,
    Optional<Path> unshare,
    Optional<Path> env,
    Optional<Path> bwrap,
    Optional<Path> mkfifo) {
  private static final long PROBE_SECONDS_MAX = 10;
  private static final int COMPLAINT_BYTES_MAX = 500;

  /** Looks for them as root's shell would, whatever the server's own PATH leaves out. */
  static Tools find() {
    String path = Programs.path() + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
    return new Tools(
        Programs.find("setsid", path),
        Programs.find("prlimit", path),
        Programs.find("nice", path),
        Programs.find("setpriv", path),
        Programs.find("unshare", path),
        Programs.find("env", path),
        Programs.find("bwrap", path),
        Programs.find("mkfifo", path));
  }

  /** Runs {@code command}; what it complains of when it does not end with exit code 0. */
  static Optional<String> complaint(List<String> command) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
      builder.environment().clear();
      Process process = builder.start();
      try {
        if (!process.waitFor(PROBE_SECONDS_MAX, TimeUnit.SECONDS)) {
          return Optional.of("no answer within " + PROBE_SECONDS_MAX + " s");
        }
        byte[] said = process.getInputStream().readNBytes(COMPLAINT_BYTES_MAX);
        return process.exitValue() == 0
            ? Optional.empty()
            : Optional.of(
                "exit code "
                    + process.exitValue()
                    + ": "
                    + new String(said, StandardCharsets.UTF_8).strip());
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }
}
