package io.perdure.api.scf.wire;

import io.perdure.api.Received;
import io.perdure.invocation.Utf8;
import io.vertx.core.http.HttpHeaders;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A request whose form is known (spec tencent-scf, 2.1 and 2.2); the action's own parameters have
 * not been looked at.
 *
 * @param received as it came in
 * @param form where its parameters are
 * @param flat decoded parameters of the query or the form, common ones included; empty for JSON
 */
public record ScfRequest(Received received, Form form, Map<String, String> flat) {
  /** Common parameters of signature v1, which are none of an action's own. */
  private static final Set<String> COMMON =
      Set.of(
          "Action",
          "Version",
          "Timestamp",
          "Region",
          "SecretId",
          "Signature",
          "SignatureMethod",
          "Nonce",
          "Token",
          "Language",
          "RequestClient");

  /** Most parameters of a query or a form. */
  private static final int FLAT_MAX = 10_000;

  /** Where a request has its parameters, which decides how it is signed. */
  public enum Form {
    /** POST, JSON; common parameters are headers; TC3. */
    JSON,
    /** Flattened in the query or a form; common parameters are headers; TC3. */
    FLAT_TC3,
    /** Flattened in the query or a form, common parameters too; signature v1. */
    FLAT_V1
  }

  /**
   * Recognises the form.
   *
   * @throws ScfError for a form that no action takes
   */
  public static ScfRequest of(Received received) {
    boolean headers =
        received.headers().contains("X-TC-Action")
            || received.headers().contains(HttpHeaders.AUTHORIZATION);
    Form flatForm = headers ? Form.FLAT_TC3 : Form.FLAT_V1;
    if (received.method().equals("GET")) {
      return new ScfRequest(received, flatForm, flat(received.rawQuery()));
    }
    if (!received.method().equals("POST")) {
      throw new ScfError("UnsupportedProtocol", "Only GET and POST are supported.");
    }
    String type = mediaType(received);
    return switch (type) {
      case "application/json" -> new ScfRequest(received, Form.JSON, Map.of());
      case "application/x-www-form-urlencoded" ->
          new ScfRequest(received, flatForm, flat(text(received.body())));
      default ->
          throw new ScfError(
              "InvalidRequest",
              "The Content-Type of a POST must be application/json or"
                  + " application/x-www-form-urlencoded; no action takes anything else.");
    };
  }

  private static String mediaType(Received received) {
    String type = received.header("Content-Type");
    if (type == null) {
      return "";
    }
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> flat(String text) {
    if (text == null || text.isEmpty()) {
      return Map.of();
    }
    Map<String, String> flat = new LinkedHashMap<>();
    int from = 0;
    while (from <= text.length()) {
      int end = text.indexOf('&', from);
      end = end < 0 ? text.length() : end;
      if (end > from) {
        put(flat, text.substring(from, end));
      }
      from = end + 1;
    }
    return Collections.unmodifiableMap(flat);
  }

  private static void put(Map<String, String> flat, String pair) {
    int equals = pair.indexOf('=');
    String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
    String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
    if (flat.size() == FLAT_MAX) {
      throw new ScfError("InvalidRequest", "Expected at most " + FLAT_MAX + " parameters.");
    }
    if (flat.put(name, value) != null) {
      throw ScfError.invalid(shown(name), "it is there more than once");
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ScfError("InvalidRequest", "Two hexadecimal digits are expected behind each %.");
    }
  }

  private static String text(byte[] body) {
    return Utf8.decode(body)
        .orElseThrow(() -> new ScfError("InvalidRequest", "The body is not UTF-8."));
  }

  private static String shown(String name) {
    return name.length() > 100 ? name.substring(0, 100) + "..." : name;
  }

  /** The action asked for. */
  public String action() {
    return required("X-TC-Action", "Action");
  }

  /** The version of the API asked for. */
  public String version() {
    return required("X-TC-Version", "Version");
  }

  /** The region named, or null. */
  public String region() {
    String region = common("X-TC-Region", "Region");
    return region == null || region.isEmpty() ? null : region;
  }

  /** Seconds since the epoch, as text. */
  public String timestamp() {
    return required("X-TC-Timestamp", "Timestamp");
  }

  /** The token of a temporary key, or null. */
  public String token() {
    String token = common("X-TC-Token", "Token");
    return token == null || token.isEmpty() ? null : token;
  }

  private String required(String header, String name) {
    String value = common(header, name);
    if (value == null || value.isEmpty()) {
      throw ScfError.missing(form == Form.FLAT_V1 ? name : header);
    }
    return value;
  }

  private String common(String header, String name) {
    return form == Form.FLAT_V1 ? flat.get(name) : received.header(header);
  }

  /**
   * The action's own arguments.
   *
   * @throws ScfError naming the parameter that is wrong
   */
  public Args args(Shape shape) {
    return shape.read(
        form == Form.JSON
            ? JsonBody.read(received.body(), shape)
            : Flattened.read(flat, COMMON, shape));
  }
}
