package io.perdure.cluster.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;

/**
 * When this member takes part in an election: not while it hears a leader, who may be sure of that
 * ({@link Lease}). Ratis does the same for the first of its two rounds of votes only, so it lets a
 * candidate pass that was stopped between the two. Thread-safe.
 *
 * <p>The vote that a candidate gives itself counts, too: it asks nobody while it hears a leader.
 */
final class Votes {
  /** From when a leader was last heard; the same on all members, so it is no setting. */
  static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanos;

  /** Before this, no vote. */
  private final AtomicLong until;

  /** Before this, what was withdrawn may have been forgotten. */
  private final long settled;

  /** The last one made to this member. */
  private final AtomicReference<Offer> offered = new AtomicReference<>(Offer.NONE);

  /** The last one that is withdrawn, with all before it. */
  private final AtomicReference<Offer> withdrawn = new AtomicReference<>(Offer.NONE);

  /** The member's present term. */
  private volatile LongSupplier term = () -> 0;

  /**
   * What the leader of a term says who asks another member to follow it.
   *
   * @param number greater than those of its earlier ones
   */
  record Offer(long term, long number) {
    private static final Offer NONE = new Offer(0, 0);

    private boolean isAfter(Offer other) {
      return term == other.term ? number > other.number : term > other.term;
    }

    private static Offer later(Offer a, Offer b) {
      return a.isAfter(b) ? a : b;
    }
  }

  /**
   * Of a member that is being started.
   *
   * @param first whether it has never been before: else it may have heard a leader just before
   */
  Votes(boolean first, LongSupplier nanos) {
    this.nanos = nanos;
    settled = nanos.getAsLong() + (first ? 0 : NANOS);
    until = new AtomicLong(settled);
  }

  /** The member has been started; from now on its term is known. */
  void started(LongSupplier present) {
    term = present;
  }

  /**
   * Something has come from the leader of {@code ofTerm}, and will perhaps be answered.
   *
   * @param lastWithdrawn number of its last offer that holds no more; 0 for none
   */
  void heard(long ofTerm, long lastWithdrawn) {
    if (ofTerm >= term.getAsLong()) { // else it is refused
      if (lastWithdrawn > 0) {
        withdrawn.accumulateAndGet(new Offer(ofTerm, lastWithdrawn), Offer::later);
      }
      until.accumulateAndGet(nanos.getAsLong() + NANOS, (a, b) -> b - a > 0 ? b : a);
    }
  }

  private long left() {
    return until.get() - nanos.getAsLong();
  }

  /** How a vote is decided when nothing here is against it. */
  @FunctionalInterface
  interface Decision {
    RequestVoteReplyProto on(RequestVoteRequestProto request) throws IOException;
  }

  /** Answers a candidate. */
  RequestVoteReplyProto answer(RequestVoteRequestProto request, Decision member)
      throws IOException {
    Offer offer = offer(request);
    if (!mayVote(offer)) {
      return refusal(request);
    }
    RequestVoteReplyProto reply = member.on(request);
    // What has come meanwhile may have been answered before the vote was given: it is kept back.
    return mayVote(offer) ? reply : withoutVote(reply);
  }

  private boolean mayVote(Offer offer) {
    return holds(offer) || left() <= 0;
  }

  /** Whether it makes members vote that hear its leader. */
  private boolean holds(Offer offer) {
    return offer.isAfter(withdrawn.get()) && nanos.getAsLong() - settled >= 0;
  }

  private RequestVoteReplyProto refusal(RequestVoteRequestProto request) {
    RaftRpcRequestProto asked = request.getServerRequest();
    return RequestVoteReplyProto.newBuilder()
        .setServerReply(
            RaftRpcReplyProto.newBuilder()
                .setRequestorId(asked.getRequestorId())
                .setReplyId(asked.getReplyId())
                .setRaftGroupId(asked.getRaftGroupId())
                .setCallId(asked.getCallId()))
        .setTerm(term.getAsLong())
        .build();
  }

  private static RequestVoteReplyProto withoutVote(RequestVoteReplyProto reply) {
    return reply.toBuilder()
        .setServerReply(reply.getServerReply().toBuilder().setSuccess(false))
        .build();
  }

  /**
   * A leader, whose lease has ended, asks this member to follow it.
   *
   * @throws IOException when it has withdrawn that since, or may have
   */
  void offered(Offer offer) throws IOException {
    if (!holds(offer)) {
      throw new IOException("the leader of term " + offer.term() + " has thought better of it");
    }
    offered.accumulateAndGet(offer, Offer::later);
  }

  /**
   * What this member, a candidate, asks the others. If it has heard a leader it waits, for that
   * long at most: before its first election after a start, that is; later it has been silent around
   * it all the time, if it was not stopped.
   *
   * @throws IOException when it may not ask
   */
  RequestVoteRequestProto asking(RequestVoteRequestProto request) throws IOException {
    Offer offer = offered.get();
    if (!request.getPreVote()
        && request.getCandidateTerm() == offer.term() + 1
        && holds(offer)) { // the term has begun: what it withdraws from now on is refused
      return released(request, offer.number());
    }
    long left = left();
    if (left > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("the election has ended").initCause(e);
      }
      if (left() > 0) {
        throw new IOException("there is a leader");
      }
    }
    return request;
  }

  /**
   * With the number of the offer by which the leader of the term before makes way. A voter may have
   * heard that leader in this moment, and none of a later term: then it would refuse the vote for
   * its term.
   */
  static RequestVoteRequestProto released(RequestVoteRequestProto request, long number) {
    return request.toBuilder()
        .setServerRequest(numbered(request.getServerRequest(), number))
        .build();
  }

  /** {@link Offer#NONE} of who was asked by nobody to ask. */
  private static Offer offer(RequestVoteRequestProto request) {
    long number = number(request.getServerRequest());
    return number == 0 ? Offer.NONE : new Offer(request.getCandidateTerm() - 1, number);
  }

  /** With a number of an offer, in a field that is not used between members. */
  static RaftRpcRequestProto numbered(RaftRpcRequestProto head, long number) {
    return head.toBuilder().setTimeoutMs(number).build();
  }

  /** That number; 0 for none. */
  static long number(RaftRpcRequestProto head) {
    return head.getTimeoutMs();
  }
}
