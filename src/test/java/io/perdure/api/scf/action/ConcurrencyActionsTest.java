package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.NodeApi;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is reserved and allowed, and what the account is told of it. */
class ConcurrencyActionsTest {
  private ScfTester scf;
  private ScfFunctions functions;

  @BeforeEach
  void start() {
    scf = ScfTester.start(Map.of("registry.namespaces-max", "7", "registry.functions-max", "9"));
    functions = new ScfFunctions(scf);
    functions.put("f");
  }

  @AfterEach
  void stop() {
    scf.close();
  }

  @Test
  void reservedMemoryBecomesTheConcurrencyOfTheFunction() {
    reserve("f", 400);
    assertEquals(400, reserved("f").asInt());
    assertTrue(reserved("f").isIntegralNumber());
    assertEquals(3, concurrency());
  }

  @Test
  void withoutReservedMemoryThereIsNullAndTheAccountsMemory() {
    assertTrue(reserved("f").isNull());
    reserve("f", 256);
    scf.ok("DeleteReservedConcurrencyConfig", "{'FunctionName':'f'}");
    scf.ok("DeleteReservedConcurrencyConfig", "{'FunctionName':'f','Namespace':'default'}");
    assertTrue(reserved("f").isNull());
    assertEquals(1_000, concurrency());
  }

  @Test
  void nothingRunsOfAFunctionWithNoMemoryReserved() {
    reserve("f", 0);
    assertEquals(0, reserved("f").asInt(-1));
    assertTrue(reserved("f").isIntegralNumber());
    assertEquals(0, concurrency());
    JsonNode result = scf.ok("Invoke", "{'FunctionName':'f'}").path("Result");
    assertEquals(432, result.path("InvokeResult").asInt(), result::toString);
  }

  @Test
  void noMoreThanTheTotalOfTheNamespaceCanBeReserved() {
    functions.put("g");
    reserve("f", 100_000);
    reserve("f", 128_000);
    reserve("f", 100_000);
    scf.refused(
        "LimitExceeded.FunctionReservedConcurrencyMemory",
        "PutReservedConcurrencyConfig",
        "{'FunctionName':'g','ReservedConcurrencyMem':28001}");
    reserve("g", 28_000);
    scf.ok("DeleteReservedConcurrencyConfig", "{'FunctionName':'f'}");
    scf.ok("PutTotalConcurrencyConfig", "{'TotalConcurrencyMem':30000}");
    scf.refused(
        "LimitExceeded.FunctionReservedConcurrencyMemory",
        "PutReservedConcurrencyConfig",
        "{'FunctionName':'f','ReservedConcurrencyMem':2001}");
    reserve("f", 2_000);
  }

  @Test
  void totalCanNeitherExceedTheAccountsMemoryNorFallBelowWhatIsReserved() {
    reserve("f", 1_280);
    for (int mb : new int[] {128_001, 1_279}) {
      scf.refused(
          "LimitExceeded.TotalConcurrencyMemory",
          "PutTotalConcurrencyConfig",
          "{'TotalConcurrencyMem':" + mb + ",'Namespace':'default'}");
    }
    scf.ok("PutTotalConcurrencyConfig", "{'TotalConcurrencyMem':1280}");
  }

  @Test
  void accountIsToldWhatItUsesByNamespace() {
    scf.ok("CreateNamespace", "{'Namespace':'shop'}");
    scf.ok("PutTotalConcurrencyConfig", "{'TotalConcurrencyMem':12800,'Namespace':'shop'}");
    functions.put("g");
    reserve("g", 640);
    JsonNode usage = scf.ok("GetAccount", "{}").path("AccountUsage");
    assertEquals(2, usage.path("NamespacesCount").asInt());
    assertEquals(
        "{\"Functions\":[\"f\",\"g\"],\"Namespace\":\"default\",\"FunctionsCount\":2,"
            + "\"TotalConcurrencyMem\":128000,\"TotalAllocatedConcurrencyMem\":640,"
            + "\"TotalAllocatedProvisionedMem\":0}",
        usage.at("/Namespace/0").toString());
    assertEquals("[]", usage.at("/Namespace/1/Functions").toString());
    assertEquals(12_800, usage.at("/Namespace/1/TotalConcurrencyMem").asInt());
    assertEquals(128_000, usage.path("TotalConcurrencyMem").asInt());
    assertEquals(640, usage.path("TotalAllocatedConcurrencyMem").asInt());
    assertEquals(128_000, usage.path("UserConcurrencyMemLimit").asInt());
  }

  @Test
  void accountIsToldItsLimits() {
    JsonNode limit = scf.ok("GetAccount", "{}").path("AccountLimit");
    assertEquals(8, limit.path("NamespacesCount").asInt());
    JsonNode namespace = limit.at("/Namespace/0");
    assertEquals("default", namespace.path("Namespace").asText());
    Map<String, Integer> expected =
        Map.of(
            "FunctionsCount", 9,
            "ConcurrentExecutions", 1_000,
            "TimeoutLimit", 900,
            "InitTimeoutLimit", 300,
            "RetryNumLimit", 2,
            "MinMsgTTL", 60,
            "MaxMsgTTL", 21_600);
    expected.forEach((name, value) -> assertEquals(value, namespace.path(name).asInt(), name));
    for (String kind :
        List.of(
            "Cos", "Timer", "Cmq", "Total", "Ckafka", "Apigw", "Cls", "Clb", "Mps", "Cm", "Vod",
            "Eb")) {
      assertTrue(namespace.path("Trigger").path(kind).isIntegralNumber(), kind);
    }
    scf.refused("UnknownParameter", "GetAccount", "{'Namespace':'default'}");
  }

  private void reserve(String function, int mb) {
    scf.ok(
        "PutReservedConcurrencyConfig",
        "{'FunctionName':'" + function + "','ReservedConcurrencyMem':" + mb + "}");
  }

  private JsonNode reserved(String function) {
    return scf.ok("GetReservedConcurrencyConfig", "{'FunctionName':'" + function + "'}")
        .path("ReservedMem");
  }

  private int concurrency() {
    return NodeApi.of(scf.node())
        .get("/v1/namespaces/default/functions/f")
        .expect(200)
        .json()
        .path("concurrency")
        .asInt();
  }
}
