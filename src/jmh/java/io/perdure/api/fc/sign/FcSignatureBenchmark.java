package io.perdure.api.fc.sign;

import io.perdure.api.Received;
import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.api.auth.Hmacs;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The whole check of a request that reads one task, by the two ways in which clients sign it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FcSignatureBenchmark {
  private static final Instant NOW = Instant.parse("2026-01-31T08:00:00Z");
  private static final String DATE = "Sat, 31 Jan 2026 08:00:00 GMT";
  private static final String KEY = "LTAI-benchmark";
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final byte[] NO_BODY = {};

  private final Signatures signatures =
      new Signatures(
          Accounts.builder()
              .add(new Account("1000", "benchmark", List.of(new AccessKey(KEY, SECRET))), List.of())
              .build(),
          InstantSource.fixed(NOW),
          Duration.ofMinutes(15),
          new Nonces(1_000));
  private final Received acs3 = acs3("/2023-03-30/functions/resize/async-tasks/order-42");
  private final Received fc =
      fc("/2021-04-06/services/media/functions/resize/stateful-async-invocations/order-42");

  @Benchmark
  public Account acs3() {
    return signatures.authenticate(acs3);
  }

  @Benchmark
  public Account fc() {
    return signatures.authenticate(fc);
  }

  /** Without a nonce, which would be good for one request. */
  private static Received acs3(String path) {
    String content = Hmacs.sha256Hex(NO_BODY);
    String names = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-version";
    String lines =
        "host:127.0.0.1:9000\nx-acs-action:GetAsyncTask\nx-acs-content-sha256:"
            + content
            + "\nx-acs-date:2026-01-31T08:00:00Z\nx-acs-version:2023-03-30\n";
    String canonical = String.join("\n", "GET", path, "", lines, names, content);
    String toSign = Acs3.NAME + "\n" + Hmacs.sha256Hex(Scheme.bytes(canonical));
    String signature = HexFormat.of().formatHex(hmac(toSign));
    MultiMap headers =
        HttpHeaders.headers()
            .add("host", "127.0.0.1:9000")
            .add("accept", "application/json")
            .add("user-agent", "AlibabaCloud benchmark")
            .add("x-acs-action", "GetAsyncTask")
            .add("x-acs-content-sha256", content)
            .add("x-acs-date", "2026-01-31T08:00:00Z")
            .add("x-acs-version", "2023-03-30")
            .add(
                "authorization",
                Acs3.NAME
                    + " Credential="
                    + KEY
                    + ",SignedHeaders="
                    + names
                    + ",Signature="
                    + signature);
    return new Received("GET", path, null, headers, NO_BODY);
  }

  private static Received fc(String path) {
    String toSign =
        String.join("\n", "GET", "", "application/json", DATE, "x-fc-account-id:1000\n") + path;
    String signature = Base64.getEncoder().encodeToString(hmac(toSign));
    MultiMap headers =
        HttpHeaders.headers()
            .add("host", "127.0.0.1:9000")
            .add("user-agent", "go-sdk benchmark")
            .add("content-type", "application/json")
            .add("date", DATE)
            .add("x-fc-account-id", "1000")
            .add("authorization", FcScheme.NAME + " " + KEY + ":" + signature);
    return new Received("GET", path, null, headers, NO_BODY);
  }

  private static byte[] hmac(String text) {
    byte[] key = SECRET.getBytes(StandardCharsets.UTF_8);
    return Hmacs.hmac(Hmacs.Algorithm.SHA256, key, Scheme.bytes(text));
  }
}
