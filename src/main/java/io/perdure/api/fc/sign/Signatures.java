package io.perdure.api.fc.sign;

import io.perdure.api.Received;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.api.fc.sign.Scheme.Proven;
import io.perdure.api.fc.wire.Authenticator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * Finds out whose a request is, by its signature of any of three schemes and what stands beside it.
 * Any thread; takes some microseconds, and some milliseconds for each megabyte of body.
 */
public final class Signatures implements Authenticator {
  private static final int AUTHORIZATION_LENGTH_MAX = 4_096;

  private final Map<String, Scheme> schemes;
  private final Nonces nonces;
  private final InstantSource clock;
  private final Duration clockSkew;

  /**
   * Knows the keys of {@code accounts}.
   *
   * @param clockSkew furthest a request's time may be from the clock's, either way
   * @param nonces those of this node, seen within that time
   */
  public Signatures(Accounts accounts, InstantSource clock, Duration clockSkew, Nonces nonces) {
    SignedTime time = new SignedTime(clockSkew);
    this.schemes =
        Map.of(
            Acs3.NAME, new Acs3(accounts, time),
            FcScheme.NAME, new FcScheme(accounts, time),
            AcsScheme.NAME, new AcsScheme(accounts, time));
    this.nonces = nonces;
    this.clock = clock;
    this.clockSkew = clockSkew;
  }

  @Override
  public Account authenticate(Received request) {
    Head head = new Head(request.headers());
    String authorization = head.required("Authorization");
    if (authorization.length() > AUTHORIZATION_LENGTH_MAX) {
      throw Denied.authorization("it is longer than " + AUTHORIZATION_LENGTH_MAX + " characters");
    }
    int blank = authorization.indexOf(' ');
    Scheme scheme = blank < 0 ? null : schemes.get(authorization.substring(0, blank));
    if (scheme == null) {
      throw Denied.authorization(
          "expected the scheme ACS3-HMAC-SHA256, FC or acs, a blank and the signature");
    }
    Instant now = clock.instant();
    Proven proven = scheme.verify(request, head, authorization.substring(blank).strip(), now);
    Account account = proven.credential().account();
    // After the signature, so that nobody learns about a token who has not its key.
    if (!proven.credential().key().accepts(proven.token(), now)) {
      throw Denied.token();
    }
    String said = head.orEmpty("X-Fc-Account-Id");
    if (!said.isEmpty() && !said.equals(account.id())) {
      throw Denied.account();
    }
    // Last, so that only a request that will be done uses its nonce up. Its time is refused from
    // one
    // millisecond beyond the skew on, and then the nonce need not be known any more.
    Instant until = proven.at().plus(clockSkew).plusMillis(1);
    if (proven.nonce() != null && !nonces.first(account.id(), proven.nonce(), until, now)) {
      throw Denied.nonce();
    }
    return account;
  }
}
