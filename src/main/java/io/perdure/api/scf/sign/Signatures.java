package io.perdure.api.scf.sign;

import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.api.auth.Accounts.Credential;
import io.perdure.api.scf.wire.Authenticator;
import io.perdure.api.scf.wire.ScfRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Finds out whose a request is, by its signature of either family and the token beside it. Any
 * thread; takes some microseconds, and some milliseconds for each megabyte of body.
 */
public final class Signatures implements Authenticator {
  private final Tc3 tc3;
  private final SignatureV1 v1;
  private final InstantSource clock;

  /**
   * Knows the keys of {@code accounts}.
   *
   * @param clockSkew furthest a request's time may be from the clock's, either way; seconds count
   */
  public Signatures(Accounts accounts, InstantSource clock, Duration clockSkew) {
    this.tc3 = new Tc3(accounts, clockSkew);
    this.v1 = new SignatureV1(accounts, clockSkew);
    this.clock = clock;
  }

  @Override
  public Account authenticate(ScfRequest request) {
    Instant now = clock.instant();
    long nowSeconds = now.getEpochSecond();
    Credential credential =
        request.form() == ScfRequest.Form.FLAT_V1
            ? v1.verify(request.received(), request.flat(), nowSeconds)
            : tc3.verify(request.received(), nowSeconds);
    // After the signature, so that nobody learns about a token who has not its key.
    if (!credential.key().accepts(request.token(), now)) {
      throw Refused.token();
    }
    return credential.account();
  }
}
