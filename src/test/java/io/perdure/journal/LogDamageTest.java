package io.perdure.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log does with files that a crash or a disk has damaged. */
class LogDamageTest {
  private static final int PAGE = LogFormat.PAGE_BYTES;
  private static final int GROUPS = 3;

  @TempDir Path temp;
  private int copies;

  /** Of the description of a segment, and of the empty group that a new log begins with. */
  private static final long BEGIN = 2 * PAGE;

  /** A log of one segment with {@link #GROUPS} groups of two pages each, behind the beginning. */
  private LogFixture written() throws IOException {
    try (LogFixture log = new LogFixture(temp.resolve("log"), 2).open()) {
      for (int i = 0; i < GROUPS; i++) {
        log.commit(i % 2, text(i));
      }
      return log.crashed(temp.resolve("written"));
    }
  }

  private static String text(int i) {
    return i + "t".repeat(6_000);
  }

  private LogFixture copy(LogFixture of) throws IOException {
    return of.crashed(temp.resolve("copy" + copies++));
  }

  private static Path only(LogFixture of) throws IOException {
    List<Path> files = LogFixture.files(of.directory());
    assertEquals(1, files.size());
    return files.get(0);
  }

  private static void assertHas(LogFixture log, int groups) {
    assertEquals((groups + 1) / 2, log.stores.get(0).size());
    assertEquals(groups / 2, log.stores.get(1).size());
  }

  private static JournalException assertRefused(LogFixture log) {
    try {
      JournalException refused = assertThrows(JournalException.class, log::open);
      assertTrue(refused.getMessage().contains("damaged"), refused.getMessage());
      return refused;
    } finally {
      log.close();
    }
  }

  @Test
  void aTailTornAnywhereIsNotThereAndAllBeforeItIs() throws IOException {
    LogFixture written = written();
    long last = BEGIN + (GROUPS - 1) * 2L * PAGE;
    for (long cut = last; cut < last + 2 * PAGE; cut += 97) {
      LogFixture torn = copy(written);
      try (RandomAccessFile file = new RandomAccessFile(only(torn).toFile(), "rw")) {
        file.setLength(cut);
        file.setLength(last + 2 * PAGE); // zeros, as in a file that was filled
      }
      boolean whole = cut >= last + LogFormat.HEAD_BYTES + 16 + 6_005;
      try (LogFixture opened = torn.open()) {
        assertHas(opened, whole ? GROUPS : GROUPS - 1);
        opened.commit(0, "after");
        opened.commit(1, "after");
      }
      LogFixture again = copy(torn);
      try (LogFixture opened = again.open()) {
        assertEquals(torn.stores, opened.stores);
      }
    }
  }

  @Test
  void aFlippedBitInAnyGroupButTheLastRefusesToOpen() throws IOException {
    LogFixture written = written();
    for (long at = 0; at < BEGIN + (GROUPS - 1) * 2L * PAGE; at += 331) {
      LogFixture damaged = copy(written);
      Path file = only(damaged);
      LogFixture.flip(file, at);
      String message = assertRefused(damaged).getMessage();
      assertTrue(message.contains(file.toString()), message);
    }
  }

  @Test
  void aFlippedBitInTheLastGroupRefusesWhenAStoreHasWhatIsInIt() throws IOException {
    try (LogFixture log = new LogFixture(temp.resolve("log"), 1).open()) {
      log.commit(0, text(0));
      log.commit(0, text(1));
      log.flush(0);
      LogFixture damaged = copy(log);
      LogFixture.flip(only(damaged), 4 * PAGE + 100);
      String message = assertRefused(damaged).getMessage();
      assertTrue(message.contains("ends with change 1 of store 0, which has 2"), message);
    }
  }

  @Test
  void aGroupThatIsNotOnDiskBeforeOneThatIsRefuses() throws IOException {
    LogFixture lost = copy(written());
    try (RandomAccessFile file = new RandomAccessFile(only(lost).toFile(), "rw")) {
      file.seek(BEGIN + (GROUPS - 2) * 2L * PAGE);
      file.write(new byte[2 * PAGE]);
    }
    String message = assertRefused(lost).getMessage();
    assertTrue(message.contains("at byte " + 4 * PAGE), message);
    assertTrue(message.contains("a later one at " + 6 * PAGE), message);
  }

  /** A log of several segments, none of which has been retired. */
  private LogFixture ofManySegments() throws IOException {
    try (LogFixture log = new LogFixture(temp.resolve("log"), 2).open()) {
      for (int i = 0; i < 28; i++) {
        log.commit(i % 2, text(i));
      }
      return log.crashed(temp.resolve("many"));
    }
  }

  @Test
  void anySegmentMissingRefuses() throws IOException {
    LogFixture many = ofManySegments();
    int segments = LogFixture.files(many.directory()).size();
    assertTrue(segments >= 4, "" + segments);
    for (int i = 0; i < segments - 2; i++) { // one of the last two may not have been begun
      LogFixture damaged = copy(many);
      Files.delete(LogFixture.files(damaged.directory()).get(i));
      assertRefused(damaged);
    }
  }

  @Test
  void anEarlierSegmentThatEndsTooSoonRefuses() throws IOException {
    LogFixture damaged = copy(ofManySegments());
    Path second = LogFixture.files(damaged.directory()).get(1);
    try (RandomAccessFile file = new RandomAccessFile(second.toFile(), "rw")) {
      file.setLength(PAGE + 2 * PAGE);
    }
    String message = assertRefused(damaged).getMessage();
    assertTrue(message.contains(second + " at byte " + 3 * PAGE), message);
  }

  @Test
  void aFileThatWasOnlyPreparedIsNoDamage() throws IOException {
    LogFixture written = written();
    Files.write(LogScan.file(written.directory(), 2), new byte[3 * PAGE]);
    try (LogFixture opened = written.open()) {
      assertHas(opened, GROUPS);
      opened.commit(0, "after");
    }
  }

  @Test
  void aFileUsedAgainAndNotBegunIsNoDamage() throws IOException {
    LogFixture written = written();
    Files.copy(only(written), LogScan.file(written.directory(), 2)); // the old content is that of 1
    try (LogFixture opened = written.open()) {
      assertHas(opened, GROUPS);
      opened.commit(0, "after");
    }
  }

  @Test
  void aGroupThatSomebodyPutIntoAPayloadIsNotTakenForOne() throws IOException {
    LogFixture written = written();
    Path file = only(written);
    byte[] bytes = Files.readAllBytes(file);
    // As it would be if the payload of an earlier use of the file had looked like the next group.
    byte[] forged = Arrays.copyOfRange(bytes, 2 * PAGE, 4 * PAGE);
    ByteBuffer head = ByteBuffer.wrap(forged);
    head.putLong(16, head.getLong(16) + 1).putLong(24, GROUPS + 2);
    head.putInt(36, LogFormat.crc(head, forged.length));
    try (RandomAccessFile to = new RandomAccessFile(file.toFile(), "rw")) {
      to.seek(BEGIN + GROUPS * 2L * PAGE);
      to.write(forged);
    }
    try (LogFixture opened = written.open()) {
      assertHas(opened, GROUPS);
    }
  }
}
