package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.junit.jupiter.api.Test;

class VotesTest {
  private static final long TERM = 7;

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - Votes.NANOS / 2);
  private final Votes votes = votes(true);

  private Votes votes(boolean first) {
    Votes made = new Votes(first, nanos::get);
    made.started(() -> TERM);
    return made;
  }

  private static RequestVoteRequestProto request(boolean preVote) {
    return RequestVoteRequestProto.newBuilder()
        .setCandidateTerm(preVote ? TERM : TERM + 1)
        .setPreVote(preVote)
        .build();
  }

  private static RequestVoteReplyProto granted(RequestVoteRequestProto request) {
    return RequestVoteReplyProto.newBuilder()
        .setServerReply(RaftRpcReplyProto.newBuilder().setSuccess(true))
        .setTerm(request.getCandidateTerm())
        .build();
  }

  private static boolean votes(Votes of, RequestVoteRequestProto request) throws IOException {
    return of.answer(request, VotesTest::granted).getServerReply().getSuccess();
  }

  @Test
  void whoHearsALeaderVotesForNobody() throws Exception {
    votes.heard(TERM);
    nanos.addAndGet(Votes.NANOS - 1);
    assertFalse(votes(votes, request(true)));
    assertFalse(votes(votes, request(false)));
    nanos.addAndGet(1);
    assertTrue(votes(votes, request(true)));
    assertTrue(votes(votes, request(false)));
  }

  @Test
  void aRefusalTellsTheTermAndChangesNothing() throws Exception {
    votes.heard(TERM);
    RequestVoteReplyProto refusal =
        votes.answer(
            request(false),
            asked -> {
              throw new AssertionError("the member has been asked");
            });
    assertEquals(TERM, refusal.getTerm());
  }

  @Test
  void aVoteThatWasGivenWhileTheLeaderWasHeardIsKeptBack() throws Exception {
    RequestVoteReplyProto reply =
        votes.answer(
            request(false),
            asked -> {
              votes.heard(TERM);
              return granted(asked);
            });
    assertFalse(reply.getServerReply().getSuccess());
  }

  @Test
  void aLeaderWhoseTermHasEndedIsNotHeard() throws Exception {
    votes.heard(TERM - 1);
    assertTrue(votes(votes, request(false)));
  }

  @Test
  void aMemberThatIsStartedAgainVotesAfterAWhile() throws Exception {
    Votes again = votes(false);
    assertFalse(votes(again, request(false)));
    nanos.addAndGet(Votes.NANOS);
    assertTrue(votes(again, request(false)));
  }

  @Test
  void aCandidateThatHasHeardALeaderAsksNobody() {
    votes.heard(TERM);
    nanos.addAndGet(Votes.NANOS - 1); // it waits for that, and this time stands still
    assertThrows(IOException.class, () -> votes.asking(request(false)));
  }

  @Test
  void aCandidateThatHasHeardNobodyAsksAtOnce() throws Exception {
    RequestVoteRequestProto request = request(false);
    assertSame(request, votes.asking(request));
  }

  @Test
  void whomTheLeaderHasAskedToFollowItIsVotedForAtOnce() throws Exception {
    votes.heard(TERM);
    Votes candidate = votes(true);
    candidate.heard(TERM);
    candidate.released(TERM);
    assertTrue(votes(votes, candidate.asking(request(false))));
  }

  @Test
  void whoWasAskedToFollowALeaderIsNotHelpedByItInALaterTerm() {
    votes.heard(TERM);
    votes.released(TERM - 1);
    nanos.addAndGet(Votes.NANOS - 1);
    assertThrows(IOException.class, () -> votes.asking(request(false)));
  }
}
