package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private static final long TERM = 7;
  private static final RaftPeerId SELF = RaftPeerId.valueOf("a");
  private static final List<RaftPeer> THREE = peers("a", "b", "c");
  private static final List<RaftPeer> NOBODY = List.of();

  /** Close to where it overflows: only differences may count. */
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - Lease.NANOS / 2);

  private final Lease lease = new Lease(nanos::get);

  private static List<RaftPeer> peers(String... ids) {
    return Stream.of(ids).map(id -> RaftPeer.newBuilder().setId(id).build()).toList();
  }

  private Lease.Line line(String follower) {
    return lease.line(TERM, RaftPeerId.valueOf(follower));
  }

  private void answers(String follower) {
    Lease.Line line = line(follower);
    line.sending(0);
    line.answered(0);
  }

  private boolean holds() {
    return lease.holds(TERM, SELF, THREE, NOBODY);
  }

  @Test
  void thereIsNoneBeforeAMajorityHasAnswered() {
    line("b").sending(0);
    line("c").sending(0);
    assertFalse(holds());
  }

  @Test
  void itLastsFromWhenSomethingWasSentThatWasAnswered() {
    Lease.Line line = line("b");
    line.sending(0);
    nanos.addAndGet(Lease.NANOS - 1);
    line.answered(0);
    assertTrue(holds());
    nanos.addAndGet(1);
    assertFalse(holds());
  }

  @Test
  void itGoesOnWithEachAnswer() {
    Lease.Line line = line("b");
    for (int call = 0; call < 10; call++) {
      line.sending(call);
      nanos.addAndGet(Lease.NANOS / 2);
      line.answered(call);
      assertTrue(holds());
    }
  }

  @Test
  void anAnswerToWhatWasSentBeforeCountsForNothingLater() {
    Lease.Line line = line("b");
    line.sending(0);
    line.answered(0);
    line.sending(2);
    nanos.addAndGet(Lease.NANOS);
    line.answered(1);
    assertFalse(holds());
  }

  @Test
  void whatIsSentAfterSomethingElseThatIsNotAnsweredCountsFromThat() {
    Lease.Line line = line("b");
    line.sending(0);
    nanos.addAndGet(Lease.NANOS);
    line.sending(1);
    line.answered(1);
    assertFalse(holds());
  }

  @Test
  void twoOfFiveAreNoMajority() {
    answers("b");
    assertFalse(lease.holds(TERM, SELF, peers("a", "b", "c", "d", "e"), NOBODY));
    answers("e");
    assertTrue(lease.holds(TERM, SELF, peers("a", "b", "c", "d", "e"), NOBODY));
  }

  @Test
  void whileTheMembersChangeBothMajoritiesAreNeeded() {
    answers("b");
    assertFalse(lease.holds(TERM, SELF, peers("a", "d", "e"), THREE));
    answers("d");
    assertTrue(lease.holds(TERM, SELF, peers("a", "d", "e"), THREE));
  }

  @Test
  void whoIsNoMemberAnyMoreHasNone() {
    answers("b");
    answers("c");
    assertFalse(lease.holds(TERM, SELF, peers("b", "c"), NOBODY));
  }

  @Test
  void whatWasAnsweredInOneTermCountsForNoOther() {
    answers("b");
    assertFalse(lease.holds(TERM + 1, SELF, THREE, NOBODY));
    lease.line(TERM + 1, RaftPeerId.valueOf("c"));
    assertFalse(lease.holds(TERM + 1, SELF, THREE, NOBODY));
    assertFalse(holds());
  }

  @Test
  void whoHandsATermOnHasNone() throws Exception {
    answers("b");
    lease.release(TERM);
    assertFalse(holds());
    answers("b");
    assertFalse(holds());
  }

  @Test
  void whoTakesATermBackHasOneOnceWhatIsSentAfterwardsIsAnswered() throws Exception {
    Lease.Line line = line("b");
    line.sending(0);
    line.answered(0);
    line.sending(1);
    lease.release(TERM);
    lease.retake(TERM);
    assertFalse(holds());
    line.answered(1);
    assertFalse(holds());
    line.sending(2);
    line.answered(1);
    assertFalse(holds());
    line.answered(2);
    assertTrue(holds());
  }

  @Test
  void whatIsTakenBackIsEachOfferOfThatTerm() throws Exception {
    line("b");
    long first = lease.release(TERM);
    long second = lease.release(TERM);
    assertTrue(second > first && first > 0);
    assertEquals(0, lease.withdrawn());
    lease.retake(TERM);
    assertEquals(second, lease.withdrawn());
    assertTrue(lease.release(TERM) > second);
    lease.retake(TERM - 1);
    assertEquals(second, lease.withdrawn());
    lease.line(TERM + 1, RaftPeerId.valueOf("b"));
    assertEquals(0, lease.withdrawn());
  }

  @Test
  void onlyWhoLeadsATermHandsItOn() {
    answers("b");
    assertThrows(IOException.class, () -> lease.release(TERM + 1));
    assertTrue(holds());
  }
}
