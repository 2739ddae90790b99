package io.perdure.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.chaos.Callers.Known;
import io.perdure.chaos.Op.Kind;
import io.perdure.crash.FunctionLedger;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Random;

/**
 * A client that asks any node for anything: submits with and without key, reads, stops, redrives.
 * What has a key and was not answered is asked for again until it is.
 */
final class Caller implements Runnable {
  private static final int PAUSE_MILLIS_MAX = 100;
  private static final int AFTER_NOTHING_MILLIS = 100;

  /** A submit with a key that is open. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Open(int seq, String key, byte[] payload) {}

  private final Callers callers;
  private final Random random;
  private final ArrayDeque<Open> open = new ArrayDeque<>();

  Caller(Callers callers, Random random) {
    this.callers = callers;
    this.random = random;
  }

  @Override
  public void run() {
    try {
      while (!callers.ends(random.nextInt(PAUSE_MILLIS_MAX))) {
        act();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void act() throws InterruptedException {
    int what = random.nextInt(100);
    Known known = what < 45 ? null : callers.anyKnown(random);
    if (known == null) {
      submit(!open.isEmpty() && random.nextBoolean() ? open.remove() : create());
    } else if (what < 90) {
      send(Request.read(known));
    } else if (what < 96) {
      Map<String, String> type = Map.of("Content-Type", "application/json");
      byte[] body = "{\"mode\":\"cancel\",\"graceMs\":100}".getBytes(UTF_8);
      send(Request.act(Kind.STOP, known, "stop", type, body));
    } else {
      redrive(known);
    }
  }

  private Open create() {
    int seq = callers.nextSeq();
    return new Open(seq, random.nextInt(100) < 40 ? "key-" + seq : null, payload(seq));
  }

  private byte[] payload(int seq) {
    int kind = random.nextInt(100);
    int failures = kind < 15 ? 1 + random.nextInt(2) : 0;
    int holdMillis = kind > 70 ? random.nextInt(300) : 0;
    return FunctionLedger.payload(seq, failures, kind > 97 ? 3_000 : holdMillis);
  }

  private void submit(Open what) throws InterruptedException {
    boolean later = random.nextInt(100) < 10;
    Map<String, String> delay =
        later ? Map.of("Perdure-Delay", random.nextInt(1_500) + "ms") : Map.of();
    Op op = send(Request.submit(what.seq(), what.key(), delay, what.payload()));
    if (op.accepted()) {
      callers.promised(new Known(op.only().id(), what.seq(), false), random);
    }
    boolean again = !op.accepted() || random.nextInt(100) < 10; // also what was answered
    if (what.key() != null && again) {
      open.add(what);
    }
  }

  /** Only what has ended can be made anew. */
  private void redrive(Known known) throws InterruptedException {
    Op read = send(Request.read(known));
    if (read.succeeded() && StatusHistories.TERMINAL.contains(read.only().status())) {
      Op op = send(Request.act(Kind.REDRIVE, known, "redrive", Map.of(), new byte[0]));
      if (op.accepted()) {
        callers.promised(new Known(op.only().id(), known.seq(), false), random);
      }
    }
  }

  private Op send(Request request) throws InterruptedException {
    Op op = callers.send(request, random).op();
    if (!op.answered()) {
      callers.ends(AFTER_NOTHING_MILLIS);
    }
    return op;
  }
}
