package io.perdure.runtime.managed.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.runtime.Attempts;
import io.perdure.runtime.managed.Processes.Limits;
import io.perdure.runtime.managed.process.Cgroups.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is written to the kernel's files, on files that stand in for them; and, where there is a
 * cgroup v2 to write to, that the kernel does as it is told.
 */
class CgroupsTest {
  private static final Limits LIMITS = new Limits(100, 64, 50, 256, 0, 0);

  @TempDir private Path temp;

  @Test
  void limitsOfAnInstanceAreWritten() throws Exception {
    Path group = cgroups("cpuset cpu io memory pids", 2).group("i1", LIMITS).procs().getParent();
    assertEquals(temp.resolve("perdure-i1"), group);
    assertEquals("+memory +pids +cpu", Files.readString(temp.resolve("cgroup.subtree_control")));
    assertEquals("104857600", Files.readString(group.resolve("memory.max")));
    assertEquals("50", Files.readString(group.resolve("pids.max")));
    assertEquals("200000 100000", Files.readString(group.resolve("cpu.max")));
    assertEquals("1", Files.readString(group.resolve("memory.oom.group")));
  }

  @Test
  void processorsAreNotLimitedUnlessAskedFor() throws Exception {
    Path group = cgroups("cpu memory pids", 0).group("i1", LIMITS).procs().getParent();
    assertFalse(Files.exists(group.resolve("cpu.max")));
  }

  @Test
  void killByTheKernelForWantOfMemoryIsSeen() throws Exception {
    Group group = cgroups("cpu memory pids", 0).group("i1", LIMITS);
    Path events = group.procs().resolveSibling("memory.events");
    Files.writeString(events, "low 0\nhigh 0\nmax 7\noom 0\noom_kill 0\n");
    assertFalse(group.outOfMemory());
    Files.writeString(events, "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\n");
    assertTrue(group.outOfMemory());
  }

  @Test
  void directoryWithoutTheControllersIsRefused() throws Exception {
    Files.writeString(temp.resolve("cgroup.controllers"), "cpu\n");
    var refused = assertThrows(Isolation.Unusable.class, () -> Cgroups.find(temp.toString(), 0));
    assertEquals(
        "runtime.managed.isolation.cgroup is "
            + temp
            + ", which cannot be used: "
            + temp
            + " has the controllers [cpu], needed are [memory, pids, cpu]",
        refused.getMessage());
  }

  @Test
  void directoryThatIsNoCgroupIsRefused() {
    var refused = assertThrows(Isolation.Unusable.class, () -> Cgroups.find(temp.toString(), 0));
    assertTrue(refused.getMessage().endsWith("is no cgroup v2 directory"), refused.getMessage());
  }

  @Test
  void removingAGroupKillsWhatIsInIt() throws Exception {
    Optional<Path> mounted = mounted();
    assumeTrue(mounted.isPresent(), "no cgroup v2 is mounted that this user may write to");
    Path directory =
        Files.createDirectory(
            mounted.get().resolve("perdure-test-" + ProcessHandle.current().pid()));
    Group group = new Group(directory);
    assumeTrue(Files.exists(directory.resolve("cgroup.kill")), "this kernel has no cgroup.kill");
    Process process = new ProcessBuilder("sleep", "1000").start();
    Files.writeString(group.procs(), Long.toString(process.pid()));
    group.remove();
    assertTrue(process.waitFor(Attempts.PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertFalse(Files.exists(directory));
  }

  private Cgroups cgroups(String controllers, int cpus) throws IOException {
    Files.writeString(temp.resolve("cgroup.controllers"), controllers + "\n");
    return Cgroups.open(temp, cpus);
  }

  private static Optional<Path> mounted() throws IOException {
    return Files.readAllLines(Path.of("/proc/mounts")).stream()
        .map(line -> line.split(" ", 4))
        .filter(fields -> fields[2].equals("cgroup2"))
        .map(fields -> Path.of(fields[1]))
        .filter(Files::isWritable)
        .findFirst();
  }
}
