package io.perdure.api.scf.sign;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What an {@code Authorization} header of TC3 says.
 *
 * @param keyId whose signature it is
 * @param date day of the scope, not checked
 * @param service of the scope: whatever the client takes for it
 * @param signedHeaders names as given, in their order
 * @param signedHeadersText the same as one text, as it is signed
 * @param signature 32 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record Authorization(
    String keyId,
    String date,
    String service,
    List<String> signedHeaders,
    String signedHeadersText,
    byte[] signature) {

  static final String ALGORITHM = "TC3-HMAC-SHA256";
  static final String TERMINATOR = "tc3_request";

  private static final int LENGTH_MAX = 4_096;
  private static final int SIGNED_HEADERS_MAX = 64;
  private static final int SIGNATURE_DIGITS = 64;
  private static final HexFormat HEX = HexFormat.of();

  /**
   * Reads {@code ALGORITHM Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=a;b,
   * Signature=HEX}, with any blanks around the commas; anything else is refused.
   */
  static Authorization parse(String header) {
    if (header.length() > LENGTH_MAX) {
      throw Refused.authorization("it is longer than " + LENGTH_MAX + " characters");
    }
    String text = header.strip();
    int blank = text.indexOf(' ');
    if (blank < 0 || !text.substring(0, blank).equals(ALGORITHM)) {
      throw Refused.authorization("expected the algorithm " + ALGORITHM + " and its parts");
    }
    String[] parts = text.substring(blank + 1).split(",", -1);
    if (parts.length != 3) {
      throw Refused.authorization("expected Credential, SignedHeaders and Signature");
    }
    String credential = value(parts[0], "Credential=");
    String names = value(parts[1], "SignedHeaders=");
    byte[] signature = signature(value(parts[2], "Signature="));
    String[] scope = credential.split("/", -1);
    if (scope.length != 4
        || scope[0].isEmpty()
        || scope[1].isEmpty()
        || scope[2].isEmpty()
        || !scope[3].equals(TERMINATOR)) {
      throw Refused.authorization("expected Credential=SecretId/date/service/" + TERMINATOR);
    }
    return new Authorization(scope[0], scope[1], scope[2], signedHeaders(names), names, signature);
  }

  /** The scope as it is signed. */
  String scope() {
    return date + "/" + service + "/" + TERMINATOR;
  }

  private static String value(String part, String prefix) {
    String text = part.strip();
    if (!text.startsWith(prefix)) {
      throw Refused.authorization("expected Credential, SignedHeaders and Signature");
    }
    return text.substring(prefix.length());
  }

  private static List<String> signedHeaders(String text) {
    String[] names = text.split(";", -1);
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name.isBlank() || !seen.add(name.toLowerCase(Locale.ROOT))) {
        throw Refused.authorization("SignedHeaders has a name that is empty or given twice");
      }
    }
    if (names.length > SIGNED_HEADERS_MAX) {
      throw Refused.authorization("SignedHeaders has more than " + SIGNED_HEADERS_MAX + " names");
    }
    if (!seen.contains("content-type") || !seen.contains("host")) {
      throw Refused.authorization("SignedHeaders must have content-type and host");
    }
    return List.of(names);
  }

  private static byte[] signature(String text) {
    boolean hex = text.length() == SIGNATURE_DIGITS && text.chars().allMatch(HexFormat::isHexDigit);
    if (!hex) {
      throw Refused.authorization("Signature is not made of 64 hexadecimal digits");
    }
    return HEX.parseHex(text);
  }
}
