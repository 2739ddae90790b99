package io.perdure.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Probes and metrics on a port of their own. */
class ManagementPortTest {
  @RegisterExtension
  final PerdureExtension perdure = new PerdureExtension().set("management.port", "0");

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void probesAndMetricsLeaveThePortOfTheApi(PerdureNode node) throws Exception {
    assertNotEquals(node.baseUri(), node.managementUri());
    for (String path : new String[] {"/livez", "/readyz", "/metrics"}) {
      assertEquals(200, status(node.managementUri(), path), path);
      assertEquals(404, status(node.baseUri(), path), path);
    }
    assertEquals(404, status(node.managementUri(), "/v1/namespaces"));
    assertEquals(401, status(node.baseUri(), "/v1/namespaces"));
  }

  private int status(URI base, String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(base.resolve(path)).build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }
}
