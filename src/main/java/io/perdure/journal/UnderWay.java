package io.perdure.journal;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;

/**
 * The books of a journal: how many of its commits are under way, whether it takes any more, and
 * when it has ended. Thread-safe, and its own lock: a journal that decides more together with an
 * admission holds it around both.
 */
public final class UnderWay {
  /** Most commits under way. Who writes waits for them long before. */
  public static final int MAX = 1024;

  private static final System.Logger LOG = System.getLogger(UnderWay.class.getName());

  private final String journal;
  private final Runnable onFailure;
  private final Promise<Void> ended = Promise.promise();
  private int pending;
  private boolean closing;
  private JournalException failure;

  /**
   * Those of a new journal: none.
   *
   * @param journal its name, for messages
   * @param onFailure run once, when the journal has failed, by whoever noticed; without the lock
   */
  public UnderWay(String journal, Runnable onFailure) {
    this.journal = journal;
    this.onFailure = onFailure;
  }

  /** Whether one commit more is under way from now on; if not, {@link #refused} says why. */
  public synchronized boolean admit() {
    boolean admitted = failure == null && !closing && pending < MAX;
    pending += admitted ? 1 : 0;
    return admitted;
  }

  /**
   * Why a commit was not admitted. That there were too many ends the journal: what follows may rest
   * on the one that was refused.
   */
  public JournalException refused() {
    synchronized (this) {
      if (failure == null && closing) {
        return new JournalException("journal " + journal + " is closed", null);
      }
    }
    return failed(MAX + " commits waited", null);
  }

  /** The journal takes no more; the first failure there was, this one if there was none. */
  public JournalException failed(String why, Throwable cause) {
    JournalException known = failure();
    return known == null
        ? failed(new JournalException("journal " + journal + " has ended: " + why, cause))
        : known;
  }

  /** The same with a failure that says all there is to say. */
  public JournalException failed(JournalException e) {
    synchronized (this) {
      if (failure != null) {
        return failure;
      }
      failure = e;
    }
    onFailure.run();
    return e;
  }

  /** The first failure there was; null for none. */
  public synchronized JournalException failure() {
    return failure;
  }

  /** Goes on with a commit where it came from; it is over if that has ended. */
  public void goOn(Context context, Handler<Void> step) {
    try {
      context.runOnContext(step);
    } catch (RejectedExecutionException rejected) {
      LOG.log(
          Level.WARNING,
          "journal " + journal + ": Vert.x has ended, nobody hears of a commit",
          rejected);
      over();
    }
  }

  /** A commit is under way no more, well or not. */
  public void over() {
    boolean last;
    synchronized (this) {
      pending--;
      last = closing && pending == 0;
    }
    if (last) {
      ended.tryComplete();
    }
  }

  /** Admits no more; completes when none is under way, at once or where the last one ended. */
  public Future<Void> close() {
    boolean last;
    synchronized (this) {
      closing = true;
      last = pending == 0;
    }
    if (last) {
      ended.tryComplete();
    }
    return ended.future();
  }
}
