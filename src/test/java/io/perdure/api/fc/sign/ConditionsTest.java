package io.perdure.api.fc.sign;

import static io.perdure.api.fc.sign.Ask.NOW;
import static io.perdure.api.fc.sign.Ask.SECRET;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.fc.wire.FcError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold besides a good signature: time, token, account, and a nonce of its own. */
class ConditionsTest {
  private static final String PATH = "/2023-03-30/functions";
  private static final byte[] BODY = "{}".getBytes(UTF_8);

  @ParameterizedTest
  @CsvSource({"-900, true", "900, true", "-901, false", "901, false"})
  void timeIsGoodForAQuarterOfAnHourEitherWay(long seconds, boolean good) {
    Signatures judge = Ask.judge(NOW.plusSeconds(seconds), new Nonces(10));
    for (Ask ask : all("testid", SECRET, null)) {
      if (good) {
        assertEquals(Ask.DEV, judge.authenticate(ask.received()));
      } else {
        Ask.refused(403, "AccessDenied", judge, ask.received());
      }
      judge = Ask.judge(NOW.plusSeconds(seconds), new Nonces(10));
    }
  }

  @Test
  void skewIsASetting() {
    Signatures judge =
        new Signatures(
            Ask.ACCOUNTS, () -> NOW.plusSeconds(11), Duration.ofSeconds(10), new Nonces(10));
    String message =
        Ask.refused(403, "AccessDenied", judge, Ask.acs3("GET " + PATH, BODY, "n").received());
    assertTrue(message.contains("10 seconds"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "1769846400",
        "2026-01-31",
        "2026-01-31T08:00:00",
        "2026-02-30T08:00:00Z",
        "Sat, 31 Jan 2026 08:00:00",
        "Sun, 31 Jan 2026 08:00:00 GMT",
        "Sat, 31 Jan 2026 25:00:00 GMT",
      })
  void timeOfAnotherFormIsRefused(String text) {
    Ask acs3 = Ask.acs3("GET " + PATH, BODY, "n").with("x-acs-date", text);
    acs3.signAcs3("testid", SECRET, PATH, "").refused(400, "InvalidArgument");
    Ask fc = new Ask("GET " + PATH).with("date", text);
    fc.signFc("testid", SECRET, PATH).refused(400, "InvalidArgument");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+999999999-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z"})
  void timeBeyondAllBoundsIsRefused(String text) {
    Ask ask = Ask.acs3("GET " + PATH, BODY, "n").with("x-acs-date", text);
    ask.signAcs3("testid", SECRET, PATH, "");
    FcError error = assertThrows(FcError.class, () -> Ask.judge().authenticate(ask.received()));
    assertTrue(error.status() == 400 || error.status() == 403, error.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "testid,    testsecret,,          true",
    "testid,    testsecret, '',       true",
    "testid,    testsecret, the-token, false",
    "temporary, secret-2,  the-token, true",
    "temporary, secret-2,  The-token, false",
    "temporary, secret-2,  '',        false",
    "temporary, secret-2,,            false",
    "expired,   secret-3,  the-token, false",
  })
  void tokenMustBeThatOfTheKey(String id, String secret, String token, boolean good) {
    for (Ask ask : all(id, secret, token)) {
      if (good) {
        ask.accepted();
      } else {
        ask.refused(403, "AccessDenied");
      }
    }
  }

  @Test
  void nothingIsSaidAboutATokenToWhoHasNotTheKey() {
    for (String token : new String[] {null, "the-token", "another"}) {
      for (String id : List.of("testid", "temporary", "expired")) {
        for (Ask ask : all(id, "guess", token)) {
          ask.refused(403, "SignatureNotMatch");
        }
      }
    }
  }

  @Test
  void accountThatIsNamedMustBeTheKeys() {
    for (String account : List.of(Ask.OTHER.id(), "1", "x", "1234567890123456 7")) {
      Ask.acs3("GET " + PATH, BODY, "n")
          .with("X-Fc-Account-Id", account)
          .refused(403, "AccessDenied");
      Ask fc = fc().with("x-fc-account-id", account);
      fc.signFc("testid", SECRET, PATH).refused(403, "AccessDenied");
    }
    Ask.acs3("GET " + PATH, BODY, "n").with("X-Fc-Account-Id", "").accepted();
    Ask.acs3("GET " + PATH, BODY, "n").with("X-Fc-Account-Id", Ask.DEV.id()).accepted();
  }

  @Test
  void nonceCountsOnceForItsAccount() {
    Signatures judge = Ask.judge();
    Ask first = Ask.acs3("GET " + PATH, BODY, "n1");
    assertEquals(Ask.DEV, judge.authenticate(first.received()));
    Ask.refused(403, "SignatureNonceUsed", judge, first.received());
    Ask.refused(
        403, "SignatureNonceUsed", judge, Ask.acs3("GET " + PATH, new byte[1], "n1").received());
    assertEquals(Ask.DEV, judge.authenticate(Ask.acs3("GET " + PATH, BODY, "n2").received()));
    Ask other = Ask.acs3("GET " + PATH, BODY, "n1").signAcs3("otherid", "othersecret", PATH, "");
    assertEquals(Ask.OTHER, judge.authenticate(other.received()));
  }

  @Test
  void nonceOfTheOlderSchemeCountsOnceToo() {
    Signatures judge = Ask.judge();
    Ask ask = fc().with("x-acs-signature-nonce", "n1");
    ask.signAcs("testid", SECRET, PATH);
    assertEquals(Ask.DEV, judge.authenticate(ask.received()));
    Ask.refused(403, "SignatureNonceUsed", judge, ask.received());
  }

  @Test
  void requestWithoutANonceMayBeRepeated() {
    Signatures judge = Ask.judge();
    Ask ask = fc().signFc("testid", SECRET, PATH);
    assertEquals(Ask.DEV, judge.authenticate(ask.received()));
    assertEquals(Ask.DEV, judge.authenticate(ask.received()));
  }

  @Test
  void refusedRequestHasNotUsedItsNonce() {
    Nonces nonces = new Nonces(10);
    Signatures judge = Ask.judge(NOW, nonces);
    Ask good = Ask.acs3("GET " + PATH, BODY, "n1");
    assertThrows(
        FcError.class,
        () -> judge.authenticate(Ask.acs3("GET " + PATH, BODY, "n1").body(new byte[9]).received()));
    assertThrows(
        FcError.class,
        () ->
            judge.authenticate(
                Ask.acs3("GET " + PATH, BODY, "n1").with("x-fc-account-id", "1").received()));
    assertEquals(0, nonces.kept());
    assertEquals(Ask.DEV, judge.authenticate(good.received()));
    assertEquals(1, nonces.kept());
  }

  @Test
  void requestCannotBeRepeatedForAsLongAsItsTimeIsGood() {
    Nonces nonces = new Nonces(10);
    Ask fromTheFuture = Ask.acs3("GET " + PATH, BODY, "n1");
    Instant early = NOW.minusSeconds(900);
    assertEquals(Ask.DEV, Ask.judge(early, nonces).authenticate(fromTheFuture.received()));
    for (Instant later : List.of(early, NOW, NOW.plusSeconds(899), NOW.plusSeconds(900))) {
      FcError error =
          assertThrows(
              FcError.class, () -> Ask.judge(later, nonces).authenticate(fromTheFuture.received()));
      assertEquals("SignatureNonceUsed", error.code(), later::toString);
    }
    Ask.refused(
        403, "AccessDenied", Ask.judge(NOW.plusSeconds(901), nonces), fromTheFuture.received());
  }

  /** The same request in each scheme. */
  private static List<Ask> all(String id, String secret, String token) {
    Ask acs3 = Ask.acs3("GET " + PATH, BODY, "n");
    Ask fc = fc();
    Ask acs = fc();
    if (token != null) {
      acs3.with("x-acs-security-token", token);
      acs.with("x-acs-security-token", token);
      fc.with("x-fc-security-token", token);
    }
    return List.of(
        acs3.signAcs3(id, secret, PATH, ""),
        fc.signFc(id, secret, PATH),
        acs.signAcs(id, secret, PATH));
  }

  private static Ask fc() {
    return new Ask("GET " + PATH).with("date", "Sat, 31 Jan 2026 08:00:00 GMT");
  }
}
