package io.perdure.shard;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Invocation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/**
 * Reads bodies of what has ended that memory does not have, on the shared pool and without the
 * shard. What a context wants in one turn, or while its last job is under way, is one job: mostly
 * the bytes are in the system's page cache, and to read them takes less than to have another thread
 * do it. Thread-safe; each context has a line of its own.
 */
public final class Fetches {
  /** Most bodies of a job, each of at most {@link Glance#BODY_BYTES_MAX}. */
  static final int AT_ONCE_MAX = 64;

  /** Most that wait in a line: more are left to the shards, which refuse what is too much. */
  static final int WAITING_MAX = 4_096;

  private static final System.Logger LOG = System.getLogger(Fetches.class.getName());
  private static final String KEY = Fetches.class.getName();

  private final WorkerExecutor pool;

  /** What is to be read, and who is told. */
  private record Fetch(Glance from, Invocation ended, Part part, Promise<byte[]> answer) {}

  /** What one context waits for; belongs to its thread. */
  private static final class Line {
    final Queue<Fetch> waiting = new ArrayDeque<>();
    boolean busy;
  }

  /** Reads on {@code pool}. */
  public Fetches(WorkerExecutor pool) {
    this.pool = pool;
  }

  /**
   * A body of what has ended; null means that the shard is to be asked. Completes on the present
   * context, and never fails.
   */
  public Future<byte[]> body(Glance from, Invocation ended, Part part) {
    ContextInternal context = (ContextInternal) Vertx.currentContext();
    if (context == null || !context.inThread() || !from.isSmall(ended, part)) {
      return Future.succeededFuture();
    }
    Line line = line(context);
    if (line.waiting.size() == WAITING_MAX) {
      return Future.succeededFuture();
    }
    Promise<byte[]> answer = context.promise();
    line.waiting.add(new Fetch(from, ended, part, answer));
    if (!line.busy) {
      line.busy = true;
      context.unwrap().runOnContext(turnIsOver -> read(line));
    }
    return answer.future();
  }

  private static Line line(ContextInternal context) {
    Line known = context.get(KEY);
    if (known == null) {
      known = new Line();
      context.put(KEY, known);
    }
    return known;
  }

  private void read(Line line) {
    List<Fetch> job = new ArrayList<>();
    while (job.size() < AT_ONCE_MAX && !line.waiting.isEmpty()) {
      job.add(line.waiting.remove());
    }
    onPool(job)
        .onComplete(
            done -> {
              if (done.failed()) {
                LOG.log(DEBUG, "bodies are left to their shards: {0}", done.cause().getMessage());
              }
              for (int i = 0; i < job.size(); i++) {
                job.get(i).answer().complete(done.failed() ? null : done.result()[i]);
              }
              if (line.waiting.isEmpty()) {
                line.busy = false;
              } else {
                read(line);
              }
            });
  }

  private Future<byte[][]> onPool(List<Fetch> job) {
    try {
      return pool.executeBlocking(
          () -> job.stream().map(Fetches::read).toArray(byte[][]::new), false);
    } catch (RejectedExecutionException e) {
      return Future.failedFuture(e); // closed: the node is ending
    }
  }

  private static byte[] read(Fetch fetch) {
    return fetch.from().read(fetch.ended(), fetch.part());
  }
}
