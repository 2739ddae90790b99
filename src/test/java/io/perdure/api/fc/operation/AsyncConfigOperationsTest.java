package io.perdure.api.fc.operation;

import static io.perdure.api.fc.operation.FcScopes.V1;
import static io.perdure.api.fc.operation.FcScopes.V2;
import static io.perdure.api.fc.operation.FcScopes.V3;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import io.perdure.client.PerdureNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of asynchronous invocations by function and qualifier. */
@Timeout(120)
class AsyncConfigOperationsTest {
  private static FcScopes scopes;
  private static FcTester fc;

  @BeforeAll
  static void start() {
    scopes = FcScopes.start(Map.of());
    fc = scopes.fc;
  }

  @AfterAll
  static void stop() {
    scopes.close();
  }

  /** Path of a new function. */
  private static String function(String generation, String name) {
    if (generation.equals(V3)) {
      scopes.function(null, name);
      return V3 + "/functions/" + name;
    }
    scopes.service(name);
    scopes.function(name, "f");
    return generation + "/services/" + name + "/functions/f";
  }

  private static String tracked(String generation) {
    return generation.equals(V3) ? "asyncTask" : "statefulInvocation";
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void whatWasNeverGivenIsShownAsItHolds(String generation) {
    String config = function(generation, "empty" + generation.charAt(4)) + "/async-invoke-config";
    JsonNode put = fc.ok("PUT", config, "{}");
    assertTrue(put.path(tracked(generation)).isBoolean());
    assertEquals(false, put.path(tracked(generation)).asBoolean());
    assertTrue(put.path("maxAsyncRetryAttempts").isIntegralNumber());
    assertTrue(put.path("maxAsyncEventAgeInSeconds").isIntegralNumber());
    assertTrue(put.path("destinationConfig").isObject());
    assertEquals(put, fc.ok("GET", config, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void putMergesWhatIsGivenIntoWhatIsThere(String generation) {
    String name = "merged" + generation.charAt(4);
    String config = function(generation, name) + "/async-invoke-config";
    String created = PerdureNode.START.plus(scopesAge()).toString();
    JsonNode put =
        fc.ok(
            "PUT",
            config,
            "{'"
                + tracked(generation)
                + "':true,'MaxAsyncRetryAttempts':1,'DestinationConfig':{'OnSuccess':"
                + "{'Destination':'acs:fc:::services/s/functions/done'}}}");
    assertEquals(created, put.path("createdTime").asText());
    scopes.fc.node().clock().advance(Duration.ofSeconds(5));
    put =
        fc.ok(
            "PUT",
            config,
            "{'maxAsyncEventAgeInSeconds':60,'destinationConfig':"
                + "{'onFailure':{'destination':'http://127.0.0.1:1/hook'}}}");
    assertEquals(true, put.path(tracked(generation)).asBoolean());
    assertEquals(1, put.path("maxAsyncRetryAttempts").asInt());
    assertEquals(60, put.path("maxAsyncEventAgeInSeconds").asInt());
    assertEquals(
        "acs:fc:::services/s/functions/done",
        put.at("/destinationConfig/onSuccess/destination").asText());
    assertEquals(
        "http://127.0.0.1:1/hook", put.at("/destinationConfig/onFailure/destination").asText());
    assertEquals(created, put.path("createdTime").asText());
    assertEquals(
        PerdureNode.START.plus(scopesAge()).toString(), put.path("lastModifiedTime").asText());
    assertEquals(put, fc.ok("GET", config + "?qualifier=LATEST", null));
    put = fc.ok("PUT", config, "{'destinationConfig':{'onSuccess':{'destination':''}}}");
    assertTrue(put.at("/destinationConfig/onSuccess").isMissingNode());
    assertTrue(put.at("/destinationConfig/onFailure").isObject());
  }

  private static Duration scopesAge() {
    return Duration.between(PerdureNode.START, fc.node().clock().instant());
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void configurationHangsOnItsQualifier(String generation) {
    String function = function(generation, "qualified" + generation.charAt(4));
    String of = generation.equals(V3) ? function : function.replace("/functions/f", "");
    fc.ok("POST", of + "/versions", "{}");
    fc.ok("POST", of + "/aliases", "{'aliasName':'prod','versionId':'1'}");
    String config = "/async-invoke-config";
    String prod =
        generation.equals(V1)
            ? of + ".prod/functions/f" + config
            : function + config + "?qualifier=prod";
    JsonNode put = fc.ok("PUT", prod, "{'maxAsyncRetryAttempts':0}");
    if (generation.equals(V3)) {
      assertEquals(
          "acs:fc:cn-hangzhou:1000000000000001:functions/qualified3/prod",
          put.path("functionArn").asText());
    } else {
      assertEquals("prod", put.path("qualifier").asText());
      assertEquals("f", put.path("function").asText());
      assertEquals("qualified" + generation.charAt(4), put.path("service").asText());
    }
    fc.refused(404, "AsyncConfigNotExists", "GET", function + config, null);
    fc.refused(404, "AsyncConfigNotExists", "DELETE", function + config, null);
    scopes.deleted(prod);
    fc.refused(404, "AsyncConfigNotExists", "GET", prod, null);
    fc.refused(404, "AsyncConfigNotExists", "DELETE", prod, null);
  }

  @ParameterizedTest
  @CsvSource({
    V1 + ",/services/none/functions/f, , ServiceNotFound",
    V2 + ",/services/none/functions/f, , ServiceNotFound",
    V2 + ",/services/default/functions/none, , FunctionNotFound",
    V3 + ",/functions/none, , FunctionNotFound",
    V3 + ",/functions/missing, 7, VersionNotFound",
    V3 + ",/functions/missing, prod, AliasNotFound"
  })
  void whatIsMissingIsSaidToBe(String generation, String path, String qualifier, String code) {
    scopes.function(null, "missing");
    String config =
        generation
            + path
            + "/async-invoke-config"
            + (qualifier == null ? "" : "?qualifier=" + qualifier);
    fc.refused(404, code, "PUT", config, "{}");
    fc.refused(404, code, "GET", config, null);
    fc.refused(404, code, "DELETE", config, null);
  }

  @Test
  void whatIsOutOfRangeIsRefusedAndChangesNothing() {
    String config = function(V2, "ranges") + "/async-invoke-config";
    for (String body :
        List.of(
            "{'maxAsyncRetryAttempts':9}",
            "{'maxAsyncRetryAttempts':-1}",
            "{'maxAsyncRetryAttempts':'1'}",
            "{'maxAsyncEventAgeInSeconds':0}",
            "{'maxAsyncEventAgeInSeconds':604801}",
            "{'statefulInvocation':'yes'}",
            "{'destinationConfig':[]}",
            "{'destinationConfig':{'onSuccess':'x'}}")) {
      fc.refused(400, "InvalidArgument", "PUT", config, body);
    }
    fc.refused(404, "AsyncConfigNotExists", "GET", config, null);
    JsonNode put =
        fc.ok("PUT", config, "{'maxAsyncRetryAttempts':8,'maxAsyncEventAgeInSeconds':604800}");
    assertEquals(8, put.path("maxAsyncRetryAttempts").asInt());
    assertEquals(604_800, put.path("maxAsyncEventAgeInSeconds").asInt());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acs:fc:::services/s/functions/f",
        "acs:fc:cn-hangzhou:1000000000000001:services/s.prod/functions/f",
        "acs:fc::1000000000000001:services/s.LATEST/functions/f",
        "acs:fc:cn-hangzhou::functions/f",
        "acs:fc:cn-hangzhou:1000000000000001:functions/f/prod",
        "https://example.org/a?b=c",
        "event-bus:orders.done"
      })
  void destinationIsShownAsItWasGiven(String destination) {
    String name = "to" + Integer.toHexString(destination.hashCode());
    String config = function(V3, name) + "/async-invoke-config";
    for (String outcome : List.of("onSuccess", "onFailure")) {
      JsonNode put =
          fc.ok(
              "PUT",
              config,
              "{'destinationConfig':{'" + outcome + "':{'destination':'" + destination + "'}}}");
      assertEquals(destination, put.at("/destinationConfig/" + outcome + "/destination").asText());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acs:mns:cn-hangzhou:1000000000000001:/queues/q/messages",
        "acs:mq:::x",
        "acs:eventbridge:cn-hangzhou:1000000000000001:eventbus/default",
        "acs:fc:cn-shanghai::functions/f",
        "acs:fc::7:functions/f",
        "acs:fc:::services/s",
        "acs:fc:::functions/f/a/b",
        "acs:fc:::services/$fc3/functions/f",
        "acs:fc:functions/f",
        "functions/f",
        "function:default/f",
        "http://",
        "ftp://example.org/",
        "event-bus:",
        "x"
      })
  void destinationOfAnotherKindIsRefused(String destination) {
    scopes.function(null, "refusing");
    String message =
        fc.refused(
            400,
            "InvalidArgument",
            "PUT",
            V3 + "/functions/refusing/async-invoke-config",
            "{'destinationConfig':{'onFailure':{'destination':'" + destination + "'}}}");
    assertTrue(message.startsWith("destinationConfig.onFailure.destination: "), message);
  }

  @Test
  void configurationsOfAFunctionAreListed() {
    for (String generation : List.of(V1, V2)) {
      String function = function(generation, "listed" + generation.charAt(4));
      String of = function.replace("/functions/f", "");
      String configs = function + "/async-invoke-configs";
      assertTrue(fc.ok("GET", configs, null).path("configs").isArray());
      for (String alias : List.of("a", "b", "c")) {
        fc.ok("POST", of + "/aliases", "{'aliasName':'" + alias + "','versionId':'LATEST'}");
        fc.ok("PUT", function + "/async-invoke-config?qualifier=" + alias, "{}");
      }
      fc.ok("PUT", function + "/async-invoke-config", "{'maxAsyncRetryAttempts':2}");
      assertEquals(List.of("LATEST", "a", "b", "c"), scopes.pages(configs, "configs", "qualifier"));
      fc.refused(404, "FunctionNotFound", "GET", of + "/functions/none/async-invoke-configs", null);
    }
  }

  @Test
  void configurationsOfAllFunctionsWithoutAServiceAreListed() {
    List<String> arns = new ArrayList<>();
    for (String name : List.of("zz1", "zz2", "zz3")) {
      fc.ok("PUT", function(V3, name) + "/async-invoke-config", "{}");
      arns.add("acs:fc:cn-hangzhou:1000000000000001:functions/" + name);
    }
    List<String> all = scopes.pages(V3 + "/async-invoke-configs", "configs", "functionArn");
    assertEquals(arns, all.subList(all.size() - 3, all.size()));
    assertEquals(
        arns.subList(1, 2),
        scopes.pages(V3 + "/async-invoke-configs?functionName=zz2", "configs", "functionArn"));
    fc.refused(404, "FunctionNotFound", "GET", V3 + "/async-invoke-configs?functionName=no", null);
  }

  @Test
  void itemsThatArePutAtTheSameTimeAreAllThere() {
    String config = function(V2, "raced") + "/async-invoke-config";
    List<String> bodies =
        List.of(
            "{'statefulInvocation':true}",
            "{'maxAsyncRetryAttempts':5}",
            "{'maxAsyncEventAgeInSeconds':77}",
            "{'destinationConfig':{'onSuccess':{'destination':'event-bus:a'}}}");
    bodies.stream()
        .map(body -> CompletableFuture.supplyAsync(() -> fc.ok("PUT", config, body)))
        .toList()
        .forEach(CompletableFuture::join);
    JsonNode all = fc.ok("GET", config, null);
    assertEquals(true, all.path("statefulInvocation").asBoolean());
    assertEquals(5, all.path("maxAsyncRetryAttempts").asInt());
    assertEquals(77, all.path("maxAsyncEventAgeInSeconds").asInt());
    assertEquals("event-bus:a", all.at("/destinationConfig/onSuccess/destination").asText());
  }
}
