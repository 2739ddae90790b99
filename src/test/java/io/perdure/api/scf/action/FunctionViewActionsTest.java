package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.NodeApi;
import io.perdure.testkit.Zips;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionViewActionsTest {
  private static ScfTester scf;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  private static JsonNode shown(String name, String more) {
    return scf.ok("GetFunction", Made.named(name, more));
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  @Test
  void variablesAndTagsAreShownInTheOrderInWhichTheyWereSetAlsoAfterARestart() {
    String variables =
        "[{'Key':'ZONE','Value':'1'},{'Key':'AREA','Value':'2'},{'Key':'M','Value':'3'}]";
    Made.function(
        scf, "ordered", ",'Environment':{'Variables':" + variables + "},'Tags':" + variables);

    scf.node().restart();

    JsonNode shown = shown("ordered", "");
    assertEquals(
        List.of("ZONE", "AREA", "M"), shown.at("/Environment/Variables").findValuesAsText("Key"));
    assertEquals(List.of("ZONE", "AREA", "M"), shown.path("Tags").findValuesAsText("Key"));
  }

  @Test
  void aFunctionOfWhichLittleIsGivenIsShownAsTheCloudShowsIt() throws Exception {
    Made.function(scf, "little", "");

    JsonNode shown = shown("little", "");

    JsonNode expected =
        json(
            """
            {'FunctionName':'little','Namespace':'default','Description':'',
             'Handler':'index.main_handler','Runtime':'Python3.10','Type':'Event',
             'MemorySize':128,'Timeout':3,'InitTimeout':65,'Environment':{'Variables':[]},
             'FunctionVersion':'$LATEST','Qualifier':'$LATEST','CodeInfo':'',
             'CodeResult':'success','CodeError':'','ErrNo':0,'Status':'Active','StatusDesc':'',
             'StatusReasons':[],'AvailableStatus':'Available','AsyncRunEnable':'FALSE',
             'TraceEnable':'FALSE','Triggers':[],'Tags':[],'Layers':[],'Role':'',
             'InstallDependency':'FALSE','UseGpu':'FALSE','L5Enable':'FALSE','DnsCache':'FALSE',
             'OnsEnable':'FALSE','VpcConfig':{'VpcId':'','SubnetId':''},'ClsLogsetId':'',
             'ClsTopicId':'','EipConfig':{'EipFixed':'FALSE','Eips':[]},
             'AccessInfo':{'Host':'','Vip':''},
             'DeadLetterConfig':{'Type':'','Name':'','FilterType':''},
             'PublicNetConfig':
               {'PublicNetStatus':'ENABLE','EipConfig':{'EipStatus':'DISABLE','EipAddress':[]}},
             'CfsConfig':{'CfsInsList':[]},'ImageConfig':null,'ProtocolType':'',
             'ProtocolParams':null,'InstanceConcurrencyConfig':null,
             'IntranetConfig':{'IpFixed':'DISABLE','IpAddress':[]}}
            """);
    for (Map.Entry<String, JsonNode> member : expected.properties()) {
      assertEquals(member.getValue(), shown.get(member.getKey()), member.getKey());
    }
    assertEquals(Made.ZIP_BYTES.length, shown.path("CodeSize").intValue());
    assertTrue(shown.path("FunctionId").textValue().matches("lam-[0-9a-z]{8}"));
    assertEquals("2026-01-01 08:00:00", shown.path("AddTime").textValue(), "in Shanghai");
    assertEquals(shown.path("AddTime"), shown.path("ModTime"));
    assertEquals(expected.size() + 5, shown.size(), "with id, size, two times and RequestId");
  }

  @Test
  void whatIsGivenIsShownAgain() throws Exception {
    String given =
        """
        'Description':'d','MemorySize':256,'Timeout':7,'InitTimeout':9,
        'Environment':{'Variables':[{'Key':'A','Value':'1'},{'Key':'B','Value':''}]},
        'AsyncRunEnable':'TRUE','TraceEnable':'TRUE','Tags':[{'Key':'k','Value':'v'}],
        'Layers':[{'LayerName':'l','LayerVersion':2}],'Role':'r','InstallDependency':'TRUE',
        'DnsCache':'TRUE','VpcConfig':{'VpcId':'vpc-1','SubnetId':'subnet-1'},
        'ClsLogsetId':'s','ClsTopicId':'t','ProtocolType':'WS',
        'ProtocolParams':{'WSParams':{'IdleTimeOut':20}},
        'DeadLetterConfig':{'Type':'CMQ-QUEUE','Name':'n','FilterType':'f'},
        'InstanceConcurrencyConfig':{'DynamicEnabled':'FALSE','MaxConcurrency':2},
        'CfsConfig':{'CfsInsList':[{'UserId':'1','UserGroupId':'2','CfsId':'c','MountInsId':'m',
          'LocalMountDir':'/l','RemoteMountDir':'/r'}]}
        """;
    Made.function(scf, "much", "," + given);

    JsonNode shown = shown("much", "");

    for (Map.Entry<String, JsonNode> member : json("{" + given + "}").properties()) {
      assertEquals(member.getValue(), shown.get(member.getKey()), member.getKey());
    }
  }

  @Test
  void addressesThatTheCloudWouldGiveAreNone() throws Exception {
    Made.function(
        scf,
        "addresses",
        ",'PublicNetConfig':{'PublicNetStatus':'DISABLE','EipConfig':{'EipStatus':'ENABLE'}},"
            + "'IntranetConfig':{'IpFixed':'ENABLE'}");

    JsonNode shown = shown("addresses", "");

    assertEquals(
        json("{'PublicNetStatus':'DISABLE','EipConfig':{'EipStatus':'ENABLE','EipAddress':[]}}"),
        shown.path("PublicNetConfig"));
    assertEquals(json("{'IpFixed':'ENABLE','IpAddress':[]}"), shown.path("IntranetConfig"));
  }

  @Test
  void itsTriggersAreShownWithIt() {
    Made.function(scf, "triggered", "");
    scf.ok(
        "CreateTrigger",
        Made.named(
            "triggered", ",'TriggerName':'nightly','Type':'timer','TriggerDesc':'0 0 3 * * * *'"));

    JsonNode triggers = shown("triggered", "").path("Triggers");

    assertEquals(1, triggers.size());
    assertEquals("nightly", triggers.get(0).path("TriggerName").textValue());
    assertEquals(1, triggers.get(0).path("Enable").intValue());
  }

  @Test
  void aFunctionMadeAgainHasAnotherId() {
    Made.function(scf, "again", "");
    String id = shown("again", "").path("FunctionId").textValue();
    scf.ok("DeleteFunction", Made.named("again", ""));
    Made.function(scf, "again", "");

    assertNotEquals(id, shown("again", "").path("FunctionId").textValue());
  }

  @Test
  void aVersionIsShownAsItWasFrozen() {
    Made.function(scf, "versions", ",'Description':'first'");
    scf.ok("PublishVersion", Made.named("versions", ",'Description':'one'"));
    scf.ok("UpdateFunctionConfiguration", Made.named("versions", ",'MemorySize':512"));
    scf.ok("CreateAlias", Made.named("versions", ",'Name':'prod','FunctionVersion':'1'"));

    JsonNode version = shown("versions", ",'Qualifier':'1'");
    assertEquals(128, version.path("MemorySize").intValue());
    assertEquals("1", version.path("FunctionVersion").textValue());
    assertEquals("1", version.path("Qualifier").textValue());
    assertEquals("one", version.path("Description").textValue());
    JsonNode alias = shown("versions", ",'Qualifier':'prod'");
    assertEquals("1", alias.path("FunctionVersion").textValue());
    assertEquals("prod", alias.path("Qualifier").textValue());
    JsonNode byDefault = shown("versions", ",'Qualifier':'$DEFAULT'");
    assertEquals("$LATEST", byDefault.path("FunctionVersion").textValue());
    assertEquals(512, byDefault.path("MemorySize").intValue());
  }

  @ParameterizedTest
  @CsvSource({
    "GetFunction, none, '', ResourceNotFound.Function",
    "GetFunction, here, ',''Namespace'':''none''', ResourceNotFound.Namespace",
    "GetFunction, here, ',''Qualifier'':''7''', ResourceNotFound.Version",
    "GetFunction, here, ',''Qualifier'':''a b''', InvalidParameterValue.Qualifier",
    "GetFunction, here, ',''Namespace'':''a b''', InvalidParameterValue.Namespace",
    "GetFunction, here, ',''ShowCode'':''maybe''', InvalidParameterValue",
    "GetFunction, a b, '', InvalidParameterValue.FunctionName",
    "GetFunctionAddress, none, '', ResourceNotFound.Function",
    "GetFunctionAddress, here, ',''Qualifier'':''7''', ResourceNotFound.Version",
    "ListFunctions, here, ',''Order'':''UP''', UnknownParameter"
  })
  void whatIsNotThereOrNoneIsToldApart(String action, String name, String more, String code) {
    if (name.equals("here") && !scf.call("GetFunction", Made.named("here", "")).has("FunctionId")) {
      Made.function(scf, "here", "");
    }

    scf.refused(code, action, Made.named(name, more));
  }

  @Test
  void aMissingFunctionIsToldInTheTextThatClientsKnow() {
    assertEquals(
        "Function not found: [nobody]",
        scf.refused("ResourceNotFound.Function", "GetFunction", Made.named("nobody", "")));
  }

  @Test
  void theFileItBeginsWithIsShownWhenItIsAskedFor() {
    Made.function(scf, "code", "");

    assertEquals(Made.TEXT, shown("code", ",'ShowCode':'TRUE'").path("CodeInfo").textValue());
    assertEquals("", shown("code", ",'ShowCode':'FALSE'").path("CodeInfo").textValue());
  }

  @Test
  void aFileOfMoreThanAMegabyteIsNotShown() {
    byte[] zip = Zips.of("index.py", "#".repeat((1 << 20) + 1));
    scf.ok(
        "CreateFunction",
        Made.body("long", "").replace(Made.ZIP, Base64.getEncoder().encodeToString(zip)));

    assertEquals("", shown("long", ",'ShowCode':'TRUE'").path("CodeInfo").textValue());
  }

  @ParameterizedTest
  @CsvSource({
    "Nodejs18.15, src/app.main_handler, src/app.js",
    "Python3.9, pkg.app.main_handler, pkg/app.py",
    "CustomRuntime, anything, bootstrap"
  })
  void whichFileThatIsFollowsFromTheRuntime(String runtime, String handler, String file) {
    String name = "of" + runtime.replace(".", "");
    byte[] zip = Zips.zip().file("README", "no").file(file, "yes").bytes();
    scf.ok(
        "CreateFunction",
        Made.body(name, "")
            .replace("Python3.10", runtime)
            .replace("index.main_handler", handler)
            .replace(Made.ZIP, Base64.getEncoder().encodeToString(zip)));

    assertEquals("yes", shown(name, ",'ShowCode':'TRUE'").path("CodeInfo").textValue());
  }

  @Test
  void aFunctionOfAnotherDialectIsShownAsFarAsItCanBe() {
    NodeApi.of(scf.node())
        .putFunction("elsewhere", "{\"runtime\":{\"kind\":\"event-bus\"},\"timeoutMs\":1500}");

    JsonNode shown = shown("elsewhere", ",'ShowCode':'TRUE'");
    assertEquals("event-bus", shown.path("Runtime").textValue());
    assertEquals("", shown.path("Handler").textValue());
    assertEquals(2, shown.path("Timeout").intValue());
    assertEquals(0, shown.path("CodeSize").intValue());
    scf.refused("UnsupportedOperation", "GetFunctionAddress", Made.named("elsewhere", ""));
  }

  private static HttpResponse<byte[]> follow(String url) {
    return scf.send(HttpRequest.newBuilder(URI.create(url)));
  }

  @Test
  void theLinkToTheCodeLeadsToIt() throws Exception {
    Made.function(scf, "linked", "");

    JsonNode address = scf.ok("GetFunctionAddress", Made.named("linked", ""));

    HttpResponse<byte[]> code = follow(address.path("Url").textValue());
    assertEquals(200, code.statusCode());
    assertArrayEquals(Made.ZIP_BYTES, code.body());
    assertEquals("application/zip", code.headers().firstValue("content-type").orElse(""));
    assertEquals(
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(code.body())),
        address.path("CodeSha256").textValue());
  }

  @ParameterizedTest
  @CsvSource({"expires=, expires=9", "bytes=, bytes=1", "sign=, sign=0", ".zip, .zip?x=y&"})
  void aLinkThatWasChangedLeadsNowhere(String from, String to) {
    Made.function(scf, "changed", "");
    String url = scf.ok("GetFunctionAddress", Made.named("changed", "")).path("Url").textValue();

    HttpResponse<byte[]> refused =
        follow(from.equals(".zip") ? url.replaceAll("\\?.*", "") : url.replace(from, to));

    assertEquals(403, refused.statusCode());
    assertFalse(new String(refused.body(), UTF_8).startsWith("PK"));
    scf.ok("DeleteFunction", Made.named("changed", ""));
  }

  @Test
  void theLinkToAVersionLeadsToItsCode() {
    Made.function(scf, "frozen", "");
    scf.ok("PublishVersion", Made.named("frozen", ""));
    byte[] other = Zips.of("index.py", "other");
    scf.ok(
        "UpdateFunctionCode",
        Made.named("frozen", ",'ZipFile':'" + Base64.getEncoder().encodeToString(other) + "'"));

    String latest = scf.ok("GetFunctionAddress", Made.named("frozen", "")).path("Url").textValue();
    String version =
        scf.ok("GetFunctionAddress", Made.named("frozen", ",'Qualifier':'1'"))
            .path("Url")
            .textValue();
    assertArrayEquals(other, follow(latest).body());
    assertArrayEquals(Made.ZIP_BYTES, follow(version).body());
  }
}
