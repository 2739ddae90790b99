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
  private static final Votes.Offer OFFER = new Votes.Offer(TERM, 3);

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
    votes.heard(TERM, 0);
    nanos.addAndGet(Votes.NANOS - 1);
    assertFalse(votes(votes, request(true)));
    assertFalse(votes(votes, request(false)));
    nanos.addAndGet(1);
    assertTrue(votes(votes, request(true)));
    assertTrue(votes(votes, request(false)));
  }

  @Test
  void aRefusalTellsTheTermAndChangesNothing() throws Exception {
    votes.heard(TERM, 0);
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
              votes.heard(TERM, 0);
              return granted(asked);
            });
    assertFalse(reply.getServerReply().getSuccess());
  }

  @Test
  void aLeaderWhoseTermHasEndedIsNotHeard() throws Exception {
    votes.heard(TERM - 1, 0);
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
    votes.heard(TERM, 0);
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
    votes.heard(TERM, 0);
    Votes candidate = votes(true);
    candidate.heard(TERM, 0);
    candidate.offered(OFFER);
    assertTrue(votes(votes, candidate.asking(request(false))));
  }

  @Test
  void anOfferThatWasWithdrawnHelpsNobody() throws Exception {
    RequestVoteRequestProto asked = Votes.released(request(false), OFFER.number());
    votes.heard(TERM, OFFER.number());
    assertFalse(votes(votes, asked));
    assertTrue(votes(votes, Votes.released(request(false), OFFER.number() + 1)));
    nanos.addAndGet(Votes.NANOS);
    assertTrue(votes(votes, asked));
  }

  @Test
  void aVoteForAnOfferThatIsWithdrawnMeanwhileIsKeptBack() throws Exception {
    RequestVoteReplyProto reply =
        votes.answer(
            Votes.released(request(false), OFFER.number()),
            asked -> {
              votes.heard(TERM, OFFER.number());
              return granted(asked);
            });
    assertFalse(reply.getServerReply().getSuccess());
  }

  @Test
  void whoseOfferIsWithdrawnAsksNobody() throws Exception {
    votes.offered(OFFER);
    votes.heard(TERM, OFFER.number());
    nanos.addAndGet(Votes.NANOS - 1);
    assertThrows(IOException.class, () -> votes.asking(request(false)));
  }

  @Test
  void anOfferThatComesBehindItsWithdrawalIsNotTaken() throws Exception {
    votes.heard(TERM, OFFER.number());
    assertThrows(IOException.class, () -> votes.offered(OFFER));
    votes.offered(new Votes.Offer(TERM, OFFER.number() + 1));
  }

  @Test
  void aMemberThatIsStartedAgainDoesNotKnowWhatWasWithdrawn() throws Exception {
    Votes again = votes(false);
    RequestVoteRequestProto asked = Votes.released(request(false), OFFER.number());
    assertFalse(votes(again, asked));
    assertThrows(IOException.class, () -> again.offered(OFFER));
    nanos.addAndGet(Votes.NANOS);
    again.heard(TERM, 0);
    assertTrue(votes(again, asked));
  }

  @Test
  void whoWasAskedToFollowALeaderIsNotHelpedByItInALaterTerm() throws Exception {
    votes.heard(TERM, 0);
    votes.offered(new Votes.Offer(TERM - 1, 1));
    nanos.addAndGet(Votes.NANOS - 1);
    assertThrows(IOException.class, () -> votes.asking(request(false)));
  }
}
