package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.v1.HttpCalls.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthTest {
  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/invocations",
        "/v1/invocations/019b76da-a800-7000-8000-000000000000",
        "/v1/namespaces/default/functions/nobody",
        "/v1/nothing",
        "/v1/namespaces?limit=bad"
      })
  void withoutATokenEverythingLooksTheSame(String path) {
    Answer answer = SERVER.http(null).get(path, "X-Request-Id", "same");
    answer.problem(401, "unauthorized");
    assertEquals("Bearer realm=\"perdure\"", answer.header("www-authenticate"));
    assertEquals(
        SERVER.http(null).get("/v1/namespaces", "X-Request-Id", "same").text(), answer.text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer token-of-de",
        "Bearer token-of-dev2",
        "Basic dG9rZW4tb2YtZGV2",
        "token-of-dev"
      })
  void wrongCredentialsAreRefused(String credentials) {
    SERVER
        .http(null)
        .get("/v1/namespaces", "Authorization", credentials)
        .problem(401, "unauthorized");
  }

  @Test
  void schemeHasNoCase() {
    SERVER
        .http(null)
        .get("/v1/namespaces", "Authorization", "bearer " + ApiServer.TOKEN)
        .expect(200);
  }

  @Test
  void veryLongTokenIsRefusedLikeAnyOther() {
    SERVER
        .http(null)
        .get("/v1/namespaces", "Authorization", "Bearer " + "t".repeat(10_000))
        .problem(401, "unauthorized");
  }

  @Test
  void probesAndTheDocumentNeedNoToken() {
    for (String path : new String[] {"/livez", "/readyz", "/metrics", "/openapi.json"}) {
      Answer answer = SERVER.http(null).get(path).expect(200);
      assertTrue(answer.header("x-request-id").length() >= 32);
    }
  }

  @Test
  void requestIdIsTheCallersWhenItIsUsable() {
    assertEquals(
        "abc-1",
        SERVER.http().get("/v1/namespaces", "X-Request-Id", "abc-1").header("x-request-id"));
    assertNotEquals(
        "a b", SERVER.http().get("/v1/namespaces", "X-Request-Id", "a b").header("x-request-id"));
    assertNotEquals(
        SERVER.http().get("/v1/namespaces").header("x-request-id"),
        SERVER.http().get("/v1/namespaces").header("x-request-id"));
  }
}
