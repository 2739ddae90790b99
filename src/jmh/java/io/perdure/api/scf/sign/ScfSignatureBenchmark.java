package io.perdure.api.scf.sign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.perdure.api.Received;
import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.api.auth.Hmacs;
import io.perdure.api.scf.wire.ScfRequest;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The whole check of a request for {@code GetAsyncEventStatus}, signed with TC3. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScfSignatureBenchmark {
  private static final Instant NOW = Instant.parse("2026-01-31T08:00:00Z");
  private static final String KEY = "AKID-benchmark";
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String SCOPE = "2026-01-31/scf/tc3_request";
  private static final String TYPE = "application/json";
  private static final String HOST = "127.0.0.1:9000";

  private final Signatures signatures =
      new Signatures(
          Accounts.builder()
              .add(new Account("1000", "benchmark", List.of(new AccessKey(KEY, SECRET))), List.of())
              .build(),
          InstantSource.fixed(NOW),
          Duration.ofMinutes(5));
  private final Received received =
      signed("{\"InvokeRequestId\":\"0190163d-8694-7003-8000-00000000002a\"}");

  @Benchmark
  public Account tc3() {
    return signatures.authenticate(ScfRequest.of(received));
  }

  private static Received signed(String body) {
    byte[] bytes = body.getBytes(ISO_8859_1);
    String names = "content-type;host";
    String lines = "content-type:" + TYPE + "\nhost:" + HOST + "\n";
    String canonical = String.join("\n", "POST", "/", "", lines, names, Hmacs.sha256Hex(bytes));
    String timestamp = Long.toString(NOW.getEpochSecond());
    String hash = Hmacs.sha256Hex(canonical.getBytes(ISO_8859_1));
    byte[] key = ("TC3" + SECRET).getBytes(ISO_8859_1);
    for (String part : SCOPE.split("/", -1)) {
      key = hmac(key, part);
    }
    String toSign = String.join("\n", Authorization.ALGORITHM, timestamp, SCOPE, hash);
    String signature = HexFormat.of().formatHex(hmac(key, toSign));
    MultiMap headers =
        HttpHeaders.headers()
            .add("Host", HOST)
            .add("Content-Type", TYPE)
            .add("X-TC-Action", "GetAsyncEventStatus")
            .add("X-TC-Version", "2018-04-16")
            .add("X-TC-Timestamp", timestamp)
            .add("X-TC-Region", "ap-guangzhou")
            .add(
                "Authorization",
                Authorization.ALGORITHM
                    + " Credential="
                    + KEY
                    + "/"
                    + SCOPE
                    + ", SignedHeaders="
                    + names
                    + ", Signature="
                    + signature);
    return new Received("POST", "/", null, headers, bytes);
  }

  private static byte[] hmac(byte[] key, String text) {
    return Hmacs.hmac(Hmacs.Algorithm.SHA256, key, text.getBytes(ISO_8859_1));
  }
}
