package io.perdure.runtime.managed.pool;

import static io.perdure.config.Rule.between;

import io.perdure.config.Section;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Instances of functions that were uploaded as code.
 *
 * @param directory where instances live and code is unpacked; empty for a place that follows from
 *     the data directory
 * @param room what the node has for instances
 * @param processesMax most processes and threads of one instance, 16 to 100 000
 * @param openFilesMax most open files of each of its processes, 64 to 1 000 000
 * @param cpuSecondsMax most seconds on a processor of each of its processes, over all its calls; 0
 *     for no limit but those of time
 */
public record ManagedConfig(
    Optional<Path> directory, Room room, int processesMax, int openFilesMax, int cpuSecondsMax) {
  private static final int INSTANCES_DEFAULT = 64;
  private static final int MEMORY_MB_LEAST = 64;
  private static final int MEMORY_MB_MOST = 16 << 20;
  private static final int STARTS_MOST = 1000;
  private static final int PROCESSES_DEFAULT = 512;
  private static final int OPEN_FILES_DEFAULT = 1024;

  /** Reads the section {@code runtime.managed}, but for those sections of it that stand apart. */
  public static ManagedConfig read(Section managed) {
    int memoryMb = managed.integer("memory-mb-max", 0, between(0, MEMORY_MB_MOST));
    int starts = managed.integer("starts-max", 0, between(0, STARTS_MOST));
    Room room =
        new Room(
            managed.integer("instances-max", INSTANCES_DEFAULT, between(1, 10_000)),
            memoryMb == 0 ? threeQuartersOfTheMachine() : Math.max(MEMORY_MB_LEAST, memoryMb),
            starts == 0 ? Runtime.getRuntime().availableProcessors() : starts);
    return new ManagedConfig(
        managed.optionalPath("directory"),
        room,
        managed.integer("processes-max", PROCESSES_DEFAULT, between(16, 100_000)),
        managed.integer("open-files-max", OPEN_FILES_DEFAULT, between(64, 1_000_000)),
        managed.integer("cpu-seconds-max", 0, between(0, Integer.MAX_VALUE)));
  }

  private static int threeQuartersOfTheMachine() {
    var machine = ManagementFactory.getOperatingSystemMXBean();
    // What else there may be cannot tell; a machine of 4 GB is a guess that does no harm.
    long bytes =
        machine instanceof com.sun.management.OperatingSystemMXBean known
            ? known.getTotalMemorySize()
            : 4L << 30;
    return (int) Math.max(MEMORY_MB_LEAST, Math.min(MEMORY_MB_MOST, (bytes >> 20) * 3 / 4));
  }
}
