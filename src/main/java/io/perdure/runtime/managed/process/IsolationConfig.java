package io.perdure.runtime.managed.process;

import static io.perdure.config.Rule.any;
import static io.perdure.config.Rule.between;

import io.perdure.config.Section;

/**
 * What keeps processes of functions away from the server and from each other.
 *
 * @param dropPrivileges whether each instance runs as a user of its own, which only root can
 *     arrange; AUTO does so exactly when the server runs as root
 * @param idsFrom first user and group id of instances, 1 000 to 2 000 000 000; nobody else may use
 *     these
 * @param ids how many there are, at least the instances at once, 1 to 60 000; as many behind them
 *     are groups that code is given to
 * @param privateTmp whether an instance that runs as a user of its own has a {@code /tmp} and
 *     {@code /dev/shm} of its own; AUTO does so where the kernel lets the server
 * @param sandbox what else stands between an instance and the machine
 * @param cgroup a cgroup v2 directory that was delegated to the server, "auto" for its own one, ""
 *     for none
 * @param cpus most processors of one instance, 0 for no limit; needs {@code cgroup}
 */
public record IsolationConfig(
    Choice dropPrivileges,
    int idsFrom,
    int ids,
    Choice privateTmp,
    Sandbox sandbox,
    String cgroup,
    int cpus) {
  /** What is used unless something else is set. */
  public static final IsolationConfig DEFAULT =
      new IsolationConfig(Choice.AUTO, 30_000, 1_000, Choice.AUTO, Sandbox.NONE, "", 0);

  /** What is wanted. */
  public enum Choice {
    /** If it can be had. */
    AUTO,
    /** The server does not start without it. */
    TRUE,
    /** Not wanted. */
    FALSE
  }

  /** A tool that puts a process into a world of its own. */
  public enum Sandbox {
    /** None. */
    NONE,
    /** bubblewrap: namespaces of processes and files. */
    BUBBLEWRAP
  }

  /** Reads the section {@code runtime.managed.isolation}. */
  public static IsolationConfig read(Section isolation) {
    return new IsolationConfig(
        isolation.choice("drop-privileges", DEFAULT.dropPrivileges),
        isolation.integer("ids-from", DEFAULT.idsFrom, between(1_000, 2_000_000_000)),
        isolation.integer("ids", DEFAULT.ids, between(1, 60_000)),
        isolation.choice("private-tmp", DEFAULT.privateTmp),
        isolation.choice("sandbox", DEFAULT.sandbox),
        isolation.text("cgroup", DEFAULT.cgroup, any()),
        isolation.integer("cpus", DEFAULT.cpus, between(0, 1_024)));
  }

  /** The same with another choice of users. */
  public IsolationConfig withDropPrivileges(Choice other) {
    return new IsolationConfig(other, idsFrom, ids, privateTmp, sandbox, cgroup, cpus);
  }

  /** The same with another range of users. */
  public IsolationConfig withIds(int from, int count) {
    return new IsolationConfig(dropPrivileges, from, count, privateTmp, sandbox, cgroup, cpus);
  }

  /** The same with another choice of temporary directories. */
  public IsolationConfig withPrivateTmp(Choice other) {
    return new IsolationConfig(dropPrivileges, idsFrom, ids, other, sandbox, cgroup, cpus);
  }

  /** The same with another sandbox. */
  public IsolationConfig withSandbox(Sandbox other) {
    return new IsolationConfig(dropPrivileges, idsFrom, ids, privateTmp, other, cgroup, cpus);
  }

  /** The same with another cgroup. */
  public IsolationConfig withCgroup(String other) {
    return new IsolationConfig(dropPrivileges, idsFrom, ids, privateTmp, sandbox, other, cpus);
  }
}
