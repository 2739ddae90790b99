package io.perdure.api.fc.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

/** The vectors of spec alibaba-fc, section 3.4, made by the code of the published clients. */
class VectorsTest {
  @Test
  void acs3OverAQueryAndAnEncodedPath() {
    new Ask(
            "GET /2021-04-06/services/demo/functions/f%2Ax/stateful-async-invocations"
                + "?invocationIdPrefix=a%20b%2F%C3%BC&limit=5&qualifier=LATEST")
        .with("host", "127.0.0.1:9000")
        .with("x-acs-action", "ListStatefulAsyncInvocations")
        .with(
            "x-acs-content-sha256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        .with("x-acs-credentials-provider", "static_ak")
        .with("x-acs-date", "2026-01-31T08:00:00Z")
        .with("x-acs-signature-nonce", "0123456789abcdef")
        .with("x-acs-version", "2021-04-06")
        .with(
            "authorization",
            "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host;x-acs-action;"
                + "x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;"
                + "x-acs-signature-nonce;x-acs-version,Signature="
                + "449f859cf84bf02230bcec292e8d53499a4e72d1f98665c1a7a5f9fef9d812ef")
        .accepted();
  }

  @Test
  void acs3OverABody() {
    new Ask("POST /2023-03-30/functions/demo/invocations")
        .body("{\"a\":1}".getBytes(UTF_8))
        .with("content-type", "application/octet-stream")
        .with("host", "127.0.0.1:9000")
        .with("x-acs-action", "InvokeFunction")
        .with(
            "x-acs-content-sha256",
            "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862")
        .with("x-acs-date", "2026-01-31T08:00:00Z")
        .with("x-acs-signature-nonce", "n1")
        .with("x-acs-version", "2023-03-30")
        .with("x-fc-invocation-type", "Async")
        .with(
            "authorization",
            "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=content-type;host;x-acs-action;"
                + "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature="
                + "f64510d93d328a18ad1b620772167abe4a0159ec782236440fa326b120455619")
        .accepted();
  }

  @Test
  void fcOverADecodedPath() {
    new Ask("POST /2016-08-15/services/demo.prod/functions/f%20x/invocations")
        .body("{}".getBytes(UTF_8))
        .with("Content-MD5", "OTk5MTRiOTMyYmQzN2E1MGI5ODNjNWU3YzkwYWU5M2I=")
        .with("Content-Type", "application/octet-stream")
        .with("Date", "Sat, 31 Jan 2026 08:00:00 GMT")
        .with("X-Fc-Account-Id", "1234567890123456")
        .with("X-Fc-Invocation-Type", "Async")
        .with("Authorization", "FC testid:xvTFvAmnCTdXZPW2EZw4YC6jFEtYAjs9aVs6Sy5SiB0=")
        .accepted();
  }

  @Test
  void acsOverAQuery() {
    new Ask("GET /2021-04-06/services?limit=5&prefix=a%20b")
        .with("accept", "application/json")
        .with("date", "Sat, 31 Jan 2026 08:00:00 GMT")
        .with("x-acs-action", "ListServices")
        .with("x-acs-signature-method", "HMAC-SHA1")
        .with("x-acs-signature-nonce", "n1")
        .with("x-acs-signature-version", "1.0")
        .with("x-acs-version", "2021-04-06")
        .with("authorization", "acs testid:QuXQ+roV5829aLs77gWgsqFcNCA=")
        .accepted();
  }
}
