package io.perdure.api.fc.operation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import io.perdure.testkit.Zips;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;

/** Functions with code for tests, and such as only the native API makes. */
final class FcCode {
  static final byte[] ZIP_BYTES =
      Zips.of("index.py", "def handler(event, context):\n    return event\n");
  static final String ZIP = Base64.getEncoder().encodeToString(ZIP_BYTES);

  private FcCode() {}

  /**
   * What a Python function is created with, and {@code more} properties, each begun with a comma.
   */
  static String body(String name, String more) {
    return body(name, "python3.10", more);
  }

  static String body(String name, String runtime, String more) {
    return "{'functionName':'"
        + name
        + "','runtime':'"
        + runtime
        + "','handler':'index.handler','code':{'zipFile':'"
        + ZIP
        + "'}"
        + more
        + "}";
  }

  /** Puts a function that is run outside of the node. */
  static void putHttp(FcTester fc, String namespace, String name) {
    HttpResponse<byte[]> answer =
        fc.sendAsIs(
            of(fc, namespace, name)
                .header("Content-Type", "application/json")
                .PUT(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"runtime\":{\"kind\":\"http\",\"url\":\"http://127.0.0.1:9/\"}}")));
    assertEquals(201, answer.statusCode(), () -> new String(answer.body(), UTF_8));
  }

  /** A function as the native API shows it. */
  static JsonNode natively(FcTester fc, String namespace, String name) {
    return FcTester.json(fc.sendAsIs(of(fc, namespace, name)));
  }

  private static HttpRequest.Builder of(FcTester fc, String namespace, String name) {
    return HttpRequest.newBuilder(
            fc.node().baseUri().resolve("/v1/namespaces/" + namespace + "/functions/" + name))
        .header("Authorization", "Bearer " + fc.node().token());
  }
}
