package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perdure.store.Replica;
import io.perdure.store.StoreConfig;
import io.perdure.store.StoreException;
import io.perdure.store.StoreOptions;
import io.perdure.store.StoreShared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.statemachine.TransactionContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupMachineTest {
  private static final int VALUE_BYTES = 1_000;

  @TempDir Path dir;
  private final StoreShared shared = new StoreShared(new StoreConfig(8 << 20, 32 << 20, 8 << 20));
  private final AtomicInteger asked = new AtomicInteger();
  private final List<Throwable> ended = new ArrayList<>();
  private Replica replica;
  private GroupMachine machine;
  private long index;

  @BeforeEach
  void begin() {
    replica = Replica.open(dir.resolve("store"), StoreOptions.shard(shared));
    machine =
        new GroupMachine(
            replica,
            new Standing("a"),
            new Heartbeats(new Lease(System::nanoTime)),
            new Votes(true, System::nanoTime),
            new GroupMeters("shard-0", new SimpleMeterRegistry()),
            10 * VALUE_BYTES,
            new Asked());
  }

  @AfterEach
  void end() {
    replica.close();
    shared.close();
  }

  /** Who has the member, and gets no snapshot. */
  private final class Asked implements GroupMachine.Owner {
    @Override
    public void opened(RaftServer.Division opening) {}

    @Override
    public void snapshotSoon() {
      asked.incrementAndGet();
    }

    @Override
    public void failed(Throwable cause) {
      throw new AssertionError(cause);
    }

    @Override
    public void ends(Throwable cause) {
      ended.add(cause);
    }
  }

  private void apply(int count) {
    for (int i = 0; i < count; i++) {
      index++;
      String value = "v".repeat(VALUE_BYTES);
      Entry entry = Entry.of(Seat.batch("k" + index, value), 1).get(0);
      machine
          .applyTransaction(
              TransactionContext.newBuilder()
                  .setServerRole(RaftPeerRole.FOLLOWER)
                  .setStateMachine(machine)
                  .setLogEntry(
                      LogEntryProto.newBuilder()
                          .setTerm(1)
                          .setIndex(index)
                          .setStateMachineLogEntry(
                              StateMachineLogEntryProto.newBuilder().setLogData(entry.encoded()))
                          .build())
                  .build())
          .join();
    }
  }

  @Test
  void aSnapshotThatDidNotComeIsAskedForAgain() {
    apply(9);
    assertEquals(0, asked.get());
    apply(1);
    assertEquals(1, asked.get());
    apply(9);
    assertEquals(1, asked.get());
    apply(1);
    assertEquals(2, asked.get());
  }

  /** Ratis ends it: ended by its owner at the same time, it would never be. */
  @Test
  void storeThatFailsEndsItByRatisAlone() {
    replica.close();
    StoreException failure = assertThrows(StoreException.class, () -> apply(1));
    assertEquals(List.of(failure), ended);
  }
}
