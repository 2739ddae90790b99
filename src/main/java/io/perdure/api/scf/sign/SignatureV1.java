package io.perdure.api.scf.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.Received;
import io.perdure.api.auth.Accounts;
import io.perdure.api.auth.Accounts.Credential;
import io.perdure.api.auth.Hmacs;
import io.perdure.api.auth.Hmacs.Algorithm;
import io.perdure.api.scf.wire.ScfError;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Signature v1, HmacSHA1 and HmacSHA256: a parameter like all others of the query or form, over
 * these. Any thread.
 */
final class SignatureV1 {
  private static final String SIGNATURE = "Signature";

  /** Some clients draw 63 bits, which are 19 digits. */
  private static final int NONCE_DIGITS_MAX = 40;

  private final Accounts accounts;
  private final Duration clockSkew;

  SignatureV1(Accounts accounts, Duration clockSkew) {
    this.accounts = accounts;
    this.clockSkew = clockSkew;
  }

  /**
   * The key that {@code request} is signed with, its token not looked at yet.
   *
   * @param parameters all of the query or form, decoded, none of a name given twice
   * @throws ScfError if it is not signed, or not well
   */
  Credential verify(Received request, Map<String, String> parameters, long nowSeconds) {
    String keyId = required(parameters, "SecretId");
    String signature = required(parameters, SIGNATURE);
    String timestamp = required(parameters, "Timestamp");
    if (!Timestamps.isNumber(required(parameters, "Nonce"), NONCE_DIGITS_MAX)) {
      throw ScfError.invalid("Nonce", "expected a positive integer"); // or 0, which clients draw
    }
    Credential credential = accounts.byKeyId(keyId).orElseThrow(Refused::unknownKey);
    Timestamps.check(timestamp, nowSeconds, clockSkew);
    Algorithm algorithm = algorithm(parameters.get("SignatureMethod"));
    byte[] key = credential.key().secret().getBytes(UTF_8);
    byte[] given = decoded(signature);
    String host = request.header("Host");
    if (host == null) {
      throw Refused.signature();
    }
    for (String signed : signed(parameters)) {
      for (String variant : Hosts.variants(host)) {
        String text = request.method() + variant + "/?" + signed;
        if (Hmacs.same(Hmacs.hmac(algorithm, key, text.getBytes(UTF_8)), given)) {
          return credential;
        }
      }
    }
    throw Refused.signature();
  }

  /** The parameters as clients sign them, mostly only one way. */
  private static Set<String> signed(Map<String, String> parameters) {
    SortedMap<String, String> sorted = new TreeMap<>(parameters);
    sorted.remove(SIGNATURE);
    Set<String> texts = new LinkedHashSet<>();
    texts.add(joined(sorted, UnaryOperator.identity(), value -> true));
    if (sorted.keySet().stream().anyMatch(name -> name.indexOf('_') >= 0)) {
      UnaryOperator<String> dotted = name -> name.replace('_', '.');
      texts.add(joined(sorted, dotted, value -> true)); // Java's client
      SortedMap<String, String> inItsOrder = new TreeMap<>();
      sorted.forEach((name, value) -> inItsOrder.put(dotted.apply(name), value));
      texts.add(joined(inItsOrder, UnaryOperator.identity(), value -> true)); // Python's
    }
    if (sorted.containsValue("")) {
      texts.add(joined(sorted, UnaryOperator.identity(), value -> !value.isEmpty())); // Go's
    }
    return texts;
  }

  private static String joined(
      SortedMap<String, String> sorted, UnaryOperator<String> name, Predicate<String> wanted) {
    StringBuilder text = new StringBuilder(256);
    sorted.forEach(
        (key, value) -> {
          if (wanted.test(value)) {
            text.append(text.isEmpty() ? "" : "&")
                .append(name.apply(key))
                .append('=')
                .append(value);
          }
        });
    return text.toString();
  }

  private static Algorithm algorithm(String method) {
    if (method == null || method.isEmpty() || method.equals("HmacSHA1")) {
      return Algorithm.SHA1;
    }
    if (method.equals("HmacSHA256")) {
      return Algorithm.SHA256;
    }
    throw Refused.signature();
  }

  private static byte[] decoded(String signature) {
    try {
      return Base64.getDecoder().decode(signature);
    } catch (IllegalArgumentException e) {
      throw Refused.signature();
    }
  }

  private static String required(Map<String, String> parameters, String name) {
    String value = parameters.get(name);
    if (value == null || value.isEmpty()) {
      throw ScfError.missing(name);
    }
    return value;
  }
}
