package io.perdure.api.fc.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateFunctionTest {
  private static final String V1 = "/2016-08-15/services/s/functions";
  private static final String V2 = "/2021-04-06/services/s/functions";
  private static final String V3 = "/2023-03-30/functions";
  private static FcTester fc;

  @BeforeAll
  static void start() {
    fc = FcTester.start(Map.of());
    fc.ok("POST", "/2021-04-06/services", "{'serviceName':'s'}");
  }

  @AfterAll
  static void close() {
    fc.close();
  }

  private static JsonNode create(String functions, String name, String more) {
    return fc.ok("POST", functions, FcCode.body(name, more));
  }

  @ParameterizedTest
  @CsvSource({V1 + ",one", V2 + ",two", V3 + ",three"})
  void aFunctionIsMadeAndShownWithItsDefaults(String functions, String name) {
    JsonNode made = create(functions, name, "");
    assertEquals(name, made.path("functionName").asText());
    assertTrue(made.path("functionId").asText().matches("[0-9a-f-]{36}"));
    assertEquals("python3.10", made.path("runtime").asText());
    assertEquals("index.handler", made.path("handler").asText());
    assertEquals("", made.path("description").textValue());
    assertEquals(3, made.path("timeout").asInt());
    assertEquals(functions.equals(V3) ? 512 : 128, made.path("memorySize").asInt());
    assertEquals(512, made.path("diskSize").asInt());
    assertEquals(1, made.path("instanceConcurrency").asInt());
    assertEquals(FcCode.ZIP_BYTES.length, made.path("codeSize").asInt());
    assertTrue(made.path("codeChecksum").asText().matches("\\d{1,20}"));
    assertTrue(made.path("environmentVariables").isObject());
    assertEquals(0, made.path("layers").size());
    assertTrue(made.path("createdTime").asText().endsWith("Z"));
    assertFalse(made.has("code"));
    assertEquals(made, fc.ok("GET", functions + "/" + name, null));
  }

  @Test
  void theNewestGenerationTellsItsNameAndState() {
    JsonNode made = create(V3, "state", ",'tags':[{'key':'team','value':'a'},{'Key':'x'}]");
    assertTrue(made.path("functionArn").asText().matches("acs:fc:[a-z-]+:\\w+:functions/state"));
    assertEquals("Active", made.path("state").asText());
    assertEquals("Successful", made.path("lastUpdateStatus").asText());
    assertEquals("team", made.at("/tags/0/key").asText());
    assertEquals("a", made.at("/tags/0/value").asText());
    assertEquals("", made.at("/tags/1/value").textValue());
    assertTrue(made.path("internetAccess").booleanValue());
  }

  @Test
  void everyPropertyOfTheOlderGenerationsIsShownAgain() {
    JsonNode made =
        create(
            V2,
            "all",
            ",'Description':'d','TIMEOUT':86400,'memorySize':1024,'diskSize':10240,"
                + "'InstanceConcurrency':20,'environmentVariables':{'Key':'v'},"
                + "'initializer':'index.init','initializationTimeout':30,'cpu':0.5,"
                + "'instanceLifecycleConfig':{'preFreeze':{'handler':'index.freeze','timeout':5},"
                + "'PreStop':{'Handler':'index.stop','Timeout':9}},"
                + "'instanceType':'e1','layers':['acs:fc:::layers/l/versions/1'],"
                + "'customDNS':{'nameServers':['1.1.1.1']}");
    assertEquals("d", made.path("description").asText());
    assertEquals(86_400, made.path("timeout").asInt());
    assertEquals(1_024, made.path("memorySize").asInt());
    assertEquals(10_240, made.path("diskSize").asInt());
    assertEquals(20, made.path("instanceConcurrency").asInt());
    assertEquals("{\"Key\":\"v\"}", made.path("environmentVariables").toString());
    assertEquals("index.init", made.path("initializer").asText());
    assertEquals(30, made.path("initializationTimeout").asInt());
    assertEquals(0.5, made.path("cpu").asDouble());
    assertEquals("index.freeze", made.at("/instanceLifecycleConfig/preFreeze/handler").asText());
    assertEquals(5, made.at("/instanceLifecycleConfig/preFreeze/timeout").asInt());
    assertEquals("index.stop", made.at("/instanceLifecycleConfig/preStop/handler").asText());
    assertEquals(9, made.at("/instanceLifecycleConfig/preStop/timeout").asInt());
    assertEquals("e1", made.path("instanceType").asText());
    assertEquals("acs:fc:::layers/l/versions/1", made.at("/layers/0").asText());
    assertEquals("1.1.1.1", made.at("/customDNS/nameServers/0").asText());
    assertEquals(made, fc.ok("GET", V1 + "/all", null));
  }

  @Test
  void everyPropertyOfTheNewestGenerationIsShownAgain() {
    JsonNode made =
        create(
            V3,
            "all",
            ",'instanceLifecycleConfig':{'initializer':{'handler':'index.init','timeout':20},"
                + "'preStop':{'handler':'index.stop'}},"
                + "'layers':['acs:fc:::layers/l/versions/1'],'role':'r','internetAccess':false,"
                + "'logConfig':{'Project':'p'},'gpuConfig':{'gpuType':'t','gpuMemorySize':1}");
    assertEquals("index.init", made.at("/instanceLifecycleConfig/initializer/handler").asText());
    assertEquals(20, made.at("/instanceLifecycleConfig/initializer/timeout").asInt());
    assertEquals(3, made.at("/instanceLifecycleConfig/preStop/timeout").asInt());
    assertEquals("acs:fc:::layers/l/versions/1", made.at("/layers/0/arn").asText());
    assertEquals(0, made.at("/layers/0/size").asInt(-1));
    assertEquals("r", made.path("role").asText());
    assertFalse(made.path("internetAccess").asBoolean(true));
    assertEquals("p", made.at("/logConfig/project").asText());
    assertEquals("t", made.at("/gpuConfig/gpuType").asText());
    assertEquals(made, fc.ok("GET", V3 + "/all", null));
  }

  @Test
  void aProgramOfTheUsersOwnListensWhereItSays() {
    JsonNode old = fc.ok("POST", V2, FcCode.body("program", "custom", ""));
    assertEquals(9_000, old.path("caPort").asInt());
    assertEquals("{\"command\":[],\"args\":[]}", old.path("customRuntimeConfig").toString());
    old =
        fc.ok(
            "POST",
            V2,
            FcCode.body(
                "program2",
                "custom.debian10",
                ",'caPort':8080,'customRuntimeConfig':{'command':['/code/run'],'args':['-v']},"
                    + "'customHealthCheckConfig':{'httpGetUrl':'/up'}"));
    assertEquals(8_080, old.path("caPort").asInt());
    assertEquals("/code/run", old.at("/customRuntimeConfig/command/0").asText());
    assertEquals("-v", old.at("/customRuntimeConfig/args/0").asText());
    assertEquals("/up", old.at("/customHealthCheckConfig/httpGetUrl").asText());
    JsonNode made =
        fc.ok(
            "POST",
            V3,
            FcCode.body(
                "program",
                "custom.debian11",
                ",'customRuntimeConfig':{'args':['-v'],'port':0,'healthCheckConfig':"
                    + "{'HttpGetUrl':'/up'}}"));
    assertEquals(0, made.at("/customRuntimeConfig/port").asInt(-1));
    assertEquals("-v", made.at("/customRuntimeConfig/args/0").asText());
    assertEquals("/up", made.at("/customRuntimeConfig/healthCheckConfig/httpGetUrl").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "python3,index.handler",
    "python3.12,dir/index.handler",
    "nodejs12,index.handler",
    "nodejs20,index.handler",
    "java8,pkg.Class::method",
    "java11,pkg.Class"
  })
  void everyRuntimeOfTheCloudThatIsRunIsTaken(String runtime, String handler) {
    String name = runtime.replace('.', '_');
    String body = FcCode.body(name, runtime, "").replace("index.handler", handler);
    assertEquals(runtime, fc.ok("POST", V3, body).path("runtime").asText());
  }

  @ParameterizedTest
  @CsvSource({
    "python2.7,Python 2 is not run any more",
    "go1,use custom with an HTTP server",
    "php7.2,use custom with an HTTP server",
    "custom-container,container images are not run",
    "fortran,'python3.x, nodejsx, java8, java11 or custom'"
  })
  void anotherRuntimeIsRefusedWithWhatThereIs(String runtime, String told) {
    for (String functions : List.of(V1, V2, V3)) {
      String message =
          fc.refused(400, "InvalidArgument", "POST", functions, FcCode.body("no", runtime, ""));
      assertTrue(message.startsWith("runtime: ") && message.contains(told), message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'timeout':0|timeout",
        "'timeout':86401|timeout",
        "'timeout':'3'|timeout",
        "'memorySize':100|memorySize",
        "'memorySize':129|memorySize",
        "'memorySize':32832|memorySize",
        "'diskSize':600|diskSize",
        "'instanceConcurrency':0|instanceConcurrency",
        "'instanceConcurrency':201|instanceConcurrency",
        "'description':1|description",
        "'environmentVariables':{'FC_X':'1'}|environmentVariables.FC_X",
        "'environmentVariables':{'1X':'1'}|environmentVariables",
        "'environmentVariables':{'X':1}|environmentVariables",
        "'layers':'l'|layers",
        "'cpu':'1'|cpu",
        "'customContainerConfig':{'image':'i'}|customContainerConfig",
        "'handler':'nodot'|handler",
        "'handler':''|handler",
        "'instanceLifecycleConfig':[]|instanceLifecycleConfig",
        "'instanceLifecycleConfig':{'preStop':{'handler':'a.b','timeout':91}}"
            + "|instanceLifecycleConfig.preStop.timeout",
        "'instanceLifecycleConfig':{'preStop':{'handler':'nodot'}}"
            + "|instanceLifecycleConfig.preStop.handler"
      })
  void aPropertyThatIsNoneIsNamed(String property, String name) {
    for (String functions : List.of(V2, V3)) {
      String body = FcCode.body("no", "");
      if (property.startsWith("'handler'")) {
        body = body.replace("'handler':'index.handler'", property);
      } else {
        body = FcCode.body("no", "," + property);
      }
      String message = fc.refused(400, "InvalidArgument", "POST", functions, body);
      assertTrue(message.startsWith(name + ": "), message);
    }
  }

  @Test
  void propertiesOfOneGenerationAreNamedAsThatHasThem() {
    refusedNaming(V2, ",'initializationTimeout':301", "initializationTimeout");
    refusedNaming(V2, ",'initializer':'nodot'", "initializer");
    refusedNaming(
        V3,
        ",'instanceLifecycleConfig':{'initializer':{'handler':'nodot'}}",
        "instanceLifecycleConfig.initializer.handler");
    refusedNaming(
        V3,
        ",'instanceLifecycleConfig':{'initializer':{'command':['sh']}}",
        "instanceLifecycleConfig.initializer.command");
    refusedNaming(V3, ",'tags':[{'value':'x'}]", "tags[0].key");
    refusedNaming(V3, ",'tags':[{'key':'x'},{'key':'x'}]", "tags");
    String program = FcCode.body("no", "custom", ",'caPort':70000");
    assertTrue(fc.refused(400, "InvalidArgument", "POST", V2, program).startsWith("caPort: "));
  }

  private static void refusedNaming(String functions, String more, String name) {
    String message = fc.refused(400, "InvalidArgument", "POST", functions, FcCode.body("no", more));
    assertTrue(message.startsWith(name + ": "), message);
  }

  @Test
  void anEnvironmentOfMoreThan4KilobytesIsRefused() {
    create(V3, "env", ",'environmentVariables':{'X':'" + "x".repeat(4_095) + "'}");
    refusedNaming(
        V3, ",'environmentVariables':{'X':'" + "x".repeat(4_096) + "'}", "environmentVariables");
  }

  @Test
  void aHandlerOfJavaNamesAClass() {
    String message =
        fc.refused(
            400,
            "InvalidArgument",
            "POST",
            V3,
            FcCode.body("no", "java11", "").replace("index.handler", "1.x"));
    assertTrue(message.contains("package.Class::method"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1st", "-a", "a.b", "a b"})
  void whatIsNoNameIsRefused(String name) {
    for (String functions : List.of(V1, V2, V3)) {
      String message = fc.refused(400, "InvalidArgument", "POST", functions, FcCode.body(name, ""));
      assertTrue(message.startsWith("functionName: expected 1 to 64"), message);
    }
  }

  @Test
  void nameMayHave64CharactersAndNoMore() {
    create(V3, "f".repeat(64), "");
    fc.refused(400, "InvalidArgument", "POST", V3, FcCode.body("f".repeat(65), ""));
  }

  @Test
  void aFunctionIsMadeOnce() {
    create(V2, "once", "");
    assertEquals(
        "function 'once' already exists in service 's'",
        fc.refused(409, "FunctionAlreadyExists", "POST", V1, FcCode.body("once", "")));
    create(V3, "once", "");
    assertEquals(
        "function 'once' already exists",
        fc.refused(409, "FunctionAlreadyExists", "POST", V3, FcCode.body("once", "")));
  }

  @Test
  void aServiceMustBeThere() {
    assertEquals(
        "service 'none' does not exist",
        fc.refused(
            404,
            "ServiceNotFound",
            "POST",
            "/2021-04-06/services/none/functions",
            FcCode.body("f", "")));
  }

  @Test
  void aNewFunctionRetriesAsTheCloudDoes() {
    create(V2, "policies", ",'instanceConcurrency':5");
    JsonNode seen = FcCode.natively(fc, "s", "policies");
    assertEquals(4, seen.at("/retry/maxAttempts").asInt(), seen::toString);
    assertEquals(500, seen.at("/retry/backoffMs").asInt(), seen::toString);
    assertEquals(86_400_000, seen.path("eventAgeMs").asInt(), seen::toString);
    assertEquals(500, seen.path("concurrency").asInt(), seen::toString);
    assertEquals("fc2", seen.path("flavour").asText(), seen::toString);
  }
}
