package io.perdure.time;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;

/**
 * The system's clock. A task is timed by Vert.x, which counts elapsed time; since the wall clock
 * may be stepped meanwhile, a long wait is cut into pieces and compared with the wall again after
 * each one. So a task is never early, and late by at most one piece after a step forward.
 */
public final class SystemClock implements Clock {
  /** So late at most after a step: short against what people notice, long against its cost. */
  private static final long PIECE_MILLIS = 5_000;

  private final Vertx vertx;
  private final LongSupplier wall;
  private final long pieceMillis;

  /** A clock whose timers are those of {@code vertx}: they end with the verticle that set them. */
  public SystemClock(Vertx vertx) {
    this(vertx, System::currentTimeMillis, PIECE_MILLIS);
  }

  SystemClock(Vertx vertx, LongSupplier wall, long pieceMillis) {
    this.vertx = vertx;
    this.wall = wall;
    this.pieceMillis = pieceMillis;
  }

  @Override
  public long millis() {
    return wall.getAsLong();
  }

  @Override
  public Timer at(long atMillis, Runnable task) {
    Context context = Vertx.currentContext();
    if (context == null) {
      throw new IllegalStateException("a timer needs a Vert.x context to call back on");
    }
    Wait wait = new Wait(atMillis, task);
    if (atMillis <= millis()) {
      context.runOnContext(none -> wait.look());
    } else {
      wait.sleep();
    }
    return wait;
  }

  private final class Wait implements Timer {
    private final long atMillis;
    private final Runnable task;
    private volatile boolean cancelled;
    private volatile long piece = -1;

    Wait(long atMillis, Runnable task) {
      this.atMillis = atMillis;
      this.task = task;
    }

    /** On the context of the caller, so that the piece ends there too. */
    private void sleep() {
      long left = atMillis - millis();
      piece = vertx.setTimer(Math.max(1, Math.min(left, pieceMillis)), id -> look());
    }

    private void look() {
      if (cancelled) {
        return;
      }
      if (atMillis > millis()) {
        sleep();
      } else {
        task.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      vertx.cancelTimer(piece);
    }
  }
}
