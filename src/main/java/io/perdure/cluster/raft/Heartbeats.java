package io.perdure.cluster.raft;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.LogAppender;

/**
 * Whether this member still leads its group: it does while its {@link Lease} lasts; and else if a
 * majority answers to something it has sent after the question came. Thread-safe.
 *
 * <p>Ratis answers that, too, but not always rightly: by a lease on time, which a candidate that
 * was stopped between its two rounds of votes breaks; and once that has run out, without asking
 * anybody when a majority has confirmed an earlier question at the same index.
 */
final class Heartbeats {
  /** A leader that hears nobody gives up long before. */
  private static final long ANSWER_SECONDS = 120;

  private final Lease lease;
  private final Coalesced confirms = new Coalesced(this::ask);
  private volatile RaftServer.Division division;

  /** Guards the two below. */
  private final Object lock = new Object();

  /** What sends to each of the others while this member leads. */
  private final Map<RaftPeerId, LogAppender> senders = new HashMap<>();

  /** The question under way; null for none. */
  private Round round;

  /** One question. Guarded by the lock. */
  private static final class Round {
    final CompletableFuture<Void> answer = new CompletableFuture<>();

    /** First of the calls by which each one could answer. */
    final Map<LogAppender, Long> from = new HashMap<>();

    final Set<RaftPeerId> answered = new HashSet<>();
  }

  Heartbeats(Lease lease) {
    this.lease = lease;
  }

  /** The member has been started. */
  void started(RaftServer.Division member) {
    division = member;
  }

  /** From now on {@code sender} is what sends to its follower. */
  void sender(LogAppender sender) {
    synchronized (lock) {
      senders.put(sender.getFollowerId(), sender);
      if (round != null) {
        round.from.put(sender, sender.getCallId());
      }
    }
  }

  /** Whether this member leads {@code term} at this moment, as far as it knows without asking. */
  boolean leads(long term) {
    DivisionInfo info = division.getInfo();
    return info.isLeader() && info.getCurrentTerm() == term;
  }

  /** Whether it leads {@code term} for certain at this moment; nobody is asked. */
  boolean leased(long term) {
    RaftConfiguration members = division.getRaftConf();
    return lease.holds(
            term, division.getId(), members.getCurrentPeers(), members.getPreviousPeers())
        && leads(term);
  }

  /**
   * Completes at once while the lease lasts; else once a majority of the members has answered to
   * what was sent after this call. Fails when the member does not lead, or ceases to before.
   */
  CompletableFuture<Void> confirm() {
    return leased(division.getInfo().getCurrentTerm())
        ? CompletableFuture.completedFuture(null)
        : confirms.ask();
  }

  private CompletableFuture<Void> ask() {
    Round asked = new Round();
    synchronized (lock) {
      for (LogAppender sender : senders.values()) {
        asked.from.put(sender, sender.getCallId());
      }
      asked.answered.add(division.getId());
      round = asked;
    }
    conclude();
    asked.from.keySet().forEach(LogAppender::triggerHeartbeat);
    if (!division.getInfo().isLeader()) { // since before the question was there to be failed
      ended();
    }
    return asked.answer.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  /** Sends one to each of the others, whether it is due or not, while this member leads. */
  void send() {
    List<LogAppender> all;
    synchronized (lock) {
      all = List.copyOf(senders.values());
    }
    all.forEach(LogAppender::triggerHeartbeat);
  }

  /** A follower has followed {@code call}. */
  void answered(LogAppender sender, long call) {
    synchronized (lock) {
      Long from = round == null ? null : round.from.get(sender);
      if (from != null && sender.getCallIdComparator().compare(call, from) >= 0) {
        round.answered.add(sender.getFollowerId());
      }
    }
    conclude();
  }

  private void conclude() {
    Round done = null;
    synchronized (lock) {
      if (round != null && majority(division.getRaftConf(), round.answered)) {
        done = round;
        round = null;
      }
    }
    if (done != null) {
      done.answer.complete(null);
    }
  }

  /** Handing {@code term} on has come to nothing. */
  void kept(long term) {
    lease.retake(term);
    send(); // the lease begins with the answers
  }

  /** The leadership has ended. */
  void ended() {
    Round failed;
    synchronized (lock) {
      senders.clear();
      failed = round;
      round = null;
    }
    if (failed != null) {
      failed.answer.completeExceptionally(new IOException("the leadership has ended"));
    }
  }

  private static boolean majority(RaftConfiguration members, Set<RaftPeerId> of) {
    Collection<RaftPeer> previous = members.getPreviousPeers();
    return majority(members.getCurrentPeers(), of)
        && (previous.isEmpty() || majority(previous, of));
  }

  private static boolean majority(Collection<RaftPeer> members, Set<RaftPeerId> of) {
    long counted = members.stream().filter(peer -> of.contains(peer.getId())).count();
    return counted > members.size() / 2;
  }
}
