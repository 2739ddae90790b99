package io.perdure.api.scf.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.scf.sign.Signer;
import io.perdure.testkit.fuzz.Pair;
import io.perdure.testkit.fuzz.Wired;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request that is not signed yet, so that whatever is changed in it gets past the signature. */
final class Draft {
  /** The forms of a request, with the signature each has. */
  enum Form {
    JSON,
    GET,
    FORM,
    GET_V1,
    FORM_V1
  }

  final Form form;
  String method;
  String contentType;
  boolean unsignedPayload;

  /** Sizes of the chunks the body is sent in; empty for a body with its length. */
  List<Integer> chunks = List.of();

  /** Common parameters by their names in v1. */
  final Map<String, String> common = new LinkedHashMap<>();

  /** The parameters of the action where the form is JSON. */
  byte[] json = {};

  /** The parameters of the action where it is not. */
  List<Pair> flat = new ArrayList<>();

  /** Further headers. */
  final List<Pair> headers = new ArrayList<>();

  Draft(Form form) {
    this.form = form;
    boolean get = form == Form.GET || form == Form.GET_V1;
    this.method = get ? "GET" : "POST";
    this.contentType = form == Form.JSON ? "application/json" : "application/x-www-form-urlencoded";
  }

  boolean v1() {
    return form == Form.GET_V1 || form == Form.FORM_V1;
  }

  private boolean inQuery() {
    return form == Form.GET || form == Form.GET_V1;
  }

  /** The request with a signature, or one that does not sign what is sent. */
  Wired signed(String host, String keyId, String secret) {
    List<Pair> pairs = new ArrayList<>(flat);
    if (v1()) {
      common.put("SecretId", keyId);
      Map<String, String> all = new LinkedHashMap<>();
      common.forEach((name, value) -> pairs.add(new Pair(name, value)));
      pairs.forEach(pair -> all.put(pair.name(), pair.value()));
      String algorithm =
          "HmacSHA256".equals(common.get("SignatureMethod")) ? "HmacSHA256" : "HmacSHA1";
      pairs.add(new Pair("Signature", Signer.v1(secret, algorithm, method, host, all)));
    }
    String encoded = form == Form.JSON ? "" : encoded(pairs);
    String query = inQuery() ? encoded : "";
    byte[] body = form == Form.JSON ? json : inQuery() ? new byte[0] : encoded.getBytes(UTF_8);

    var wired = new Wired(method, query.isEmpty() ? "/" : "/?" + query, body, chunks);
    wired.headers.add(new Pair("Host", host));
    if (contentType != null) {
      wired.headers.add(new Pair("Content-Type", contentType));
    }
    if (!v1()) {
      common.forEach((name, value) -> wired.headers.add(new Pair("X-TC-" + name, value)));
      byte[] hashed =
          unsignedPayload ? "UNSIGNED-PAYLOAD".getBytes(UTF_8) : inQuery() ? new byte[0] : body;
      if (unsignedPayload) {
        wired.headers.add(new Pair("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD"));
      }
      String timestamp = common.getOrDefault("Timestamp", "");
      wired.headers.add(
          new Pair(
              "Authorization",
              Signer.tc3(
                  keyId,
                  secret,
                  date(timestamp) + "/scf/tc3_request",
                  timestamp.strip(),
                  method,
                  method.equals("GET") ? query : "",
                  Signer.contentTypeAndHost(contentType == null ? "" : contentType.strip(), host),
                  method.equals("GET") && !unsignedPayload ? new byte[0] : hashed)));
    }
    wired.headers.addAll(headers);
    return wired;
  }

  private static String date(String timestamp) {
    try {
      return Instant.ofEpochSecond(Long.parseLong(timestamp))
          .atOffset(ZoneOffset.UTC)
          .toLocalDate()
          .toString();
    } catch (RuntimeException e) {
      return "2026-01-01"; // for a timestamp that is none the date does not matter
    }
  }

  private static String encoded(List<Pair> pairs) {
    StringBuilder text = new StringBuilder();
    for (Pair pair : pairs) {
      text.append(text.isEmpty() ? "" : "&")
          .append(URLEncoder.encode(pair.name(), UTF_8))
          .append('=')
          .append(URLEncoder.encode(pair.value(), UTF_8));
    }
    return text.toString();
  }
}
