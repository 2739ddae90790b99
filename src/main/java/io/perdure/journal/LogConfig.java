package io.perdure.journal;

import java.nio.file.Path;

/**
 * Where a log is and how large it may be.
 *
 * @param directory of its own
 * @param stores how many stores it serves, numbered from 0
 * @param segmentBytes size of a segment; one with a group that is larger than that is larger, too
 * @param segmentsMax most files there may be, at least 4
 * @param files opens them for writing
 */
public record LogConfig(
    Path directory, int stores, long segmentBytes, int segmentsMax, LogFile.Opener files) {
  private static final int SEGMENTS = 8;

  /** A log of at most {@code bytes}. */
  public static LogConfig of(Path directory, int stores, long bytes) {
    return new LogConfig(directory, stores, bytes / SEGMENTS, SEGMENTS, LogFile.Opener.DISK);
  }

  /** The same on other files. */
  public LogConfig on(LogFile.Opener opener) {
    return new LogConfig(directory, stores, segmentBytes, segmentsMax, opener);
  }

  /** With more segments than these in use, the stores that need the oldest one are flushed. */
  int segmentsWanted() {
    return segmentsMax * 3 / 4;
  }
}
