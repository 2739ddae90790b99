package io.perdure.bench;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a run was made on. */
final class Machine {
  private Machine() {}

  /**
   * Adds it to the settings.
   *
   * @param data where the node and the limits write
   */
  static void describe(Report report, Path data, int cores) throws IOException {
    report.setting("commit", System.getProperty("bench.commit", "unknown"));
    report.setting("cores", cores);
    report.setting("processor", field("/proc/cpuinfo", "model name"));
    report.setting("memory", field("/proc/meminfo", "MemTotal"));
    report.setting("kernel", System.getProperty("os.version"));
    FileStore disk = Files.getFileStore(data);
    report.setting("disk", disk.name() + ", " + disk.type());
    report.setting("java", System.getProperty("java.runtime.version"));
    report.setting("load average before", Files.readString(Path.of("/proc/loadavg")).trim());
  }

  private static String field(String file, String name) throws IOException {
    Matcher line =
        Pattern.compile("(?m)^" + name + "\\s*:\\s*(.*)$").matcher(Files.readString(Path.of(file)));
    return line.find() ? line.group(1).trim() : "unknown";
  }
}
