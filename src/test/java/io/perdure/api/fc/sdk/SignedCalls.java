package io.perdure.api.fc.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.aliyun.openapiutil.Client;
import com.aliyun.tea.TeaRequest;
import com.aliyuncs.fc.auth.FcSignatureComposer;
import com.aliyuncs.fc.model.HttpMethod;
import io.perdure.api.auth.AccessKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLDecoder;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Sends what a golden file has, byte by byte, signed by the SDKs' own code as their clients would.
 */
final class SignedCalls {
  private static final String ACS3 = "ACS3-HMAC-SHA256";
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final String endpoint;
  private final String account;
  private final AccessKey key;
  private final Clock clock = Clock.systemUTC();

  SignedCalls(String endpoint, String account, AccessKey key) {
    this.endpoint = endpoint;
    this.account = account;
    this.key = key;
  }

  /**
   * What came back.
   *
   * @param headers as they were spelled
   */
  record Answer(int status, Map<String, String> headers, String body) {}

  /**
   * Sends it and waits for the answer.
   *
   * @param target path and query
   * @param more headers besides those of the signature
   * @param body null for none
   */
  Answer send(String operation, String method, String target, Map<String, String> more, String body)
      throws Exception {
    var headers = new LinkedHashMap<String, String>(more);
    String version = target.substring(1, target.indexOf('/', 1));
    if (version.equals("2016-08-15")) {
      sign1(method, target, headers);
    } else {
      sign3(operation, version, method, target, headers, body);
    }
    var http =
        (HttpURLConnection) URI.create("http://" + endpoint + target).toURL().openConnection();
    http.setRequestMethod(method);
    headers.forEach(http::setRequestProperty);
    if (body != null) {
      http.setDoOutput(true);
      try (OutputStream out = http.getOutputStream()) {
        out.write(body.getBytes(UTF_8));
      }
    }
    return answer(http);
  }

  private static Answer answer(HttpURLConnection http) throws IOException {
    int status = http.getResponseCode();
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (Map.Entry<String, List<String>> header : http.getHeaderFields().entrySet()) {
      if (header.getKey() != null) { // the status line has none
        headers.put(header.getKey(), String.join(", ", header.getValue()));
      }
    }
    try (InputStream in = status < 400 ? http.getInputStream() : http.getErrorStream()) {
      return new Answer(status, headers, in == null ? "" : new String(in.readAllBytes(), UTF_8));
    }
  }

  private void sign3(
      String operation,
      String version,
      String method,
      String target,
      Map<String, String> headers,
      String body)
      throws Exception {
    String hash =
        Client.hexEncode(Client.hash(body == null ? new byte[0] : body.getBytes(UTF_8), ACS3));
    headers.put("host", endpoint);
    headers.put("x-acs-action", operation);
    headers.put("x-acs-content-sha256", hash);
    headers.put("x-acs-date", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    headers.put("x-acs-signature-nonce", UUID.randomUUID().toString());
    headers.put("x-acs-version", version);
    TeaRequest request = new TeaRequest();
    request.method = method;
    request.pathname = path(target);
    request.query = query(target);
    request.headers = headers;
    headers.put(
        "authorization", Client.getAuthorization(request, ACS3, hash, key.id(), key.secret()));
  }

  private void sign1(String method, String target, Map<String, String> headers) throws Exception {
    Instant now = clock.instant();
    headers.put("date", HTTP_DATE.format(now));
    headers.put("x-fc-account-id", account);
    String text =
        FcSignatureComposer.composeStringToSign(
            HttpMethod.valueOf(method), URLDecoder.decode(path(target), UTF_8), headers, null);
    String signature = FcSignatureComposer.signString(text, key.secret());
    headers.put("authorization", "FC " + key.id() + ":" + signature);
  }

  private static String path(String target) {
    int question = target.indexOf('?');
    return question < 0 ? target : target.substring(0, question);
  }

  private static Map<String, String> query(String target) {
    var query = new TreeMap<String, String>();
    int question = target.indexOf('?');
    if (question >= 0) {
      for (String pair : target.substring(question + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        query.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return query;
  }
}
