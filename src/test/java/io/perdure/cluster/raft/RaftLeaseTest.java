package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.cluster.raft.TestCluster.TestNode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;

class RaftLeaseTest extends OnCluster {
  private static final int CONFIRMS = 1_000;

  @Test
  void aLeaderWithALeaseAsksNobody() {
    Seat leader = formed().seat();
    AtomicInteger sent = cluster.count();
    for (int i = 0; i < CONFIRMS; i++) {
      Seat.get(leader.group.confirm(leader.leads()));
    }
    assertTrue(sent.get() < CONFIRMS / 2, sent + " messages"); // heartbeats, on a busy machine
  }

  @Test
  void aLeaderThatIsCutOffHasNoLeaseBeforeItKnows() {
    cluster.close();
    cluster = new TestCluster(dir, new RaftConfig(Duration.ofSeconds(5), 64 << 20));
    TestNode old = formed();
    long term = old.seat().leads();
    old.seat().put("k", "v");
    cluster.cut(old);
    old.seat().await("the end of it", () -> !old.seat().group.confirm(term).succeeded());
    assertEquals(old.member.id(), old.seat().group.state().leader());
  }

  /** As a candidate would that was stopped when it had been told that it would be voted for. */
  @Test
  void aMemberThatHearsItsLeaderVotesForNoCandidateOfALaterTerm() {
    TestNode leader = formed();
    long term = leader.seat().leads();
    for (TestNode voter : others(leader)) {
      leader.seat().put("k", voter.name);
      voter.seat().awaitValue("k", voter.name);
      assertFalse(vote(voter, request(others(leader), voter, term + 1)));
      assertEquals(term, voter.seat().group.state().term());
    }
    Seat.get(leader.seat().group.confirm(term));
  }

  @Test
  void aMemberThatHearsItsLeaderVotesForWhomThatHasAskedToFollowIt() {
    TestNode leader = formed();
    long term = leader.seat().leads();
    TestNode voter = others(leader).get(0);
    leader.seat().put("k", "v");
    voter.seat().awaitValue("k", "v");
    assertTrue(vote(voter, Votes.released(request(others(leader), voter, term + 1), 1)));
  }

  @Test
  void whoHandsLeadershipOnHasNoLeaseBeforeItDoes() {
    TestNode old = formed();
    long term = old.seat().leads();
    old.seat().await("a lease", () -> old.seat().group.confirm(term).succeeded());
    TestNode next = others(old).get(0);
    cluster.cut(next); // so it is not told, but might be
    Future<Void> handed = old.seat().group.transferTo(next.member.id());
    old.seat().await("the end of it", () -> !old.seat().group.confirm(term).succeeded());
    cluster.heal();
    Seat.get(handed.recover(e -> Future.succeededFuture()));
  }

  @Test
  void whoHandsLeadershipOnInVainHasALeaseAgainAndTheOfferHelpsNobody() {
    TestNode old = formed();
    long term = old.seat().leads();
    TestNode next = others(old).get(0);
    TestNode voter = others(old).get(1);
    cluster.cut(next); // so it is not told yet
    Seat.failure(old.seat().group.transferTo(next.member.id()));
    old.seat().await("a lease", () -> old.seat().group.confirm(term).succeeded());
    assertFalse(vote(voter, Votes.released(request(others(old), voter, term + 1), 1)));
    assertEquals(term, voter.seat().group.state().term());
    Seat.get(old.seat().group.confirm(term));
  }

  @Test
  void aLeaderIsHeardOftenEnoughForItsLeaseWhateverTheElectionTimeoutIs() {
    cluster.close();
    cluster = new TestCluster(dir, new RaftConfig(Duration.ofSeconds(20), 64 << 20));
    Seat leader = formed().seat();
    AtomicInteger sent = cluster.count();
    // By the timeout alone it would be two in ten seconds.
    leader.await("heartbeats", () -> sent.get() >= 2 * Seat.PATIENCE_SECONDS / 5 + 10);
  }

  private TestNode formed() {
    cluster.form("a", "b", "c");
    return cluster.leader();
  }

  private List<TestNode> others(TestNode than) {
    return List.of("a", "b", "c").stream().map(cluster::node).filter(node -> node != than).toList();
  }

  /** Of the other one that does not lead, which has all there is in its log. */
  private static RequestVoteRequestProto request(
      List<TestNode> followers, TestNode voter, long term) {
    TestNode candidate = followers.get(followers.get(0) == voter ? 1 : 0);
    return RequestVoteRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(ByteString.copyFromUtf8(candidate.member.id()))
                .setReplyId(ByteString.copyFromUtf8(voter.member.id()))
                .setRaftGroupId(
                    ProtoUtils.toRaftGroupIdProtoBuilder(
                        RaftHost.groupId("test", TestCluster.GROUP))))
        .setCandidateTerm(term)
        .setCandidateLastEntry(TermIndexProto.newBuilder().setTerm(term - 1).setIndex(1_000))
        .build();
  }

  private static boolean vote(TestNode voter, RequestVoteRequestProto request) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", voter.member.port()).usePlaintext().build();
    try {
      RequestVoteReplyProto reply =
          RaftServerProtocolServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(Seat.PATIENCE_SECONDS, TimeUnit.SECONDS)
              .requestVote(request);
      return reply.getServerReply().getSuccess();
    } finally {
      channel.shutdownNow();
    }
  }
}
