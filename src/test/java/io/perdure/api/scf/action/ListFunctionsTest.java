package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.NodeApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On five functions that are never changed. */
class ListFunctionsTest {
  private static ScfTester scf;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
    Made.function(
        scf,
        "delta",
        ",'Description':'first one','Role':'r1','Tags':[{'Key':'team','Value':'a'}],"
            + "'VpcConfig':{'VpcId':'vpc-1','SubnetId':'subnet-1'}");
    second();
    Made.function(
        scf,
        "alpha",
        ",'Description':'second','AsyncRunEnable':'TRUE','TraceEnable':'TRUE',"
            + "'Tags':[{'Key':'team','Value':'b'},{'Key':'stage','Value':'x'}],"
            + "'PublicNetConfig':{'PublicNetStatus':'DISABLE','EipConfig':{'EipStatus':'DISABLE'}}");
    second();
    Made.function(
        scf,
        "charlie",
        ",'Description':'','Type':'HTTP','ClsTopicId':'t','ClsLogsetId':'s',"
            + "'CfsConfig':{'CfsInsList':[{'UserId':'1','UserGroupId':'2','CfsId':'cfs-1',"
            + "'MountInsId':'mount-1','LocalMountDir':'/l','RemoteMountDir':'/r'}]}");
    second();
    scf.ok("CreateFunction", Made.body("bravo", "").replace("Python3.10", "CustomRuntime"));
    second();
    NodeApi.of(scf.node()).putFunction("alphabet", "{\"runtime\":{\"kind\":\"event-bus\"}}");
    second();
    scf.ok("PutReservedConcurrencyConfig", Made.named("bravo", ",'ReservedConcurrencyMem':1024"));
  }

  private static void second() {
    scf.node().clock().advance(Duration.ofSeconds(1));
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  private static JsonNode list(String parameters) {
    return scf.ok("ListFunctions", "{" + parameters + "}");
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.path("Functions").forEach(f -> names.add(f.path("FunctionName").asText()));
    return names;
  }

  private static String joined(String parameters) {
    JsonNode list = list(parameters);
    assertEquals(list.path("Functions").size(), list.path("TotalCount").intValue());
    return String.join(" ", names(list));
  }

  @Test
  void theLatestComesFirstUnlessSomethingElseIsAskedFor() {
    assertEquals("alphabet bravo charlie alpha delta", joined(""));
    assertEquals("delta alpha charlie bravo alphabet", joined("'Order':'ASC'"));
  }

  @ParameterizedTest
  @CsvSource({
    "FunctionName, ASC, alpha alphabet bravo charlie delta",
    "FunctionName, DESC, delta charlie bravo alphabet alpha",
    "AddTime, ASC, delta alpha charlie bravo alphabet",
    "ModTime, DESC, bravo alphabet charlie alpha delta"
  })
  void theOrderIsTheOneAskedFor(String by, String order, String expected) {
    assertEquals(expected, joined("'Orderby':'" + by + "','Order':'" + order + "'"));
  }

  @Test
  void pagesAreDisjointAndTellTheTotal() {
    List<String> all = new ArrayList<>();
    for (int offset = 0; offset < 6; offset += 2) {
      JsonNode page = list("'Orderby':'FunctionName','Order':'ASC','Limit':2,'Offset':" + offset);
      assertEquals(5, page.path("TotalCount").intValue());
      all.addAll(names(page));
    }

    assertEquals(List.of("alpha", "alphabet", "bravo", "charlie", "delta"), all);
    assertEquals(0, names(list("'Offset':2147483647")).size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'SearchKey':'alpha'|alphabet alpha",
        "'SearchKey':'ha'|charlie alphabet alpha",
        "'Description':'one'|delta",
        "'SearchKey':'a','Description':'s'|alpha delta",
        "'SearchKey':'nothing'|",
        "'Namespace':'default','SearchKey':'brav'|bravo"
      })
  void nameAndDescriptionAreSearchedForPartsOfThem(String parameters, String expected) {
    assertEquals(
        expected == null ? List.of() : List.of(expected.split(" ")).stream().sorted().toList(),
        names(list(parameters)).stream().sorted().toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "VpcId|vpc-1|delta",
        "SubnetId|subnet-1|delta",
        "ClsTopicId|t|charlie",
        "ClsLogsetId|s|charlie",
        "Role|r1|delta",
        "CfsId|cfs-1|charlie",
        "CfsMountInsId|mount-1|charlie",
        "Eip|1.2.3.4|",
        "Status|Active|alphabet bravo charlie alpha delta",
        "Status|Creating,UpdateFailed|",
        "Runtime|CustomRuntime,event-bus|alphabet bravo",
        "Type|HTTP|charlie",
        "Type|HTTP,Event|alphabet bravo charlie alpha delta",
        "PublicNetStatus|DISABLE|alpha",
        "PublicNetStatus|ENABLE|alphabet bravo charlie delta",
        "AsyncRunEnable|TRUE|alpha",
        "TraceEnable|TRUE|alpha",
        "Stamp|MP|",
        "tag-team|a|delta",
        "tag-team|a,b|alpha delta",
        "tag-none|a|"
      })
  void everyFilterKeepsThoseThatHaveOneOfItsValues(String name, String values, String expected) {
    assertEquals(
        expected == null ? "" : expected,
        joined("'Filters':[" + filter(name, values.split(",")) + "]"));
  }

  private static String filter(String name, String... values) {
    return "{'Name':'" + name + "','Values':['" + String.join("','", values) + "']}";
  }

  @Test
  void filtersHoldTogether() {
    assertEquals(
        "alpha",
        joined(
            "'SearchKey':'a','Filters':["
                + filter("tag-team", "a", "b")
                + ","
                + filter("TraceEnable", "TRUE")
                + "]"));
  }

  private static String times(int count) {
    return IntStream.range(0, count).mapToObj(i -> "v" + i).collect(Collectors.joining(","));
  }

  @Test
  void filtersHaveBounds() {
    String refusal = "InvalidParameterValue";
    String one = filter("Runtime", "a");
    scf.refused(refusal, "ListFunctions", "{'Filters':[" + filter("Nope", "a") + "]}");
    scf.refused(refusal, "ListFunctions", "{'Filters':[" + filter("Role", "a", "b") + "]}");
    scf.refused(refusal, "ListFunctions", "{'Filters':[{'Name':'Runtime','Values':[]}]}");
    scf.refused(
        refusal, "ListFunctions", "{'Filters':[" + filter("Runtime", times(21).split(",")) + "]}");
    list("'Filters':[" + filter("Runtime", times(20).split(",")) + "]");
    String ten = String.join(",", Collections.nCopies(10, one));
    list("'Filters':[" + ten + "]");
    scf.refused(refusal, "ListFunctions", "{'Filters':[" + ten + "," + one + "]}");
    scf.refused("MissingParameter", "ListFunctions", "{'Filters':[{'Name':'Role'}]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'Limit':-1|InvalidParameterValue.Limit",
        "'Limit':1001|InvalidParameterValue.Limit",
        "'Offset':-1|InvalidParameterValue.Offset",
        "'Order':'UP'|InvalidParameterValue.Order",
        "'Orderby':'Size'|InvalidParameterValue.Order",
        "'Namespace':'a b'|InvalidParameterValue.Namespace",
        "'Namespace':'none'|ResourceNotFound.Namespace",
        "'Limit':'20'|InvalidParameter"
      })
  void whatIsNotAllowedHasACodeOfItsOwn(String parameters, String code) {
    scf.refused(code, "ListFunctions", "{" + parameters + "}");
  }

  @Test
  void anItemHasEveryFieldInItsType() {
    JsonNode item = list("'SearchKey':'bravo'").path("Functions").get(0);

    assertEquals("bravo", item.path("FunctionName").textValue());
    assertEquals("CustomRuntime", item.path("Runtime").textValue());
    assertTrue(item.path("FunctionId").textValue().startsWith("lam-"));
    assertEquals("default", item.path("Namespace").textValue());
    assertEquals("Active", item.path("Status").textValue());
    assertEquals("", item.path("StatusDesc").textValue());
    assertEquals("", item.path("Description").textValue());
    assertEquals("Event", item.path("Type").textValue());
    assertEquals("FALSE", item.path("AsyncRunEnable").textValue());
    assertEquals("FALSE", item.path("TraceEnable").textValue());
    assertEquals("2026-01-01 08:00:03", item.path("AddTime").textValue(), "in Shanghai");
    assertEquals("2026-01-01 08:00:05", item.path("ModTime").textValue());
    assertTrue(item.path("Tags").isArray());
    assertTrue(item.path("StatusReasons").isArray());
    assertEquals(1_024, item.path("ReservedConcurrencyMem").intValue());
    assertEquals(0, item.path("TotalProvisionedConcurrencyMem").intValue());
    assertEquals(16, item.size());
  }

  @Test
  void anEmptyNamespaceHasNone() {
    NodeApi.of(scf.node()).send("PUT", "/v1/namespaces/empty", "{}".getBytes(UTF_8)).expect(201);

    assertEquals("", joined("'Namespace':'empty'"));
  }
}
