package io.perdure.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Done;
import io.perdure.bus.LimitMessages;
import io.perdure.bus.LimitMessages.Acquire;
import io.perdure.bus.LimitMessages.LeaseTokens;
import io.perdure.bus.LimitMessages.TokensLeased;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeasedTokensTest {
  private static final int RATE = 1_000;
  private static final int MOST = 50;
  private static final long MILLI = 1_000_000;
  private static final Acquire CALL = new Acquire("acc", "scf", "Invoke", 1);

  private final List<LeaseTokens> asked = new ArrayList<>();
  private final List<Promise<TokensLeased>> answers = new ArrayList<>();
  private long nanos;

  /** Whose home answers when the test says so. */
  private final LeasedTokens tokens =
      new LeasedTokens(
          () -> nanos,
          10,
          ask -> {
            asked.add(ask);
            Promise<TokensLeased> answer = Promise.promise();
            answers.add(answer);
            return answer.future();
          });

  private Future<Done> take() {
    return tokens.take(CALL, RATE);
  }

  private void granted(int request, int count) {
    answers.get(request).complete(new TokensLeased(count));
  }

  private void refused(int request, long retryAfterMillis) {
    answers
        .get(request)
        .fail(
            new FailureException(
                new Failure.OverRate("scf.Invoke", RATE, RATE + 1, retryAfterMillis)));
  }

  @Test
  void callsThatWaitTogetherAreAskedForTogether() {
    List<Future<Done>> calls = List.of(take(), take(), take());
    assertEquals(1, asked.size());
    assertEquals(1, asked.get(0).most());
    granted(0, 1);
    assertTrue(calls.get(0).succeeded());
    assertEquals(2, asked.size());
    assertEquals(3, asked.get(1).most()); // two wait, three were wanted of late
    granted(1, 3);
    assertTrue(calls.get(2).succeeded());
    assertTrue(take().succeeded());
    assertEquals(2, asked.size());
  }

  @Test
  void aBusyNodeAsksForNoMoreThanALeasesWorth() {
    for (int i = 0; i < 3 * MOST; i++) {
      take();
    }
    granted(0, 1);
    assertEquals(MOST, asked.get(1).most());
  }

  @Test
  void whatIsNotUsedInTimeIsGivenBack() {
    take();
    granted(0, 5);
    assertTrue(take().succeeded());
    nanos += LimitMessages.TOKENS_LEASE_MILLIS * MILLI;
    assertFalse(take().isComplete());
    assertEquals(3, asked.get(1).returned());
  }

  @Test
  void aLeaseRunsFromWhenItWasAskedForAndStillServesWhoWaited() {
    Future<Done> call = take();
    nanos += LimitMessages.TOKENS_LEASE_MILLIS * MILLI;
    granted(0, 5);
    assertTrue(call.succeeded());
    assertFalse(take().isComplete());
    assertEquals(4, asked.get(1).returned());
  }

  @Test
  void aRefusalIsRemembered() {
    Future<Done> first = take();
    refused(0, 7);
    Future<Done> second = take();
    assertSame(first.cause(), second.cause());
    assertEquals(1, asked.size());
    nanos += 7 * MILLI;
    take();
    assertEquals(2, asked.size());
  }

  @Test
  void aHomeThatCannotBeAskedIsAskedAgain() {
    Future<Done> first = take();
    answers.get(0).fail(new FailureException(new Failure.Unavailable("gone", 1)));
    assertTrue(first.failed());
    take();
    assertEquals(2, asked.size());
  }

  @Test
  void limitsAreBounded() {
    for (int i = 0; i < 10; i++) {
      tokens.take(new Acquire("acc" + i, "scf", "Invoke", 1), RATE);
    }
    Failure failure = assertInstanceOf(FailureException.class, take().cause()).failure();
    assertInstanceOf(Failure.Throttled.class, failure);
  }

  /** Many nodes, calls as they come: no span of time sees more than the rate and the burst. */
  @Test
  void allNodesTogetherKeepTheRate() {
    Random random = new Random(7);
    TokenBucket bucket = new TokenBucket(RATE - LeasedTokens.most(RATE), RATE, 0);
    int[] messages = {0};
    List<LeasedTokens> nodes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      nodes.add(
          new LeasedTokens(
              () -> nanos,
              10,
              ask -> {
                messages[0]++;
                bucket.putBack(ask.returned(), nanos);
                long wait = bucket.take(ask.least(), nanos);
                return wait > 0
                    ? Future.failedFuture(
                        new FailureException(
                            new Failure.OverRate(
                                "scf.Invoke", RATE, bucket.asked(), wait / MILLI + 1)))
                    : Future.succeededFuture(
                        new TokensLeased(ask.least() + bucket.takeMore(ask.most() - ask.least())));
              }));
    }
    List<Long> passed = new ArrayList<>();
    int calls = 0;
    while (nanos < 5_000 * MILLI) {
      boolean calm = nanos / (1_000 * MILLI) % 2 == 0;
      nanos += (calm ? 1 + random.nextInt(3) : random.nextInt(2)) * MILLI / 2;
      calls++;
      if (nodes.get(random.nextInt(nodes.size())).take(CALL, RATE).succeeded()) {
        passed.add(nanos);
      }
    }
    int from = 0;
    for (int to = 0; to < passed.size(); to++) {
      while (passed.get(to) - passed.get(from) > 1_000 * MILLI) {
        from++;
      }
      assertTrue(to - from + 1 <= 2 * RATE + 1, "in the second before " + passed.get(to));
    }
    assertTrue(passed.size() <= 5 * RATE + RATE);
    assertTrue(messages[0] < calls / 2, messages[0] + " messages for " + calls + " calls");
  }
}
