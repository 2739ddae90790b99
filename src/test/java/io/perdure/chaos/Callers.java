package io.perdure.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What all clients of a run share, and the threads they live on. Thread-safe. */
final class Callers implements AutoCloseable {
  /** An invocation that some client was promised. */
  record Known(String id, int seq, boolean ended) {}

  private static final int KNOWN_MAX = 2_000;
  private static final int PLACE_MILLIS = 5;

  private final List<Endpoint> endpoints;
  private final History history;
  private final AtomicInteger nextSeq = new AtomicInteger();
  private final AtomicInteger nextWalk = new AtomicInteger();
  private final Map<Endpoint, Semaphore> places = new ConcurrentHashMap<>();
  private final List<Known> known = new ArrayList<>();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();

  Callers(List<Endpoint> endpoints, History history) {
    this.endpoints = List.copyOf(endpoints);
    this.history = history;
  }

  /** Starts {@code count} clients and one that does nothing but walk over the list. */
  void start(int count, long seed) {
    int each = endpoints.size() == 1 ? count + 1 : Math.max(1, count / 2);
    endpoints.forEach(endpoint -> places.put(endpoint, new Semaphore(each)));
    for (int i = 0; i < count; i++) {
      running.add(threads.submit(new Caller(this, new Random(seed * 1_000 + i))));
    }
    running.add(threads.submit(new Walker(this, new Random(seed * 1_000 + count))));
  }

  History history() {
    return history;
  }

  int nextSeq() {
    return nextSeq.incrementAndGet();
  }

  int nextWalk() {
    return nextWalk.incrementAndGet();
  }

  /**
   * Any node that has not half of the clients waiting for it already: else one that does not answer
   * would soon have them all, and nobody would see how the others do. To be given back.
   */
  private Endpoint take(Random random) throws InterruptedException {
    while (true) {
      Endpoint any = endpoints.get(random.nextInt(endpoints.size()));
      if (places.get(any).tryAcquire(PLACE_MILLIS, TimeUnit.MILLISECONDS)) {
        return any;
      }
    }
  }

  private void giveBack(Endpoint endpoint) {
    places.get(endpoint).release();
  }

  /** Sends it to any node. */
  Request.Outcome send(Request request, Random random) throws InterruptedException {
    Endpoint endpoint = take(random);
    try {
      return request.send(endpoint, history);
    } finally {
      giveBack(endpoint);
    }
  }

  /** Waits so long; true when the run ends meanwhile or has. */
  boolean ends(long millis) throws InterruptedException {
    return ending.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Recent ones are kept; what changes is worth looking at. */
  synchronized void promised(Known invocation, Random random) {
    if (known.size() < KNOWN_MAX) {
      known.add(invocation);
    } else {
      known.set(random.nextInt(KNOWN_MAX), invocation);
    }
  }

  /** Any one, mostly a young one; null while there is none. */
  synchronized Known anyKnown(Random random) {
    if (known.isEmpty()) {
      return null;
    }
    int young = Math.min(known.size(), 50);
    boolean recent = random.nextInt(100) < 70;
    return recent
        ? known.get(known.size() - 1 - random.nextInt(young))
        : known.get(random.nextInt(known.size()));
  }

  /** Lets the clients end what they are at, and waits for it. */
  void end() throws InterruptedException {
    ending.countDown();
    for (Future<?> each : running) {
      try {
        each.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a client failed", e.getCause());
      }
    }
  }

  @Override
  public void close() {
    ending.countDown();
    threads.shutdownNow();
  }
}
