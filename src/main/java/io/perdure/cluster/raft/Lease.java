package io.perdure.cluster.raft;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * How long this member, while it leads, needs to ask nobody whether it still does: as long as a
 * majority has answered to what it sent within the last {@link #NANOS}. Thread-safe.
 *
 * <p>Why nobody else can lead meanwhile: whoever has answered what came from a leader gives its
 * vote to nobody, itself included, for {@link Votes#NANOS} from when it came, which is not before
 * it was sent; and any two majorities have a member in common. So while the lease lasts no other
 * can be elected, in whatever term. A member that is started again does not know what it has
 * answered, and gives no vote for as long ({@link Votes}). Where the members change, both
 * majorities are needed, as for an election.
 *
 * <p>A leader that hands its leadership on has its successor elected at once: its offer makes
 * members vote though they hear it. So its lease ends before it makes one ({@link #release}). If
 * that comes to nothing the offer may still be on its way, or the votes that it is to bring, and
 * for any time. So it is withdrawn ({@link #retake}): all that is sent from then on says so, who
 * has taken that in votes for no such offer any more, and only who has answered it counts. Any
 * majority that elects another has a member in common with those. It has not voted for the offer
 * before it took the withdrawal in, or its term would be a later one, and it would not have
 * followed; and it does not after. Nor does it turn candidate by an offer that was withdrawn, or
 * ask for votes with one.
 *
 * <p>No clock is compared with that of another machine: each measures a time of its own, and that
 * of the leader is shorter by a tenth, for clocks that do not run alike. What this rests on is that
 * the clock of a machine does not stand still while those of others go on.
 */
final class Lease {
  /** From when something was sent that was answered. */
  static final long NANOS = Votes.NANOS / 10 * 9;

  private final LongSupplier nanos;

  /** What each of the others has answered in {@link #term}. Guarded by this, as are the next. */
  private final Map<RaftPeerId, Line> lines = new HashMap<>();

  private long term;

  /** The term whose leadership this member is about to hand on; 0 for none. */
  private long released;

  /** How often it has offered to hand on any term; the last offer has this number. */
  private long offers;

  /** Number of the last offer for {@link #term} that is withdrawn; 0 for none. */
  private long withdrawn;

  Lease(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * What is sent to {@code follower}, and answered, while this member leads {@code ofTerm}; instead
   * of an earlier line to it.
   */
  synchronized Line line(long ofTerm, RaftPeerId follower) {
    if (ofTerm != term) {
      lines.clear();
      term = ofTerm;
      withdrawn = 0;
    }
    Line line = new Line();
    lines.put(follower, line);
    return line;
  }

  /**
   * Whether it lasts, for {@code ofTerm}: then this member, {@code self}, leads that term at this
   * moment, if it has begun to and has not learnt of another.
   *
   * @param members of the group at this moment
   * @param before who is about to be followed by them; else none
   */
  synchronized boolean holds(
      long ofTerm, RaftPeerId self, Collection<RaftPeer> members, Collection<RaftPeer> before) {
    if (ofTerm != term || ofTerm == released) {
      return false;
    }
    long since = nanos.getAsLong() - NANOS;
    return majority(self, members, since) && (before.isEmpty() || majority(self, before, since));
  }

  /** Who is not a member itself leaves at any moment, without hearing of it. */
  private boolean majority(RaftPeerId self, Collection<RaftPeer> members, long since) {
    int counted = 0;
    boolean member = false;
    for (RaftPeer peer : members) {
      Line line = lines.get(peer.getId());
      if (peer.getId().equals(self)) {
        member = true;
        counted++;
      } else if (line != null && line.answeredSince(since)) {
        counted++;
      }
    }
    return member && counted > members.size() / 2;
  }

  /**
   * There is no lease any more for {@code ofTerm}, which this member leads and is about to hand on.
   *
   * @return number of the offer: greater than those before
   */
  synchronized long release(long ofTerm) throws IOException {
    if (ofTerm != term) {
      throw new IOException("not the leader of term " + ofTerm + " to hand it on");
    }
    released = ofTerm;
    return ++offers;
  }

  /**
   * It came to nothing: all offers for {@code ofTerm} are withdrawn, and there is a lease again
   * once a majority has answered to what was sent after this.
   */
  synchronized void retake(long ofTerm) {
    if (ofTerm == term && ofTerm == released) {
      released = 0;
      withdrawn = offers;
      lines.values().forEach(Line::forget);
    }
  }

  /** What has to be in all that is sent: {@link #withdrawn}, read after {@link Line#sending}. */
  synchronized long withdrawn() {
    return withdrawn;
  }

  /** What is sent to one follower, with numbers that grow, and answered by it. Thread-safe. */
  final class Line {
    private boolean marked;
    private long markedCall;
    private long markedAt;
    private boolean answered;
    private long answeredAt;

    private Line() {}

    /** Before {@code call} is sent. */
    synchronized void sending(long call) {
      if (!marked) {
        marked = true;
        markedCall = call;
        markedAt = nanos.getAsLong();
      }
    }

    /** What has been sent so far counts no more, nor the answers to it. */
    private synchronized void forget() {
      marked = false;
      answered = false;
    }

    /** The follower has followed {@code call}. */
    synchronized void answered(long call) {
      if (marked && call - markedCall >= 0) {
        marked = false;
        answered = true;
        answeredAt = markedAt;
      }
    }

    private synchronized boolean answeredSince(long since) {
      return answered && answeredAt - since > 0;
    }
  }
}
