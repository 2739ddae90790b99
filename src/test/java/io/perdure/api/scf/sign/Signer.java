package io.perdure.api.scf.sign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs as the cloud's documents say, sharing nothing with what is tested. */
public final class Signer {
  private Signer() {}

  /**
   * An {@code Authorization} header of TC3.
   *
   * @param scope {@code date/service/tc3_request}
   * @param query as on the wire, empty for none
   * @param signed headers to sign and their values as signed, in their order
   */
  public static String tc3(
      String keyId,
      String secret,
      String scope,
      String timestamp,
      String method,
      String query,
      Map<String, String> signed,
      byte[] body) {
    String names = String.join(";", signed.keySet());
    var canonical = new StringBuilder(method + "\n/\n" + query + "\n");
    signed.forEach((name, value) -> canonical.append(name + ":" + value + "\n"));
    canonical.append("\n" + names + "\n" + hex(sha256(body)));
    String toSign =
        "TC3-HMAC-SHA256\n%s\n%s\n%s"
            .formatted(timestamp, scope, hex(sha256(canonical.toString().getBytes(ISO_8859_1))));
    byte[] key = ("TC3" + secret).getBytes(UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac("HmacSHA256", key, part);
    }
    return "TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s"
        .formatted(keyId, scope, names, hex(hmac("HmacSHA256", key, toSign)));
  }

  /** The two headers that must be signed. */
  public static Map<String, String> contentTypeAndHost(String contentType, String host) {
    var signed = new LinkedHashMap<String, String>();
    signed.put("content-type", contentType);
    signed.put("host", host);
    return signed;
  }

  /**
   * The {@code Signature} parameter of v1.
   *
   * @param algorithm {@code HmacSHA1} or {@code HmacSHA256}
   * @param parameters decoded
   */
  public static String v1(
      String secret, String algorithm, String method, String host, Map<String, String> parameters) {
    var text = new StringBuilder(method + host + "/");
    new TreeMap<>(parameters)
        .forEach(
            (name, value) ->
                text.append(text.indexOf("?") < 0 ? "?" : "&").append(name + "=" + value));
    return Base64.getEncoder()
        .encodeToString(hmac(algorithm, secret.getBytes(UTF_8), text.toString()));
  }

  private static byte[] sha256(byte[] text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] hmac(String algorithm, byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
