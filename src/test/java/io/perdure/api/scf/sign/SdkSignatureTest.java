package io.perdure.api.scf.sign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.Filter;
import com.tencentcloudapi.scf.v20180416.models.ListFunctionsRequest;
import io.perdure.api.Received;
import io.perdure.api.auth.AccessKey;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.ScfRequest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The official Java client signs, over a real connection to a server that only authenticates. */
class SdkSignatureTest {
  private static final Account DEV =
      new Account(
          "1",
          "dev",
          List.of(
              new AccessKey("AKIDdev", "secret"),
              new AccessKey("AKIDtemporary", "secret-2", "the/token+==", null)));
  private static final Signatures SIGNATURES =
      new Signatures(
          Accounts.builder().add(DEV, List.of()).build(),
          InstantSource.system(),
          Duration.ofMinutes(5));

  private static Vertx vertx;
  private static HttpServer server;

  @BeforeAll
  static void listen() {
    vertx = Vertx.vertx();
    server =
        vertx
            .createHttpServer()
            .requestHandler(request -> request.body().onSuccess(body -> answer(request, body)))
            .listen(0, "127.0.0.1")
            .await();
  }

  @AfterAll
  static void close() {
    vertx.close().await();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, TC3-HMAC-SHA256, POST, false",
    "127.0.0.1, TC3-HMAC-SHA256, POST, true",
    "127.0.0.1, TC3-HMAC-SHA256, GET, false",
    "127.0.0.1, TC3-HMAC-SHA256, GET, true",
    "localhost, TC3-HMAC-SHA256, POST, false",
    "localhost, TC3-HMAC-SHA256, GET, false",
    "127.0.0.1, HmacSHA256, POST, false",
    "127.0.0.1, HmacSHA256, GET, false",
    "127.0.0.1, HmacSHA1, POST, false",
    "127.0.0.1, HmacSHA1, GET, false",
    "localhost, HmacSHA1, GET, false",
  })
  void everyFormIsVerified(String host, String signMethod, String method, boolean unsignedPayload)
      throws TencentCloudSDKException {
    for (Credential credential :
        List.of(
            new Credential("AKIDdev", "secret"),
            new Credential("AKIDtemporary", "secret-2", "the/token+=="))) {
      ScfClient client = client(credential, host, signMethod, method, unsignedPayload);
      assertEquals(7L, client.ListFunctions(request()).getTotalCount());
    }
  }

  @ParameterizedTest
  @CsvSource({"TC3-HMAC-SHA256, POST", "TC3-HMAC-SHA256, GET", "HmacSHA1, GET", "HmacSHA256, POST"})
  void wrongSecretIsRefusedInEveryForm(String signMethod, String method) {
    ScfClient client =
        client(new Credential("AKIDdev", "guess"), "127.0.0.1", signMethod, method, false);
    var e = assertThrows(TencentCloudSDKException.class, () -> client.ListFunctions(request()));
    assertEquals("AuthFailure.SignatureFailure", e.getErrorCode());
  }

  @Test
  void missingTokenIsRefused() {
    ScfClient client =
        client(
            new Credential("AKIDtemporary", "secret-2"),
            "127.0.0.1",
            "TC3-HMAC-SHA256",
            "POST",
            false);
    var e = assertThrows(TencentCloudSDKException.class, () -> client.ListFunctions(request()));
    assertEquals("AuthFailure.TokenFailure", e.getErrorCode());
  }

  private static ListFunctionsRequest request() {
    Filter filter = new Filter();
    filter.setName("tag key");
    filter.setValues(
        new String[] {"a&b=c+d%20 e", "\u672a\u547d\u540d \ud83d\ude00", "", "~*'()/"});
    ListFunctionsRequest request = new ListFunctionsRequest();
    request.setNamespace("default");
    request.setLimit(10L);
    request.setFilters(new Filter[] {filter});
    return request;
  }

  private static ScfClient client(
      Credential credential,
      String host,
      String signMethod,
      String method,
      boolean unsignedPayload) {
    HttpProfile http = new HttpProfile();
    http.setProtocol("http://");
    http.setEndpoint(host + ":" + server.actualPort());
    http.setReqMethod(method);
    ClientProfile profile = new ClientProfile(signMethod, http);
    profile.setUnsignedPayload(unsignedPayload);
    return new ScfClient(credential, "ap-guangzhou", profile);
  }

  private static void answer(HttpServerRequest request, Buffer body) {
    var received =
        new Received(
            request.method().name(), "/", request.query(), request.headers(), body.getBytes());
    JsonObject response = new JsonObject().put("RequestId", "1");
    try {
      Account account = SIGNATURES.authenticate(ScfRequest.of(received));
      response.put("TotalCount", account.equals(DEV) ? 7 : 0);
    } catch (ScfError e) {
      response.put("Error", new JsonObject().put("Code", e.code()).put("Message", e.getMessage()));
    }
    request
        .response()
        .putHeader("Content-Type", "application/json")
        .end(new JsonObject().put("Response", response).toBuffer())
        .onFailure(e -> {}); // the client's call then fails
  }
}
