package io.perdure.cluster.raft;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Closes members that cannot go on, because their disk is full or has failed, and opens them again
 * once it takes what is written: Ratis would leave them for good. A member that rests takes no part
 * in its group, so that those who can go on do. Thread-safe.
 */
final class Revival implements AutoCloseable {
  /** How often members and, while one rests, the disk are looked at. */
  static final long LOOK_MILLIS = 1_000;

  /** A member that fails again and again is opened again only so often. */
  private static final long PAUSE_MILLIS_MAX = 60_000;

  private static final System.Logger LOG = System.getLogger(Revival.class.getName());

  /** Where the members are. Its calls block. */
  interface Place {
    Collection<GroupMember> members();

    /** Ends the part of {@code member} in its group; its files stay. */
    void close(GroupMember member) throws IOException;

    /** Begins it again with what is on the disk. */
    void open(GroupMember member) throws IOException;
  }

  /** Asks the disk. */
  @FunctionalInterface
  interface Disk {
    /**
     * Writes some MB, has them on the disk, and removes them. Blocks.
     *
     * @throws IOException when that is not possible
     */
    void probe() throws IOException;
  }

  private final Vertx vertx;
  private final Place place;
  private final Disk disk;
  private final long timer;
  private final AtomicBoolean looking = new AtomicBoolean();

  /** What is known of those that rest or did; only by the look under way. */
  private final Map<GroupMember, Rest> rests = new HashMap<>();

  /** Times are of {@link System#nanoTime}. */
  private static final class Rest {
    private boolean closed;
    private long opened;
    private long next;
    private long pauseMillis = LOOK_MILLIS;

    void again(long now) {
      next = now + pauseMillis * 1_000_000;
      pauseMillis = Math.min(2 * pauseMillis, PAUSE_MILLIS_MAX);
    }
  }

  Revival(Vertx vertx, Place place, Disk disk) {
    this.vertx = vertx;
    this.place = place;
    this.disk = disk;
    timer = vertx.setPeriodic(LOOK_MILLIS, id -> lookSoon());
  }

  /** {@code member} cannot go on; returns at once. */
  void failed(GroupMember member, String why) {
    if (member.rest(why)) {
      LOG.log(
          WARNING,
          "{0} cannot go on here: {1}; it rests until the disk takes what is written",
          member.name(),
          why);
      lookSoon();
    }
  }

  private void lookSoon() {
    if (looking.compareAndSet(false, true)) {
      vertx
          .executeBlocking(
              () -> {
                look();
                return null;
              },
              false)
          .onFailure(e -> LOG.log(WARNING, "the members of groups could not be looked at", e))
          .onComplete(done -> looking.set(false));
    }
  }

  private void look() {
    boolean due = false;
    long now = System.nanoTime();
    rests.keySet().retainAll(place.members());
    for (GroupMember member : place.members()) {
      String ailment = member.ailment();
      if (ailment != null) {
        failed(member, ailment);
      }
      if (member.problem() != null) {
        Rest rest = rests.computeIfAbsent(member, first -> new Rest());
        if (!rest.closed && !member.isAboutToEnd()) {
          close(member, rest, now);
        }
        due |= rest.closed && now - rest.next >= 0;
      }
    }
    if (due) {
      revive();
    }
  }

  private void close(GroupMember member, Rest rest, long now) {
    try {
      place.close(member);
      rest.closed = true;
      if (now - rest.opened > 2 * PAUSE_MILLIS_MAX * 1_000_000) {
        rest.pauseMillis = LOOK_MILLIS;
      }
      rest.again(now);
    } catch (IOException | RuntimeException e) {
      LOG.log(WARNING, member.name() + " could not be closed, tried again", e);
    }
  }

  private void revive() {
    try {
      disk.probe();
    } catch (IOException e) {
      return; // as before
    }
    for (GroupMember member : place.members()) {
      Rest rest = rests.get(member);
      long now = System.nanoTime();
      if (member.problem() != null && rest != null && rest.closed && now - rest.next >= 0) {
        try {
          place.open(member);
          rest.closed = false;
          rest.opened = now;
          LOG.log(INFO, "{0} goes on here", member.name());
        } catch (IOException | RuntimeException e) {
          member.rest(String.valueOf(e.getMessage()));
          rest.again(now);
          LOG.log(WARNING, member.name() + " could not be opened again, tried later", e);
        }
      }
    }
  }

  /** Looks no more. */
  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
