package io.perdure.testkit.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.perdure.testkit.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/**
 * Throws requests at a server on loopback from several threads, {@code -Dperdure.fuzz=100000} for
 * that many. Each has a seed of its own, which a failure names with the request.
 */
public final class Fuzzing {
  private static final int REQUESTS = Integer.getInteger("perdure.fuzz", 8_000);
  private static final int CALLERS = 6;

  /** Nearly the longest first line that is read. */
  private static final int LINE_MAX = 40_000;

  private static final int SHOWN_MAX = 4_000;

  private final int port;
  private final Dialect dialect;
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /** What is thrown, and what its answers must look like. */
  public interface Dialect {
    /** A request, spoiled or not. */
    Throw next(Random random);

    /** Whether a request that begins with these bytes is answered by the dialect at all. */
    boolean owns(String head);

    /**
     * Checks the answer to a request that was HTTP.
     *
     * @return what it is counted as; {@code success} for what nobody may get without signing
     */
    String judge(Answer answer) throws IOException;

    /** Whether an answer to what may be no HTTP is the dialect's own. */
    boolean answered(String head, Answer answer);
  }

  /**
   * A request to be sent.
   *
   * @param forged whether it was changed behind its signature, so that it must be refused
   */
  public record Throw(Wired wired, boolean forged) {}

  /** Throws at {@code port}. */
  public Fuzzing(int port, Dialect dialect) {
    this.port = port;
    this.dialect = dialect;
  }

  /** Throws all of them; fails the test with the first answer that is not as it must be. */
  public void run() throws InterruptedException {
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        ends.add(callers.submit(this::call));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    } finally {
      callers.shutdownNow();
    }
  }

  /** That each of these was counted: a fuzzer is worth something only while it gets so far. */
  public void reached(String... expected) {
    for (String each : Seeds.replaying() ? new String[0] : expected) {
      assertTrue(counts.containsKey(each), () -> "never reached " + each + ": " + counts);
    }
  }

  private void call() {
    try (Caller caller = new Caller()) {
      Seeds.each(REQUESTS / CALLERS, caller::call);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void count(String what) {
    counts.computeIfAbsent(what, first -> new LongAdder()).increment();
  }

  /** One of several, with a connection that it keeps as long as the server does. */
  private final class Caller implements AutoCloseable {
    private RawConnection kept;

    void call(Random random) {
      Throw next = dialect.next(random);
      byte[] bytes = next.wired().bytes();
      int raw = random.nextInt(10);
      try {
        if (raw == 0) {
          anyBytes(Spoil.bytes(bytes, random));
        } else if (raw == 1) {
          anyBytes(Spoil.http(bytes, random));
        } else if (next.wired().target.length() > LINE_MAX) {
          anyBytes(bytes); // refused before it is known whom it is for
        } else {
          request(bytes, next.forged());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** HTTP that is well-formed: one answer, of the dialect if it owns the path. */
    private void request(byte[] bytes, boolean forged) throws IOException {
      Answer answer = null;
      try {
        boolean fresh = kept == null;
        kept = fresh ? new RawConnection(port) : kept;
        answer = kept.exchange(bytes);
        if (answer == null && !fresh) { // it was closed meanwhile
          kept.close();
          kept = new RawConnection(port);
          answer = kept.exchange(bytes);
        }
      } catch (SocketTimeoutException e) {
        fail("no answer to " + shown(bytes));
      }
      if (answer == null) {
        fail("the connection was closed on " + shown(bytes));
      }
      if (!dialect.owns(new String(bytes, ISO_8859_1))) {
        stranger(answer, bytes);
      } else if (judged(answer, bytes).equals("success") && forged) {
        fail("nobody signed " + shown(bytes));
      }
      if (answer.last()) {
        kept.close();
        kept = null;
      }
    }

    /** What may be no HTTP: no answer at all, or such as it deserves, and an end. */
    private void anyBytes(byte[] bytes) throws IOException {
      try (RawConnection once = new RawConnection(port)) {
        for (Answer answer : once.exchangeAll(bytes)) {
          String head = new String(bytes, ISO_8859_1);
          if (dialect.answered(head, answer)) {
            judged(answer, bytes);
          } else {
            stranger(answer, bytes);
          }
        }
      } catch (SocketTimeoutException e) {
        fail("the connection stays open after " + shown(bytes));
      }
    }

    /** What is answered by somebody else, to whom it happened to be addressed. */
    private void stranger(Answer answer, byte[] request) {
      count("http " + answer.status());
      assertTrue(answer.status() < 500, () -> answer + " to " + shown(request));
    }

    private String judged(Answer answer, byte[] request) {
      try {
        String what = dialect.judge(answer);
        count(what);
        return what;
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(e + ": " + answer + "\nto " + shown(request), e);
      }
    }

    @Override
    public void close() throws IOException {
      if (kept != null) {
        kept.close();
      }
    }
  }

  private static String shown(byte[] bytes) {
    StringBuilder text = new StringBuilder("\n");
    for (int i = 0; i < Math.min(bytes.length, SHOWN_MAX); i++) {
      int b = bytes[i] & 0xff;
      boolean plain = (b >= ' ' && b < 0x7f) || b == '\n';
      text.append(plain ? Character.toString(b) : "\\x%02x".formatted(b));
    }
    return text.append(bytes.length > SHOWN_MAX ? "... of " + bytes.length : "").toString();
  }
}
