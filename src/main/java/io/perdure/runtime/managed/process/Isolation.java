package io.perdure.runtime.managed.process;

import io.perdure.runtime.managed.process.IsolationConfig.Choice;
import io.perdure.runtime.managed.process.IsolationConfig.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this machine lets the server do to keep functions apart, found out once at the start by
 * trying it. Immutable.
 */
public final class Isolation {
  private static final String INSTALL = "install util-linux (Debian, Ubuntu, Alpine and Fedora)";

  private final IsolationConfig config;
  private final Tools tools;
  private final boolean drops;
  private final boolean privateTmp;
  private final Cgroups cgroups;
  private final String problem; // null when instances can be started

  private Isolation(
      IsolationConfig config,
      Tools tools,
      boolean drops,
      boolean privateTmp,
      Cgroups cgroups,
      String problem) {
    this.config = config;
    this.tools = tools;
    this.drops = drops;
    this.privateTmp = privateTmp;
    this.cgroups = cgroups;
    this.problem = problem;
  }

  /**
   * Tries what is wanted. Blocks for some tens of milliseconds.
   *
   * @throws Unusable when something was asked for by name that cannot be had here; what only lacks
   *     tools is told by {@link #problem}, since a server without such functions can do without
   */
  public static Isolation find(IsolationConfig config) throws Unusable {
    return find(config, Tools.find());
  }

  static Isolation find(IsolationConfig config, Tools tools) throws Unusable {
    boolean root = runsAsRoot();
    if (config.dropPrivileges() == Choice.TRUE && !root) {
      throw new Unusable("drop-privileges", "true, but only root can run others as other users");
    }
    boolean drops = root && config.dropPrivileges() != Choice.FALSE;
    String problem = missing(tools, drops);
    if (problem == null && drops) {
      problem = dropComplaint(config, tools);
    }
    if (problem != null && config.dropPrivileges() == Choice.TRUE) {
      throw new Unusable("drop-privileges", "true, but " + problem);
    }
    if (config.sandbox() == Sandbox.BUBBLEWRAP) {
      requireBubblewrap(config, tools, drops);
    }
    boolean privateTmp = config.sandbox() == Sandbox.NONE && drops && findPrivateTmp(config, tools);
    if (!drops && config.privateTmp() == Choice.TRUE) {
      throw new Unusable("private-tmp", "true, but instances do not run as users of their own");
    }
    Cgroups cgroups = Cgroups.NONE;
    if (!config.cgroup().isEmpty()) {
      cgroups = Cgroups.find(config.cgroup(), config.cpus());
    } else if (config.cpus() > 0) {
      throw new Unusable("cpus", config.cpus() + ", but no cgroup is set to limit them with");
    }
    return new Isolation(config, tools, drops, privateTmp, cgroups, problem);
  }

  /** Why no instance can be started on this machine, and what to do; empty when they can. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** True when each instance runs as a user of its own. */
  public boolean drops() {
    return drops;
  }

  /** First of the groups that may be given code to read, -1 when there are none. */
  public int codeGroupsFrom() {
    return drops ? config.idsFrom() + config.ids() : -1;
  }

  /** How many of these there are. */
  public int codeGroups() {
    return config.ids();
  }

  /**
   * Where instances and their code live unless something else is set: in the data directory, or
   * outside of it when users who must not enter that one have to get there.
   */
  public Path directory(Path data) {
    Path whole = data.toAbsolutePath().normalize();
    return drops
        ? Path.of("/var/tmp", "perdure-" + Integer.toHexString(whole.toString().hashCode()))
        : whole.resolve("managed");
  }

  /** One line for the log: what stands between an instance and the rest. */
  public String describe() {
    List<String> parts = new ArrayList<>();
    parts.add(
        drops
            ? "users " + config.idsFrom() + " to " + (config.idsFrom() + config.ids() - 1)
            : "no users of their own");
    if (privateTmp) {
      parts.add("own /tmp");
    }
    if (bubblewrap()) {
      parts.add("bubblewrap");
    }
    parts.add(cgroups.describe());
    return String.join(", ", parts);
  }

  IsolationConfig config() {
    return config;
  }

  Tools tools() {
    return tools;
  }

  Cgroups cgroups() {
    return cgroups;
  }

  /** True when {@code /tmp} and {@code /dev/shm} of an instance lie in its own directory. */
  boolean privateTmp() {
    return privateTmp;
  }

  boolean bubblewrap() {
    return config.sandbox() == Sandbox.BUBBLEWRAP;
  }

  private static boolean runsAsRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return "root".equals(System.getProperty("user.name"));
    }
  }

  private static String missing(Tools tools, boolean drops) {
    if (!Files.isDirectory(Path.of("/proc/self"))) {
      return "functions from uploaded code need Linux with /proc";
    }
    List<String> names = new ArrayList<>();
    tools.setsid().ifPresentOrElse(found -> {}, () -> names.add("setsid"));
    tools.prlimit().ifPresentOrElse(found -> {}, () -> names.add("prlimit"));
    if (drops && tools.setpriv().isEmpty()) {
      names.add("setpriv");
    }
    if (!names.isEmpty()) {
      return "functions from uploaded code need " + String.join(", ", names) + ": " + INSTALL;
    }
    return tools.mkfifo().isEmpty() ? "no mkfifo on the PATH: install coreutils" : null;
  }

  private static String dropComplaint(IsolationConfig config, Tools tools) {
    List<String> command = LaunchLine.drop(tools, probeUser(config), -1);
    command.add("/bin/true");
    return Tools.complaint(command)
        .map(
            said ->
                "privileges cannot be dropped ("
                    + said
                    + "): install setpriv of util-linux, give the server CAP_SETUID, CAP_SETGID"
                    + " and CAP_SETPCAP, or set runtime.managed.isolation.drop-privileges to"
                    + " false, which lets functions run as root")
        .orElse(null);
  }

  /** Not one of the instances': those are swept by whoever has them. */
  private static int probeUser(IsolationConfig config) {
    return config.idsFrom() + config.ids();
  }

  private static boolean findPrivateTmp(IsolationConfig config, Tools tools) throws Unusable {
    if (config.privateTmp() == Choice.FALSE) {
      return false;
    }
    Optional<String> complaint =
        tools.unshare().isEmpty()
            ? Optional.of("no unshare: " + INSTALL)
            : Tools.complaint(LaunchLine.tmpProbe(tools));
    if (complaint.isPresent() && config.privateTmp() == Choice.TRUE) {
      throw new Unusable("private-tmp", "true, but it cannot be made: " + complaint.get());
    }
    return complaint.isEmpty();
  }

  private static void requireBubblewrap(IsolationConfig config, Tools tools, boolean drops)
      throws Unusable {
    if (tools.bwrap().isEmpty() || tools.env().isEmpty()) {
      throw new Unusable(
          "sandbox", "bubblewrap, but there is no bwrap on the PATH: install bubblewrap");
    }
    Optional<String> complaint =
        Tools.complaint(LaunchLine.bubblewrapProbe(tools, drops ? probeUser(config) : -1));
    if (complaint.isPresent()) {
      throw new Unusable(
          "sandbox", "bubblewrap, but it does not work for this user: " + complaint.get());
    }
  }

  /** A setting asks for what this machine does not offer. */
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1;

    Unusable(String setting, String why) {
      super("runtime.managed.isolation." + setting + " is " + why, null, false, false);
    }
  }
}
