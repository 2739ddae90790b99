package io.perdure.runtime.command;

import static java.lang.System.Logger.Level.WARNING;

import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Call;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Outcomes;
import io.perdure.runtime.process.NamedPipes.NamedPipe;
import io.perdure.runtime.process.Programs;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Starts one process: directory, stdin, pipes, program. Blocks. */
final class Launch {
  /** errno EAGAIN and ENOMEM: the machine has no room for a process now. */
  private static final List<String> NO_ROOM = List.of("error=11,", "error=12,");

  private final CommandRuntime runtime;
  private final Call call;
  private final RuntimeSpec.Command spec;
  private Path directory; // null until it has been made

  Launch(CommandRuntime runtime, Call call, RuntimeSpec.Command spec) {
    this.runtime = runtime;
    this.call = call;
    this.spec = spec;
  }

  /** What has to be removed afterwards, or null. */
  Path directory() {
    return directory;
  }

  Started start() throws Refused {
    NamedPipe stdout = null;
    NamedPipe stderr = null;
    try {
      String name = call.invocation().id() + "-" + call.epoch() + "-" + call.attempt();
      directory = runtime.directories().create(name);
      Path home = Files.createDirectory(directory.resolve("home"));
      Map<String, String> env = Environment.of(call, spec, home);
      Path program = Programs.require(spec.argv().get(0), env.get("PATH"), home);
      stdout = runtime.pipes().take();
      stderr = runtime.pipes().take();
      ProcessBuilder builder =
          new ProcessBuilder(
                  runtime.groups().command(program, spec.argv().subList(1, spec.argv().size())))
              .directory(home.toFile())
              .redirectInput(Redirect.from(stdin()))
              .redirectOutput(stdout.redirect())
              .redirectError(stderr.redirect());
      return new Started(spawn(builder, env), stdout, stderr, directory);
    } catch (Programs.CannotStart e) {
      throw new Refused(cannotStart(e.getMessage()));
    } catch (IOException e) {
      Started.discard(stdout);
      Started.discard(stderr);
      throw new Refused(Outcomes.platform("CannotStart", "preparing a process failed: " + e));
    } catch (Refused e) {
      Started.discard(stdout);
      Started.discard(stderr);
      throw e;
    }
  }

  static Outcome cannotStart(String message) {
    return Outcomes.failed(Kind.FUNCTION, "CannotStart", message);
  }

  private static Process spawn(ProcessBuilder builder, Map<String, String> env) throws Refused {
    try {
      builder.environment().clear();
      builder.environment().putAll(env);
      return builder.start();
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      throw new Refused(
          NO_ROOM.stream().anyMatch(message::contains)
              ? Outcomes.platform("CannotStart", message)
              : cannotStart(message));
    } catch (IllegalArgumentException e) {
      throw new Refused(cannotStart("a process cannot be given this: " + e.getMessage()));
    }
  }

  private File stdin() throws IOException {
    if (call.payload().length == 0) {
      return new File("/dev/null");
    }
    Path file = directory.resolve("stdin");
    Files.write(file, call.payload());
    return file.toFile();
  }

  /** There is no process, and this is why. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Outcome outcome;

    Refused(Outcome outcome) {
      super(null, null, false, false);
      this.outcome = outcome;
    }

    Outcome outcome() {
      return outcome;
    }
  }

  /** A process with its pipes. */
  record Started(Process process, NamedPipe stdout, NamedPipe stderr, Path directory) {
    private static final System.Logger LOG = System.getLogger(Launch.class.getName());

    void close() {
      discard(stdout);
      discard(stderr);
    }

    static void discard(NamedPipe pipe) {
      if (pipe != null) {
        try {
          pipe.close();
        } catch (IOException e) {
          LOG.log(WARNING, "cannot close a pipe, it stays open", e);
        }
      }
    }
  }
}
