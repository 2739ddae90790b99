package io.perdure.cluster.raft;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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

  /** The last term of which a leader has asked this member to follow it. */
  private final AtomicLong released = new AtomicLong();

  /** The member's present term. */
  private volatile LongSupplier term = () -> 0;

  /**
   * Of a member that is being started.
   *
   * @param first whether it has never been before: else it may have heard a leader just before
   */
  Votes(boolean first, LongSupplier nanos) {
    this.nanos = nanos;
    until = new AtomicLong(nanos.getAsLong() + (first ? 0 : NANOS));
  }

  /** The member has been started; from now on its term is known. */
  void started(LongSupplier present) {
    term = present;
  }

  /** Something has come from the leader of {@code ofTerm}, and will perhaps be answered. */
  void heard(long ofTerm) {
    if (ofTerm >= term.getAsLong()) { // else it is refused
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
    if (isReleased(request)) {
      return member.on(request);
    }
    if (left() > 0) {
      return refusal(request);
    }
    RequestVoteReplyProto reply = member.on(request);
    // What has come meanwhile may have been answered before the vote was given: it is kept back.
    return left() > 0 ? withoutVote(reply) : reply;
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
   * The leader of {@code ofTerm}, whose lease has ended for good, asks this member to follow it.
   */
  void released(long ofTerm) {
    released.accumulateAndGet(ofTerm, Math::max);
  }

  /**
   * What this member, a candidate, asks the others. If it has heard a leader it waits, for that
   * long at most: before its first election after a start, that is; later it has been silent around
   * it all the time, if it was not stopped.
   *
   * @throws IOException when it may not ask
   */
  RequestVoteRequestProto asking(RequestVoteRequestProto request) throws IOException {
    if (!request.getPreVote() && request.getCandidateTerm() == released.get() + 1) {
      return released(request);
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
   * With a mark that the leader of the term before has made way, in a field that votes do not use.
   * A voter may have heard that leader in this moment, and none of a later term: then it would
   * refuse the vote for its term.
   */
  static RequestVoteRequestProto released(RequestVoteRequestProto request) {
    return request.toBuilder()
        .setServerRequest(request.getServerRequest().toBuilder().setToLeader(true))
        .build();
  }

  private static boolean isReleased(RequestVoteRequestProto request) {
    return request.getServerRequest().getToLeader();
  }
}
