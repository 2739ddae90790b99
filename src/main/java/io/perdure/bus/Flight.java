package io.perdure.bus;

import io.perdure.bus.Address.Scope;
import io.perdure.bus.Unserved.Why;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;

/**
 * One request on its way through the cluster, until its answer or its deadline. Belongs to the
 * context that asks, but for what says otherwise.
 *
 * <p>It is asked again, at once of another owner and after a growing pause of the same, when
 * nothing has been done ("fenced", not served, not connected to). When that is not known it is
 * asked again if it is {@link Message#repeatable}, and fails else. Any other answer is the
 * caller's.
 */
final class Flight<R extends Message> {
  /** So often it is asked elsewhere without a pause. */
  private static final int MOVES_MAX = 3;

  private static final long PAUSE_MILLIS_MIN = 10;
  private static final long PAUSE_MILLIS_MAX = 200;

  /** Which node of many has been asked is not known, so its end is not; it has so long. */
  private static final long ANY_MILLIS = 5_000;

  /**
   * The owner of a shard has so long at first, and twice that each further time: an answer that is
   * lost with its connection, on a link that broke in one direction, is told by nobody.
   */
  private static final long OWNER_MILLIS = 3_000;

  private final Resend resend;
  private final ContextInternal context;
  private final Address<?, R> to;
  private final Message message;
  private final long deadline;
  private final Promise<R> answer;

  /** Node that is asked now; null for none. */
  private String at;

  /** How often it has been asked. */
  private int tries;

  private int moves;
  private int pauses;
  private long timer = -1;
  private boolean ended;

  Flight(
      Resend resend,
      ContextInternal context,
      Address<?, R> to,
      Message message,
      long timeoutMillis) {
    this.resend = resend;
    this.context = context;
    this.to = to;
    this.message = message;
    this.deadline = System.nanoTime() + timeoutMillis * 1_000_000;
    this.answer = context.promise();
  }

  Future<R> start() {
    go();
    return answer.future();
  }

  /** Thread: any. */
  long bytes() {
    return message.bodyBytes();
  }

  /** Thread: any. */
  int shard() {
    return to.shard();
  }

  /** Thread: any. */
  boolean isOf(int shard) {
    return to.owned() && to.shard() == shard;
  }

  /** An owner has become known. Thread: any. */
  void wake() {
    context.runOnContext(v -> go());
  }

  /** Another one than {@code node} is the owner now. Thread: any. */
  void overtaken(String node) {
    context.runOnContext(
        v -> {
          if (node.equals(at) && message.repeatable()) {
            leave();
            go();
          }
        });
  }

  /** {@code node} has gone. Thread: any. */
  void lost(String node) {
    context.runOnContext(
        v -> {
          if (node.equals(at)) {
            leave();
            unknown(node, new Failure.Unavailable(node + " has gone" + whetherDone(), 1_000));
          }
        });
  }

  private long leftMillis() {
    return (deadline - System.nanoTime()) / 1_000_000;
  }

  private void go() {
    if (timer >= 0) {
      context.owner().cancelTimer(timer);
      timer = -1;
    }
    long left = leftMillis();
    String node = ended || left < 1 ? null : resend.node(to);
    if (ended) {
      return;
    } else if (left < 1) {
      fail(noOwner(""));
    } else if (node == null) {
      rest(left);
      if (resend.node(to) != null && resend.leave(this)) {
        go(); // it became known just before
      }
    } else {
      ask(node, left);
    }
  }

  private void ask(String node, long left) {
    int number = ++tries;
    at = node;
    resend.begun(this, node);
    resend
        .outbox()
        .ask(resend.reached(to, node), message, message.repeatable() ? tryMillis(left) : left)
        .onComplete(done -> told(number, node, done));
  }

  /** How long this try of what may be repeated may take, its wait for something to happen aside. */
  private long tryMillis(long left) {
    long within =
        switch (to.scope()) {
          case CLUSTER -> ANY_MILLIS;
          case SHARD -> OWNER_MILLIS << Math.min(tries - 1, 8);
          case REGISTRY, NODE, PEER -> left;
        };
    return Math.min(left, Math.max(within, left - Bus.TIMEOUT_MILLIS + within));
  }

  private void told(int number, String node, AsyncResult<R> done) {
    if (ended) {
      return;
    }
    if (done.succeeded()) { // whoever has answered, if another was asked meanwhile
      leave();
      end();
      answer.complete(done.result());
      return;
    }
    if (number != tries || at == null) {
      return; // given up
    }
    leave();
    FailureException cause = (FailureException) done.cause();
    if (cause.failure() instanceof Failure.Fenced fenced && to.owned()) {
      // Who names none, or himself, may own it in a moment, and nobody would tell of it again.
      if (fenced.owner() != null && !node.equals(fenced.owner())) {
        resend.moved(to.shard(), node, fenced.owner());
      }
      again(node);
    } else if (!(cause instanceof Unserved unserved)) {
      fail(cause.failure());
    } else if (unserved.why() == Why.UNKNOWN) {
      unknown(node, told(unserved));
    } else if (to.owned() || (to.scope() == Scope.CLUSTER && unserved.why() == Why.UNREACHED)) {
      again(node);
    } else {
      end();
      answer.fail(unserved); // who asks a certain node may ask another one
    }
  }

  private Failure told(Unserved unserved) {
    return new Failure.Unavailable(unserved.failure().message() + whetherDone(), 1_000);
  }

  private String whetherDone() {
    return message.repeatable() ? "" : "; it is not known whether the request was carried out";
  }

  /** {@code node} may have done it, or may still. */
  private void unknown(String node, Failure otherwise) {
    boolean elsewhere = to.owned() || to.scope() == Scope.CLUSTER;
    if (elsewhere && message.repeatable() && leftMillis() >= 1) {
      again(node);
    } else {
      fail(otherwise);
    }
  }

  /** {@code node} will not answer. */
  private void again(String node) {
    String next = resend.node(to);
    if (next == null) {
      go();
    } else if (!next.equals(node) && moves < MOVES_MAX) {
      moves++;
      go();
    } else {
      long pause = Math.min(PAUSE_MILLIS_MAX, PAUSE_MILLIS_MIN << Math.min(pauses++, 5));
      rest(Math.max(1, Math.min(pause, leftMillis())));
    }
  }

  /** Goes on when an owner becomes known, and after {@code millis} at the latest. */
  private void rest(long millis) {
    if (!resend.enter(this)) {
      fail(noOwner(", and as many requests wait for one as may"));
      return;
    }
    timer =
        context.setTimer(
            millis,
            id -> {
              timer = -1;
              if (resend.leave(this)) {
                go();
              }
            });
  }

  private Failure noOwner(String more) {
    String what =
        switch (to.scope()) {
          case SHARD -> "shard " + to.shard() + " has no owner at the moment";
          case REGISTRY -> "the registry has no owner at the moment";
          case NODE, PEER, CLUSTER -> to.name() + " is not served at the moment";
        };
    return new Failure.Unavailable(what + more, 1_000);
  }

  private void leave() {
    if (at != null) {
      resend.ended(this, at);
      at = null;
    }
  }

  private void fail(Failure failure) {
    end();
    answer.fail(new FailureException(failure));
  }

  private void end() {
    ended = true;
    resend.leave(this);
    if (timer >= 0) {
      context.owner().cancelTimer(timer);
      timer = -1;
    }
  }
}
