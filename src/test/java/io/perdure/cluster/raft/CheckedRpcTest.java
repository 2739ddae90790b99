package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CheckedRpcTest {
  private static final Set<Thread.State> ENDED =
      EnumSet.of(Thread.State.BLOCKED, Thread.State.TERMINATED);

  private final RaftGroupId group = RaftGroupId.valueOf(new UUID(1, 2));
  private final List<String> order = new CopyOnWriteArrayList<>();
  private final CountDownLatch inside = new CountDownLatch(1);
  private volatile Thread second;

  /** Takes what comes first only once the second call waits for its turn, or has ended. */
  private final RaftServer server =
      RaftServer.class.cast(
          Proxy.newProxyInstance(
              RaftServer.class.getClassLoader(),
              new Class<?>[] {RaftServer.class},
              (proxy, method, arguments) -> {
                order.add("begins");
                inside.countDown();
                while (Thread.currentThread() != second && !waitsOrHasEnded(second)) {
                  Thread.onSpinWait();
                }
                order.add("ends");
                return method.getName().equals("requestVote")
                    ? RequestVoteReplyProto.getDefaultInstance()
                    : CompletableFuture.completedFuture(null);
              }));

  private static boolean waitsOrHasEnded(Thread thread) {
    return thread != null && ENDED.contains(thread.getState());
  }

  private final RaftServer checked = checked();

  private RaftServer checked() {
    CheckedRpc.Groups groups = new CheckedRpc.Groups();
    Lease lease = new Lease(() -> 0);
    groups.put(
        group,
        new CheckedRpc.Checks(lease, new Heartbeats(lease), new Votes(true, System::nanoTime)));
    return CheckedRpc.incoming(server, groups);
  }

  @Test
  void entriesOfTheNextLeaderComeIntoTheLogBehindThoseOfTheOneBefore() throws Exception {
    both(
        () -> checked.appendEntriesAsync(append(1)).join(),
        () -> checked.appendEntriesAsync(append(2)).join());

    assertEquals(List.of("begins", "ends", "begins", "ends"), order);
  }

  @Test
  void entriesDoNotComeIntoTheLogWhileAVoteIsDecided() throws Exception {
    RequestVoteRequestProto vote =
        RequestVoteRequestProto.newBuilder().setServerRequest(head()).setCandidateTerm(2).build();
    both(() -> checked.requestVote(vote), () -> checked.appendEntriesAsync(append(1)).join());

    assertEquals(List.of("begins", "ends", "begins", "ends"), order);
  }

  private interface Call {
    Object make() throws Exception;
  }

  private void both(Call one, Call other) throws Exception {
    CompletableFuture<Object> first = new CompletableFuture<>();
    CompletableFuture<Object> next = new CompletableFuture<>();
    Thread thread = thread(one, first);
    thread.start();
    inside.await();
    second = thread(other, next);
    second.start();
    first.join();
    next.join();
  }

  private static Thread thread(Call call, CompletableFuture<Object> done) {
    return new Thread(
        () -> {
          try {
            call.make();
            done.complete(null);
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
  }

  private AppendEntriesRequestProto append(long term) {
    return AppendEntriesRequestProto.newBuilder()
        .setServerRequest(head())
        .setLeaderTerm(term)
        .build();
  }

  private RaftRpcRequestProto head() {
    return RaftRpcRequestProto.newBuilder()
        .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(group.toByteString()))
        .build();
  }
}
