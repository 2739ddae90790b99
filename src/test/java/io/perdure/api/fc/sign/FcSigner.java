package io.perdure.api.fc.sign;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs as the cloud's documents say, sharing nothing with what is tested. Headers' names are in
 * lower case.
 */
public final class FcSigner {
  private FcSigner() {}

  /**
   * An {@code Authorization} header of ACS3.
   *
   * @param path as it is signed
   * @param query as it is signed, empty for none
   * @param signed names of the headers to sign
   */
  public static String acs3(
      String keyId,
      String secret,
      String method,
      String path,
      String query,
      List<String> signed,
      Map<String, String> headers) {
    var canonical = new StringBuilder(method + "\n" + path + "\n" + query + "\n");
    signed.forEach(name -> canonical.append(name + ":" + headers.get(name) + "\n"));
    String names = String.join(";", signed);
    canonical.append("\n" + names + "\n" + headers.get("x-acs-content-sha256"));
    String toSign = "ACS3-HMAC-SHA256\n" + sha256(canonical.toString().getBytes(ISO_8859_1));
    return "ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s"
        .formatted(keyId, names, HexFormat.of().formatHex(hmac("HmacSHA256", secret, toSign)));
  }

  /**
   * An {@code Authorization} header of the FC scheme.
   *
   * @param resource path, and maybe more
   */
  public static String fc(
      String keyId, String secret, String method, String resource, Map<String, String> headers) {
    String toSign =
        String.join(
                "\n",
                method,
                headers.getOrDefault("content-md5", ""),
                headers.getOrDefault("content-type", ""),
                headers.getOrDefault("date", ""),
                lines("x-fc-", headers))
            + resource;
    return "FC " + keyId + ":" + base64(hmac("HmacSHA256", secret, toSign));
  }

  /**
   * An {@code Authorization} header of the acs scheme.
   *
   * @param resource path, and maybe a question mark and a query
   */
  public static String acs(
      String keyId, String secret, String method, String resource, Map<String, String> headers) {
    String toSign =
        String.join(
                "\n",
                method,
                headers.getOrDefault("accept", ""),
                headers.getOrDefault("content-md5", ""),
                headers.getOrDefault("content-type", ""),
                headers.getOrDefault("date", ""),
                lines("x-acs-", headers))
            + resource;
    return "acs " + keyId + ":" + base64(hmac("HmacSHA1", secret, toSign));
  }

  /** SHA-256 in hexadecimal. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest("SHA-256", bytes));
  }

  /** The digest for {@code Content-MD5} as most clients write it. */
  public static String md5(byte[] bytes) {
    return base64(digest("MD5", bytes));
  }

  private static String lines(String prefix, Map<String, String> headers) {
    var lines = new StringBuilder();
    new TreeMap<>(headers)
        .forEach(
            (name, value) ->
                lines.append(name.startsWith(prefix) ? name + ":" + value + "\n" : ""));
    return lines.toString();
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] hmac(String algorithm, String secret, String text) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), algorithm));
      return mac.doFinal(text.getBytes(ISO_8859_1));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
