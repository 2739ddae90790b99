package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.client.FunctionSpec;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where invocations by an alias go, of a function whose versions say which they are. */
class AliasRoutingTest {
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static ScfTester scf;

  /** Versions that were run, in their order. */
  private final List<String> ran = new CopyOnWriteArrayList<>();

  private String function;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  @BeforeEach
  void publishTwice() {
    function = "f" + NAMES.incrementAndGet();
    for (String version : List.of("1", "2", "$LATEST")) {
      String address = function + "." + version;
      scf.node().vertx().eventBus().<Buffer>consumer(address, m -> answer(version, m));
      FunctionSpec spec = FunctionSpec.eventBus(address).withFlavour(Flavour.SCF);
      scf.node()
          .client()
          .functions()
          .put(function, spec.withRetries(2, Duration.ofSeconds(1)))
          .toCompletionStage()
          .toCompletableFuture()
          .join();
      if (!version.startsWith("$")) {
        call("PublishVersion", "");
      }
    }
  }

  /** The first of several calls fails. */
  private void answer(String version, Message<Buffer> call) {
    ran.add(version);
    if (ran.size() == 1 && call.body().toString().contains("fail")) {
      call.fail(1, "the first one");
    } else {
      call.reply(Buffer.buffer("\"" + version + "\""));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      value = {
        "ann | 7 | 2",
        "bob | 7 | $LATEST",
        "bob | 10 | 1",
        "null | 5 | $LATEST",
        "null | null | 1",
        "Ann | x | 1",
      })
  void firstMatchOfTheRoutingKeyChoosesTheVersion(String user, String age, String version) {
    alias(
        "[{'Version':'2','Key':'invoke.headers.User','Method':'exact','Expression':'ann'},"
            + "{'Version':'$LATEST','Key':'invoke.headers.Age','Method':'range',"
            + "'Expression':'[5,9]'}]");
    String key =
        "{"
            + (user == null ? "" : "'User':'" + user + "'")
            + (user == null || age == null ? "" : ",")
            + (age == null ? "" : "'Age':'" + age + "'")
            + "}";
    assertEquals(version, invoked("Invoke", "prod", key));
  }

  @Test
  void defaultAliasIsMatchedToo() {
    call(
        "UpdateAlias",
        ",'Name':'$DEFAULT','FunctionVersion':'1','RoutingConfig':{'AddtionVersionMatchs':"
            + "[{'Version':'2','Key':'invoke.headers.User','Method':'exact','Expression':'a'}]}");
    assertEquals("2", invoked("InvokeFunction", "$DEFAULT", "{'User':'a'}"));
    assertEquals("1", invoked("InvokeFunction", "$DEFAULT", "{'User':'b'}"));
  }

  @Test
  void weightOfOneTakesWhatNoMatchTakes() {
    call(
        "CreateAlias",
        ",'Name':'prod','FunctionVersion':'1','RoutingConfig':{'AdditionalVersionWeights':"
            + "[{'Version':'2','Weight':1.0}],'AddtionVersionMatchs':[{'Version':'$LATEST',"
            + "'Key':'invoke.headers.User','Method':'exact','Expression':'a'}]}");
    assertEquals("$LATEST", invoked("Invoke", "prod", "{'User':'a'}"));
    assertEquals("2", invoked("Invoke", "prod", "{}"));
  }

  @Test
  void allAttemptsRunTheVersionThatWasMatchedWhateverBecomesOfTheAlias() {
    alias("[{'Version':'2','Key':'invoke.headers.User','Method':'exact','Expression':'a'}]");
    String id =
        call(
                "Invoke",
                ",'Qualifier':'prod','InvocationType':'Event','ClientContext':'{\\\"fail\\\":1}',"
                    + "'RoutingKey':'{\\\"User\\\":\\\"a\\\"}'")
            .at("/Result/FunctionRequestId")
            .asText();
    NodeApi http = NodeApi.of(scf.node());
    http.reaches(id, Status.RETRYING);
    call("DeleteAlias", ",'Name':'prod'");
    scf.node().clock().advance(Duration.ofMinutes(1));
    http.ended(id);
    assertEquals(List.of("2", "2"), ran);
  }

  private void alias(String matches) {
    call(
        "CreateAlias",
        ",'Name':'prod','FunctionVersion':'1','RoutingConfig':{'AddtionVersionMatchs':"
            + matches
            + "}");
  }

  /** What was returned: the version that was run. */
  private String invoked(String action, String qualifier, String routingKey) {
    JsonNode result =
        call(
                action,
                ",'Qualifier':'"
                    + qualifier
                    + "','RoutingKey':'"
                    + routingKey.replace("'", "\\\"")
                    + "'")
            .path("Result");
    return NodeApi.parse(result.path("RetMsg").asText()).asText();
  }

  private JsonNode call(String action, String more) {
    return scf.ok(action, "{'FunctionName':'" + function + "'" + more + "}");
  }
}
