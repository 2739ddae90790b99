package io.perdure.shard;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Signal;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import io.perdure.store.Keys;
import io.perdure.store.Meta;
import io.perdure.store.StoreReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Brings a shard's memory back from its store. Reads counters, what was written down as running,
 * and one entry per function of what waits and per destination of what is owed: the time depends on
 * functions and running attempts, not on backlog or history. Blocking; on the shard's thread.
 */
final class Recovery {
  private static final SecureRandom SEEDS = new SecureRandom();

  private Recovery() {}

  /**
   * A function that has something waiting, or a destination that is owed something, and when the
   * first of it is due.
   */
  record Head(long of, long dueAt) {}

  static Counters counters(StoreReader reader) {
    Counters counters = new Counters(Changes.loadCounters(reader));
    byte[] prefix = {Counters.ACCOUNT_PREFIX};
    try (StoreReader.View view = reader.view();
        StoreReader.Scan scan = view.scan(Family.META, prefix, Keys.after(prefix), false)) {
      for (; scan.valid(); scan.next()) {
        counters.account(
            Keys.longAt(scan.key(), 1), new String(scan.value(), StandardCharsets.UTF_8));
      }
    }
    return counters;
  }

  static InvocationId.Minter newMinter(int shard) {
    return new InvocationId.Minter(shard, new SplittableRandom(SEEDS.nextLong()));
  }

  /**
   * Sees to it that {@code minter} gives ids greater than any the store holds or has held, and than
   * any that this owner or an earlier one has told readers of lists to be final.
   */
  static void advance(InvocationId.Minter minter, StoreReader reader) {
    minter.advanceBeyond(InvocationId.ceiling(number(reader, Meta.removedThrough())));
    minter.advanceBeyond(InvocationId.ceiling(number(reader, Meta.mintedThrough())));
    try (StoreReader.View view = reader.view();
        StoreReader.Scan scan = view.scan(Family.RECORD, null, null, true)) {
      if (scan.valid()) {
        minter.advanceBeyond(Keys.trailingId(scan.key()));
      }
    }
  }

  static int lowWater(StoreReader reader) {
    return (int) number(reader, Meta.lowWater());
  }

  /** One of the numbers in {@link Meta}; 0 when it is not there. */
  static long number(StoreReader reader, byte[] name) {
    return Meta.number(reader.get(Family.META, name));
  }

  /**
   * What was written down as running or stopping: the attempts are lost with the node. And what a
   * caller waited for: he has gone.
   */
  static List<InvocationId> started(StoreReader reader) {
    List<InvocationId> ids = new ArrayList<>();
    try (StoreReader.View view = reader.view();
        StoreReader.Scan scan = view.scan(Family.STARTED, null, null, false)) {
      for (; scan.valid(); scan.next()) {
        ids.add(Keys.trailingId(scan.key()));
      }
    }
    return ids;
  }

  static Signal lost(Invocation invocation) {
    if (invocation.status().waiting()) {
      return new Signal.NodeLost(
          "the node ended or lost the shard while its caller waited; it may have run");
    }
    String where = invocation.instance() == null ? "" : " in " + invocation.instance();
    return new Signal.NodeLost(
        "the node ended or lost the shard while attempt "
            + invocation.attempts()
            + " ran"
            + where
            + "; it may have run");
  }

  /** The first delivery owed to each destination that is owed any, and when it is due. */
  static List<Head> owing(StoreReader reader) {
    return heads(reader, Family.OWING);
  }

  /** The first of what waits, for each function that has something waiting. */
  static List<Head> heads(StoreReader reader) {
    return heads(reader, Family.DUE);
  }

  private static List<Head> heads(StoreReader reader, Family family) {
    List<Head> heads = new ArrayList<>();
    try (StoreReader.View view = reader.view();
        StoreReader.Scan scan = view.scan(family, null, null, false)) {
      while (scan.valid()) {
        long of = Keys.longAt(scan.key(), 0);
        heads.add(new Head(of, Keys.longAt(scan.key(), 8)));
        byte[] next = Keys.after(Keys.function(of));
        if (next == null) {
          break;
        }
        scan.seek(next);
      }
    }
    return heads;
  }
}
