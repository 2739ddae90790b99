package io.perdure.runtime.managed.process;

import io.perdure.runtime.managed.Processes.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line that starts a program under limits, as another user, in a place of its own.
 *
 * <p>Everything in front of the program may still run as root, so nothing a function chooses may
 * reach it: the function's variables (LD_PRELOAD is one, and shells know many) travel under names
 * that mean nothing, and a shell that runs as the instance's user gives them their own names back.
 */
final class LaunchLine {
  private static final String SH = "/bin/sh";

  /** Names of this class alone: a function's own would get in the way of the loop below. */
  private static final String VARIABLE = "_perdure_";

  private static final long MIB = 1024 * 1024;
  private static final long CPU_GRACE_SECONDS = 1;

  /** Behind the others when the machine is short of memory or processors. */
  private static final int NICE = 5;

  private static final int OOM_SCORE_ADJ = 500;

  /**
   * The last step, as the instance's user: $1 is the number of variables, the rest the program.
   * What the shell would add to the environment is taken out before.
   */
  private static final String INTO_PROGRAM =
      """
      umask 077
      { echo %d >/proc/self/oom_score_adj; echo %d >/proc/self/autogroup; } 2>/dev/null
      unset PWD OLDPWD
      _perdure_i=$1; shift
      while [ "$_perdure_i" -gt 0 ]; do
        _perdure_i=$((_perdure_i-1))
        eval "_perdure_v=\\$%s$_perdure_i"
        unset "%s$_perdure_i"
        command export "$_perdure_v" 2>/dev/null
      done
      unset _perdure_i _perdure_v
      exec "$@"
      """
          .formatted(OOM_SCORE_ADJ, NICE, VARIABLE, VARIABLE);

  /**
   * In a mount namespace of its own: $1 becomes /tmp, $2 becomes /dev/shm, and what is named up to
   * "--" stays where it is even if it lies below /tmp.
   */
  private static final String PRIVATE_TMP =
      """
      PATH=/usr/sbin:/usr/bin:/sbin:/bin
      tmp=$1 shm=$2; shift 2
      while [ "$1" != -- ]; do
        case "$1" in
          /tmp/*)
            inside="$tmp${1#/tmp}"
            mkdir -p "$inside" && mount --bind "$1" "$inside" || exit 125 ;;
        esac
        shift
      done
      shift
      mount --rbind "$tmp" /tmp || exit 125
      if [ -d /dev/shm ]; then mount --bind "$shm" /dev/shm || exit 125; fi
      exec "$@"
      """;

  private static final String INTO_CGROUP = "echo $$ >\"$0\" && exec \"$@\"";

  private final Isolation isolation;
  private final Path base;
  private final List<Path> hidden;

  /**
   * Lines for instances below {@code base}.
   *
   * @param hidden what bubblewrap leaves out of their world, besides the other instances
   */
  LaunchLine(Isolation isolation, Path base, List<Path> hidden) {
    this.isolation = isolation;
    this.base = base;
    this.hidden = List.copyOf(hidden);
  }

  /**
   * What one instance is started with.
   *
   * @param user its own, or -1
   * @param group which may read its code, or -1
   * @param processes most processes and threads of its user, 0 for no limit by the kernel
   * @param cgroup file that takes process ids, or null
   */
  record Target(
      int user,
      int group,
      Path work,
      Path code,
      Path directory,
      Limits limits,
      long processes,
      Path cgroup) {}

  /** Runs {@code program} with its arguments for {@code target}. */
  List<String> of(Target target, List<String> program, int variables) {
    Tools tools = isolation.tools();
    List<String> line = new ArrayList<>();
    line.add(tools.setsid().orElseThrow().toString());
    if (target.cgroup() != null) {
      line.addAll(List.of(SH, "-c", INTO_CGROUP, target.cgroup().toString()));
    }
    if (isolation.privateTmp()) {
      line.addAll(privateTmp(tools, target));
    }
    line.addAll(limits(target));
    tools.nice().ifPresent(nice -> line.addAll(List.of(nice.toString(), "-n", "" + NICE)));
    if (isolation.bubblewrap()) {
      line.addAll(bubblewrap(target));
    }
    if (target.user() >= 0) {
      line.addAll(drop(tools, target.user(), target.group()));
    }
    if (isolation.bubblewrap()) {
      line.addAll(List.of(tools.env().orElseThrow().toString(), "--default-signal=TERM"));
    }
    line.addAll(List.of(SH, "-c", INTO_PROGRAM, "sh", Integer.toString(variables)));
    line.addAll(program);
    return line;
  }

  /** {@code env} under names that mean nothing to any program. */
  static Map<String, String> disguised(Map<String, String> env) {
    Map<String, String> disguised = new HashMap<>();
    env.forEach((name, value) -> disguised.put(VARIABLE + disguised.size(), name + "=" + value));
    return disguised;
  }

  /** Becomes {@code user}, with nothing left to become anybody else. */
  static List<String> drop(Tools tools, int user, int group) {
    return new ArrayList<>(
        List.of(
            tools.setpriv().orElseThrow().toString(),
            "--reuid=" + user,
            "--regid=" + user,
            group < 0 ? "--clear-groups" : "--groups=" + group,
            "--no-new-privs",
            "--inh-caps=-all",
            "--ambient-caps=-all",
            "--bounding-set=-all",
            "--"));
  }

  /** Shows whether {@link IsolationConfig#privateTmp} can be had. */
  static List<String> tmpProbe(Tools tools) {
    List<String> line = privateTmp(tools, "/tmp", "/dev/shm");
    line.addAll(List.of("--", "/bin/true"));
    return line;
  }

  /** Shows whether bubblewrap works. */
  static List<String> bubblewrapProbe(Tools tools, int user) {
    List<String> line = new ArrayList<>(namespaces(tools));
    line.add("--");
    if (user >= 0) {
      line.addAll(drop(tools, user, -1));
    }
    line.addAll(
        List.of(tools.env().orElseThrow().toString(), "--default-signal=TERM", "/bin/true"));
    return line;
  }

  private List<String> limits(Target target) {
    Limits limits = target.limits();
    List<String> line = new ArrayList<>();
    line.add(isolation.tools().prlimit().orElseThrow().toString());
    line.add("--core=0");
    line.add("--nofile=" + possible("Max open files", limits.openFiles()));
    line.add("--fsize=" + possible("Max file size", limits.diskMb() * MIB));
    if (target.processes() > 0) {
      line.add("--nproc=" + possible("Max processes", target.processes()));
    }
    if (limits.cpuSeconds() > 0) {
      long hard = possible("Max cpu time", limits.cpuSeconds() + CPU_GRACE_SECONDS);
      line.add("--cpu=" + Math.min(limits.cpuSeconds(), hard) + ":" + hard);
    }
    if (limits.dataMb() > 0) {
      line.add("--data=" + possible("Max data size", limits.dataMb() * MIB));
    }
    line.add("--");
    return line;
  }

  /** Nobody may go beyond the server's own limits, which the kernel would refuse. */
  private static long possible(String limit, long wanted) {
    return Math.min(wanted, new Proc().hardLimit(limit));
  }

  private List<String> privateTmp(Tools tools, Target target) {
    Path work = target.work();
    List<String> line = privateTmp(tools, Places.tmp(work).toString(), Places.shm(work).toString());
    line.addAll(List.of(base.toString(), target.code().toString(), "--"));
    return line;
  }

  /** Puts {@code tmp} and {@code shm} in the place of what all share; what else is seen follows. */
  private static List<String> privateTmp(Tools tools, String tmp, String shm) {
    return new ArrayList<>(
        List.of(
            tools.unshare().orElseThrow().toString(),
            "--mount",
            "--ipc",
            SH,
            "-c",
            PRIVATE_TMP,
            "sh",
            tmp,
            shm));
  }

  /**
   * A world with the machine's files, read-only, and nothing of ours but the instance's own.
   * SIGTERM is for the program: bubblewrap itself, which would end everything at once, does not
   * hear it.
   */
  private List<String> bubblewrap(Target target) {
    List<String> line = new ArrayList<>();
    line.addAll(List.of(isolation.tools().env().orElseThrow().toString(), "--ignore-signal=TERM"));
    line.addAll(namespaces(isolation.tools()));
    String tmp = Places.tmp(target.work()).toString();
    line.addAll(List.of("--bind", tmp, "/tmp", "--bind", tmp, "/var/tmp"));
    line.addAll(List.of("--bind", Places.shm(target.work()).toString(), "/dev/shm"));
    hidden.forEach(path -> line.addAll(List.of("--tmpfs", path.toString())));
    line.addAll(List.of("--ro-bind", base.toString(), base.toString()));
    for (Path own : List.of(Places.instances(base), Places.code(base))) {
      line.addAll(List.of("--tmpfs", own.toString()));
    }
    line.addAll(List.of("--ro-bind", target.code().toString(), target.code().toString()));
    line.addAll(List.of("--bind", target.work().toString(), target.work().toString()));
    line.addAll(List.of("--chdir", target.directory().toString(), "--"));
    return line;
  }

  private static List<String> namespaces(Tools tools) {
    return List.of(
        tools.bwrap().orElseThrow().toString(),
        "--unshare-pid",
        "--unshare-ipc",
        "--unshare-uts",
        "--die-with-parent",
        "--ro-bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--proc",
        "/proc");
  }
}
