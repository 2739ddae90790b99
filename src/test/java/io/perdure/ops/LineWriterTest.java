package io.perdure.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LineWriterTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  /** An output that takes nothing until it is opened. */
  private static final class Gate extends OutputStream {
    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch open = new CountDownLatch(1);
    final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      reached.countDown();
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      written.write(bytes, offset, length);
    }
  }

  private final Gate out = new Gate();

  @Test
  void linesAreWrittenInOrder() {
    out.open.countDown();
    var writer = new LineWriter(out, 100, 1000, n -> "lost " + n + "\n");
    for (int i = 0; i < 50; i++) {
      writer.offer(i + "\n");
    }
    assertTrue(writer.flush(LONG));
    var expected = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      expected.append(i).append('\n');
    }
    assertEquals(expected.toString(), out.written.toString(UTF_8));
  }

  @Test
  void blockedOutputHoldsNobodyAndWhatWasDroppedIsCounted() throws InterruptedException {
    var writer = new LineWriter(out, 4, 1000, n -> "lost " + n + "\n");
    writer.offer("first\n");
    out.reached.await();
    for (int i = 0; i < 10; i++) {
      writer.offer(i + "\n"); // four of them fit; returns at once although nothing is written
    }
    out.open.countDown();
    assertTrue(writer.flush(LONG));
    assertEquals("first\nlost 6\n0\n1\n2\n3\n", out.written.toString(UTF_8));
  }

  @Test
  void waitingLinesAreBoundedInCharactersToo() throws InterruptedException {
    var writer = new LineWriter(out, 100, 20, n -> "lost " + n + "\n");
    writer.offer("first\n");
    out.reached.await();
    writer.offer("x".repeat(15));
    writer.offer("fits\n");
    out.open.countDown();
    assertTrue(writer.flush(LONG));
    assertEquals("first\nlost 1\nfits\n", out.written.toString(UTF_8));
  }

  @Test
  void flushGivesUpWhenTheOutputIsBlocked() throws InterruptedException {
    var writer = new LineWriter(out, 4, 1000, n -> "");
    writer.offer("first\n");
    out.reached.await();
    assertFalse(writer.flush(Duration.ofMillis(20)));
    out.open.countDown();
    assertTrue(writer.flush(LONG));
  }

  @Test
  void brokenOutputDoesNotEndTheWriter() {
    var broken =
        new OutputStream() {
          private int left = 1;

          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            if (left-- > 0) {
              throw new IOException("gone");
            }
            out.written.write(bytes, offset, length);
          }
        };
    var writer = new LineWriter(broken, 10, 1000, n -> "lost " + n + "\n");
    writer.offer("one\n");
    writer.offer("two\n");
    assertTrue(writer.flush(LONG));
    assertTrue(out.written.toString(UTF_8).contains("lost 1\n"), () -> out.written.toString(UTF_8));
    assertTrue(out.written.toString(UTF_8).contains("two\n"), () -> out.written.toString(UTF_8));
  }
}
