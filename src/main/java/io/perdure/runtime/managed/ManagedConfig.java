package io.perdure.runtime.managed;

import static io.perdure.config.Rule.between;

import io.perdure.config.Section;
import java.lang.management.ManagementFactory;

/**
 * How many instances of managed functions a node has, all functions together.
 *
 * @param instancesMax most instances, 1 to 10 000
 * @param memoryMbMax most memory of all instances together, each counted with what its function may
 *     use, 64 MB to 16 TB
 * @param startsMax most instances that start at the same time, 1 to 1000
 */
public record ManagedConfig(int instancesMax, int memoryMbMax, int startsMax) {
  private static final int INSTANCES_DEFAULT = 64;
  private static final int MEMORY_MB_LEAST = 64;
  private static final int MEMORY_MB_MOST = 16 << 20;

  /** Reads the section {@code runtime.managed}. */
  public static ManagedConfig read(Section managed) {
    int memoryMb = managed.integer("memory-mb-max", 0, between(0, MEMORY_MB_MOST));
    int starts = managed.integer("starts-max", 0, between(0, 1000));
    return new ManagedConfig(
        managed.integer("instances-max", INSTANCES_DEFAULT, between(1, 10_000)),
        Math.max(MEMORY_MB_LEAST, memoryMb == 0 ? threeQuartersOfTheMachine() : memoryMb),
        starts == 0 ? Runtime.getRuntime().availableProcessors() : starts);
  }

  private static int threeQuartersOfTheMachine() {
    var machine = ManagementFactory.getOperatingSystemMXBean();
    // What else there may be cannot tell; a machine of 4 GB is a guess that does no harm.
    long bytes =
        machine instanceof com.sun.management.OperatingSystemMXBean known
            ? known.getTotalMemorySize()
            : 4L << 30;
    return (int) Math.min(MEMORY_MB_MOST, (bytes >> 20) * 3 / 4);
  }
}
