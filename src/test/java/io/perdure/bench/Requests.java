package io.perdure.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Random;

/** Rendered requests of one run: heads are made once, payloads are stretches of one noise. */
final class Requests {
  private static final int NOISE_BYTES = 1 << 22;
  private static final int STRIDE = 7919; // a prime: neighbours share little

  private final String common;
  private final byte[] noise = new byte[NOISE_BYTES];

  /**
   * @param token null to send no authorization
   */
  Requests(int port, String token) {
    this.common =
        " HTTP/1.1\r\nHost: 127.0.0.1:"
            + port
            + "\r\n"
            + (token == null ? "" : "Authorization: Bearer " + token + "\r\n");
    new Random(42).nextBytes(noise); // no compressor makes it smaller
  }

  byte[] get(String path) {
    return ("GET " + path + common + "\r\n").getBytes(US_ASCII);
  }

  byte[] postHead(String path, int bodyBytes) {
    String type = "Content-Type: application/octet-stream\r\n";
    return ("POST " + path + common + type + "Content-Length: " + bodyBytes + "\r\n\r\n")
        .getBytes(US_ASCII);
  }

  /** Appends the {@code n}th payload. */
  void putPayload(ByteBuffer request, long n, int bytes) {
    request.put(noise, (int) (n * STRIDE % (NOISE_BYTES - bytes)), bytes);
  }
}
