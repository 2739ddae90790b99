package io.perdure.api.fc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.client.CodeZip;
import io.perdure.testkit.Python;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What functions made and called through the API are told of themselves (spec, section 10). */
@Timeout(120)
class FunctionContextTest {
  private static final String PYTHON =
      """
      import json, os
      def handler(event, context):
          service = context.service
          return json.dumps({
              'id': context.request_id,
              'name': context.function.name,
              'handler': context.function.handler,
              'memory': context.function.memory,
              'timeout': context.function.timeout,
              'service': service.name,
              'qualifier': service.qualifier,
              'version': service.version_id,
              'region': context.region,
              'account': context.account_id,
              'env': {k: v for k, v in os.environ.items() if k.startswith('FC_')}})
      """;

  private static final String NODE =
      """
      exports.handler = (event, context, callback) => callback(null, {
        id: context.requestId,
        name: context.function.name,
        handler: context.function.handler,
        memory: context.function.memory,
        timeout: context.function.timeout,
        service: context.service.name,
        qualifier: context.service.qualifier,
        version: context.service.versionId,
        region: context.region,
        account: context.accountId,
        env: Object.fromEntries(Object.entries(process.env).filter(([k]) => k.startsWith('FC_'))),
      });
      """;

  private static FcTester fc;

  @BeforeAll
  static void start() {
    Python.require();
    fc = FcTester.start(Map.of());
    fc.ok("POST", "/2021-04-06/services", "{'serviceName':'shop'}");
    make("/2021-04-06/services/shop", "python3", "index.py", PYTHON);
    make("/2021-04-06/services/shop", "nodejs20", "index.js", NODE);
    make("/2023-03-30", "python3", "index.py", PYTHON);
    make("/2023-03-30", "nodejs20", "index.js", NODE);
  }

  @AfterAll
  static void stop() {
    if (fc != null) {
      fc.close();
    }
  }

  @Test
  void functionOfAServiceIsToldOfItsService() throws IOException {
    for (String runtime : new String[] {"python3", "nodejs20"}) {
      JsonNode told = told("/2021-04-06/services/shop/functions/" + runtime);
      common(runtime, told);
      assertEquals("shop", told.path("service").asText());
      assertEquals("LATEST", told.path("qualifier").asText());
      assertEquals("LATEST", told.path("version").asText());
      assertEquals("shop", told.at("/env/FC_SERVICE_NAME").asText());
      assertEquals("LATEST", told.at("/env/FC_QUALIFIER").asText());
    }
  }

  @Test
  void functionWithoutAServiceIsToldOfNone() throws IOException {
    for (String runtime : new String[] {"python3", "nodejs20"}) {
      JsonNode told = told("/2023-03-30/functions/" + runtime);
      common(runtime, told);
      assertEquals("", told.path("service").asText(), told::toString);
      assertEquals("LATEST", told.at("/env/FC_FUNCTION_VERSION").asText());
      assertEquals(false, told.path("env").has("FC_SERVICE_NAME"), told::toString);
    }
  }

  private static void common(String runtime, JsonNode told) {
    assertEquals("own-1", told.path("id").asText());
    assertEquals(runtime, told.path("name").asText());
    assertEquals("index.handler", told.path("handler").asText());
    assertEquals(256, told.path("memory").asInt());
    assertEquals(7, told.path("timeout").asInt());
    assertEquals("cn-hangzhou", told.path("region").asText());
    assertEquals("1000000000000001", told.path("account").asText());
    JsonNode env = told.path("env");
    assertEquals(runtime, env.path("FC_FUNCTION_NAME").asText());
    assertEquals("index.handler", env.path("FC_FUNCTION_HANDLER").asText());
    assertEquals("256", env.path("FC_FUNCTION_MEMORY_SIZE").asText());
    assertEquals("cn-hangzhou", env.path("FC_REGION").asText());
    assertEquals("1000000000000001", env.path("FC_ACCOUNT_ID").asText());
  }

  private static JsonNode told(String function) throws IOException {
    HttpResponse<byte[]> answer =
        fc.send("POST", function + "/invocations", new byte[0], Map.of("X-Fc-Request-Id", "own-1"));
    assertEquals("own-1", answer.headers().firstValue("X-Fc-Request-Id").orElse(null));
    return JsonMapper.builder().build().readTree(new String(answer.body(), UTF_8));
  }

  private static void make(String above, String runtime, String file, String source) {
    String zip = Base64.getEncoder().encodeToString(CodeZip.of(Map.of(file, source)).getBytes());
    fc.ok(
        "POST",
        above + "/functions",
        "{'functionName':'%s','runtime':'%s','handler':'index.handler','memorySize':256,'timeout':7,'code':{'zipFile':'%s'}}"
            .formatted(runtime, runtime, zip));
  }
}
