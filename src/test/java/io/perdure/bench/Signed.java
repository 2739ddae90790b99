package io.perdure.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.auth.AccessKey;
import io.perdure.api.fc.sign.FcSigner;
import io.perdure.api.scf.sign.Signer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Requests of the vendors' dialects, each signed for itself. They are made before they are needed:
 * signing would take the generator more time than sending.
 */
final class Signed {
  private static final String SCF_TYPE = "application/json";
  private static final String FC_VERSION = "2021-04-06";
  private static final List<String> FC_SIGNED =
      List.of(
          "host",
          "x-acs-action",
          "x-acs-content-sha256",
          "x-acs-date",
          "x-acs-signature-nonce",
          "x-acs-version");
  private static final String NO_BODY = FcSigner.sha256(new byte[0]);

  private final String host;
  private final AccessKey key;

  Signed(int port, AccessKey key) {
    this.host = "127.0.0.1:" + port;
    this.key = key;
  }

  /** SCF's GetAsyncEventStatus, TC3: {@code count} requests over {@code ids} in turn. */
  List<byte[]> scf(String[] ids, int count) {
    List<byte[]> requests = new ArrayList<>(count);
    Instant now = Instant.now();
    for (int i = 0; i < count; i++) {
      requests.add(scf(ids[i % ids.length], now));
    }
    return requests;
  }

  private byte[] scf(String id, Instant now) {
    String body = "{\"InvokeRequestId\":\"" + id + "\"}";
    String timestamp = Long.toString(now.getEpochSecond());
    Map<String, String> signed = Signer.contentTypeAndHost(SCF_TYPE, host);
    String authorization =
        Signer.tc3(
            key.id(),
            key.secret(),
            now.toString().substring(0, 10) + "/scf/tc3_request",
            timestamp,
            "POST",
            "",
            signed,
            body.getBytes(UTF_8));
    return ("POST / HTTP/1.1\r\nHost: "
            + host
            + "\r\nContent-Type: "
            + SCF_TYPE
            + "\r\nX-TC-Action: GetAsyncEventStatus\r\nX-TC-Version: 2018-04-16"
            + "\r\nX-TC-Region: ap-guangzhou\r\nX-TC-Timestamp: "
            + timestamp
            + "\r\nAuthorization: "
            + authorization
            + "\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body)
        .getBytes(US_ASCII);
  }

  /** FC's GetStatefulAsyncInvocation, ACS3, each with a nonce of its own: not to be sent twice. */
  List<byte[]> fc(String function, String[] ids, int count) {
    List<byte[]> requests = new ArrayList<>(count);
    String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    for (int i = 0; i < count; i++) {
      requests.add(fc(function, ids[i % ids.length], date));
    }
    return requests;
  }

  private byte[] fc(String function, String id, String date) {
    String path =
        "/"
            + FC_VERSION
            + "/services/default/functions/"
            + function
            + "/stateful-async-invocations/"
            + id;
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("host", host);
    headers.put("x-acs-action", "GetStatefulAsyncInvocation");
    headers.put("x-acs-content-sha256", NO_BODY);
    headers.put("x-acs-date", date);
    headers.put("x-acs-signature-nonce", UUID.randomUUID().toString());
    headers.put("x-acs-version", FC_VERSION);
    headers.put(
        "authorization",
        FcSigner.acs3(key.id(), key.secret(), "GET", path, "", FC_SIGNED, headers));
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
    headers.forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
    return request.append("\r\n").toString().getBytes(US_ASCII);
  }
}
