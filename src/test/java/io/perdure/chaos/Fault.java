package io.perdure.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is done to the cluster. */
enum Fault {
  /** SIGKILL of a node that does not lead the shard in question. */
  KILL_FOLLOWER(Needs.PEERS),
  /** SIGKILL of the node that leads the shard in question. */
  KILL_LEADER(Needs.NOTHING),
  KILL_ALL(Needs.NOTHING),
  /** SIGSTOP, and SIGCONT after a while. */
  PAUSE(Needs.NOTHING),
  /** One node hears nobody and nobody hears it; clients and functions still reach it. */
  CUT_ONE(Needs.LINKS),
  /** Two sides that do not hear each other; with three nodes one side is a single leader. */
  CUT_HALVES(Needs.LINKS),
  /** What one node sends to another is lost, not what it is sent. */
  ONE_WAY(Needs.LINKS),
  /** All links lose packets. */
  LOSSY(Needs.LINKS),
  /** All links are slow, and lose some packets. */
  SLOW(Needs.DELAY),
  /** The disk of one node has no space left, or too little for the node's taste. */
  FULL_DISK(Needs.SMALL_DISKS),
  /** SIGKILL, then the end of the newest Raft log is damaged. */
  CORRUPT_LOG(Needs.PEERS),
  /** The wall clock of one node jumps forwards or backwards. */
  CLOCK_JUMP(Needs.CLOCKS);

  /** What a machine may not have. */
  enum Needs {
    NOTHING,
    PEERS,
    LINKS,
    DELAY,
    SMALL_DISKS,
    CLOCKS
  }

  private final Needs needs;

  Fault(Needs needs) {
    this.needs = needs;
  }

  Needs needs() {
    return needs;
  }

  /** Whether nothing is left in memory of what the node was about to do. */
  boolean kills() {
    return this == KILL_FOLLOWER || this == KILL_LEADER || this == KILL_ALL || this == CORRUPT_LOG;
  }

  /** As on the command line: {@code kill-leader}. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The faults of a list such as {@code kill-leader,cut-one}.
   *
   * @throws IllegalArgumentException naming the word that is none
   */
  static List<Fault> parse(String words) {
    List<Fault> faults = new ArrayList<>();
    for (String word : words.split(",", -1)) {
      faults.add(
          Arrays.stream(values())
              .filter(fault -> fault.word().equals(word.strip()))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("no such fault: " + word)));
    }
    return faults;
  }
}
