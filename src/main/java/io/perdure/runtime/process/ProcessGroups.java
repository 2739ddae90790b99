package io.perdure.runtime.process;

import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts programs as leaders of process groups and signals whole groups. Thread: {@link #command}
 * any, the rest one thread. Nothing here waits for a process.
 */
public final class ProcessGroups {
  /** What a group can be told. */
  public enum Signal {
    TERM,
    KILL
  }

  private static final System.Logger LOG = System.getLogger(ProcessGroups.class.getName());

  /** The user of a process that runs as the server does. */
  public static final int SERVERS_OWN = -1;

  /**
   * Takes "add GROUP USER", "end GROUP", "TERM GROUP" and "KILL GROUP", one a line. When the server
   * is gone, however it went, stdin ends, and what is still known is killed: the group, and all
   * that its user runs when that is not the server's. A process that has not come to be the leader
   * of its group yet is told itself.
   */
  private static final String SCRIPT =
      """
      known=' '
      while read -r what group user; do
        case "$what" in
          add) known="$known$group:$user " ;;
          end)
            kill -s KILL -- "-$group"
            case "$known" in
              *" $group:"*)
                behind="${known#*" $group:"}"
                known="${known%%" $group:"*} ${behind#* }" ;;
            esac ;;
          *) kill -s "$what" -- "-$group" || kill -s "$what" "$group" ;;
        esac
      done
      for one in $known; do kill -s KILL -- "-${one%%:*}"; done
      for one in $known; do
        case "$one" in
          *:-1) ;;
          *) "$0" --reuid="${one#*:}" --regid="${one#*:}" --clear-groups \
              /bin/sh -c 'kill -s KILL -- -1' ;;
        esac
      done
      """;

  private final Optional<Path> setsid;
  private final Optional<Path> setpriv;
  private final Map<Long, Integer> known = new HashMap<>(); // users by group
  private Process shell;
  private OutputStream orders;

  /** Groups made with {@code setsid}; without it, signals go to the descendants Java can see. */
  public ProcessGroups(Optional<Path> setsid) {
    this(setsid, Optional.empty());
  }

  /**
   * Groups some of which belong to users of their own.
   *
   * @param setpriv the program of that name, needed for those
   */
  public ProcessGroups(Optional<Path> setsid, Optional<Path> setpriv) {
    this.setsid = setsid;
    this.setpriv = setpriv;
  }

  /** The command line that runs {@code program} as leader of its own group. */
  public List<String> command(Path program, List<String> arguments) {
    List<String> command = new ArrayList<>(arguments.size() + 2);
    setsid.ifPresent(path -> command.add(path.toString()));
    command.add(program.toString());
    command.addAll(arguments);
    return command;
  }

  /** How {@code command} reports on stderr, with exit code 126 or 127, that it cannot execute. */
  public Optional<String> complaint() {
    return setsid.map(path -> "setsid: failed to execute ");
  }

  /** For the record: what a signal to {@code process} reaches. */
  public String describe(Process process) {
    return setsid.isPresent()
        ? "group " + process.pid()
        : "process " + process.pid() + " and its descendants";
  }

  /** A process that {@link #command} describes has been started. */
  public void started(Process process) {
    started(process, SERVERS_OWN);
  }

  /** The same for one that runs as {@code user}, whose processes are nobody else's. */
  public void started(Process process, int user) {
    if (setsid.isPresent()) {
      known.put(process.pid(), user);
      order("add", process.pid());
    }
  }

  /**
   * Process id of the shell that kills what is left should the server die, which is started if need
   * be; 0 when there is none.
   */
  public long guard() throws IOException {
    if (setsid.isEmpty()) {
      return 0;
    }
    needShell();
    return shell.pid();
  }

  /** True while {@code pid} is such a shell, of whatever server: it may still kill. */
  public static boolean isGuard(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).contains(SCRIPT);
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  public void signal(Process process, Signal signal) {
    if (setsid.isPresent()) {
      order(signal.name(), process.pid());
    } else {
      process.descendants().forEach(child -> signal(child, signal));
      signal(process.toHandle(), signal);
    }
  }

  /** The main process has exited: kills what is left of its group. */
  public void ended(Process process) {
    if (setsid.isPresent()) {
      known.remove(process.pid());
      order("end", process.pid());
    }
  }

  /** Kills all that is left. */
  public void close() {
    if (orders != null) {
      try {
        orders.close();
      } catch (IOException e) {
        LOG.log(ERROR, "the shell that ends process groups was gone already", e);
      }
    }
  }

  private static void signal(ProcessHandle process, Signal signal) {
    if (signal == Signal.KILL) {
      process.destroyForcibly();
    } else {
      process.destroy();
    }
  }

  private void order(String what, long group) {
    try {
      needShell();
      write(what, group);
    } catch (IOException e) {
      LOG.log(ERROR, "cannot tell process group " + group + ": " + what + ", it may go on", e);
    }
  }

  private void needShell() throws IOException {
    if (shell == null || !shell.isAlive()) {
      startShell();
    }
  }

  private void startShell() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                setsid.orElseThrow().toString(),
                "/bin/sh",
                "-c",
                SCRIPT,
                setpriv.map(Path::toString).orElse("setpriv"))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD);
    builder.environment().clear();
    shell = builder.start();
    orders = shell.getOutputStream();
    for (long group : known.keySet()) {
      write("add", group);
    }
  }

  private void write(String what, long group) throws IOException {
    String line = what + " " + group + " " + known.getOrDefault(group, SERVERS_OWN) + "\n";
    orders.write(line.getBytes(StandardCharsets.US_ASCII));
    orders.flush();
  }
}
