package io.perdure.api.fc.operation;

import static io.perdure.api.fc.operation.FcScopes.V1;
import static io.perdure.api.fc.operation.FcScopes.V2;
import static io.perdure.api.fc.operation.FcScopes.V3;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tags of services and functions. */
@Timeout(120)
class TagOperationsTest {
  private static final String FULL = "acs:fc:cn-hangzhou:1000000000000001:";

  private FcScopes scopes;
  private FcTester fc;

  @BeforeEach
  void start() {
    scopes = FcScopes.start(Map.of());
    fc = scopes.fc;
    scopes.service("shop");
    scopes.function("shop", "f");
    scopes.function(null, "one");
    scopes.function(null, "two");
  }

  @AfterEach
  void stop() {
    scopes.close();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private JsonNode tags(String generation, String arn) {
    JsonNode got = fc.ok("GET", generation + "/tag?resourceArn=" + encoded(arn), null);
    assertTrue(got.path("resourceArn").asText().startsWith(FULL), got::toString);
    return got.path("tags");
  }

  private void tag(String generation, String arn, String tags) {
    fc.ok("POST", generation + "/tag", "{'resourceArn':'" + arn + "','tags':" + tags + "}");
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2})
  void serviceAndFunctionAreTaggedOneByOne(String generation) {
    String untag = generation.equals(V1) ? "DELETE" : "PUT";
    for (String name : List.of("services/shop", "services/shop/functions/f")) {
      tag(generation, name, "{'b':'2','a':'1'}");
      tag(generation, FULL + name, "{'b':'3'}");
      assertEquals("{\"b\":\"3\",\"a\":\"1\"}", tags(generation, "acs:fc:::" + name).toString());
      fc.ok(untag, generation + "/tag", "{'resourceArn':'" + name + "','tagKeys':['a','none']}");
      assertEquals("{\"b\":\"3\"}", tags(generation, name).toString());
      fc.ok(untag, generation + "/tag", "{'resourceArn':'" + name + "','all':true}");
      assertEquals("{}", tags(generation, name).toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2})
  void taggedResourcesOfServicesAreListed(String generation) {
    tag(generation, "services/shop", "{'a':'1'}");
    tag(generation, "services/shop/functions/f", "{'a':'2'}");
    tag(generation, "functions/one", "{'a':'3'}");
    assertEquals(
        List.of(FULL + "services/shop", FULL + "services/shop/functions/f"),
        scopes.pages(generation + "/tags", "resources", "resourceArn"));
    assertEquals(
        List.of(FULL + "services/shop"),
        fc.ok("GET", generation + "/tags?limit=1", null)
            .path("resources")
            .valueStream()
            .map(each -> each.path("resourceArn").asText())
            .toList());
  }

  @Test
  void functionsAreTaggedTogether() {
    fc.ok(
        "POST",
        V3 + "/tags-v2",
        "{'ResourceType':'FUNCTION','ResourceId':['one','functions/two'],"
            + "'Tag':[{'Key':'team','Value':'blue'},{'key':'k'}]}");
    assertEquals(
        List.of("one k ", "one team blue", "two k ", "two team blue"), list(V3 + "/tags-v2"));
    assertEquals(
        List.of("two k ", "two team blue"),
        list(V3 + "/tags-v2?ResourceId=" + encoded("[\"" + FULL + "functions/two\"]")));
    scopes.deleted(
        V3
            + "/tags-v2?ResourceType=function&ResourceId="
            + encoded("[\"one\"]")
            + "&TagKey="
            + encoded("[\"team\"]"));
    assertEquals(
        List.of("two k ", "two team blue"),
        list(
            V3
                + "/tags-v2?Tag="
                + encoded("[{\"Key\":\"team\",\"Value\":\"blue\"},{\"Key\":\"k\"}]")));
    scopes.deleted(V3 + "/tags-v2?ResourceId=two&All=true");
    assertEquals(List.of("one k "), list(V3 + "/tags-v2"));
  }

  /** Function, key and value of each tag, of all pages of three. */
  private List<String> list(String path) {
    List<String> found = new ArrayList<>();
    String token = "";
    do {
      String query = (path.contains("?") ? "&" : "?") + "Limit=3&NextToken=" + token;
      JsonNode page = fc.ok("GET", path + query, null);
      for (JsonNode tag : page.path("TagResources")) {
        assertEquals("ALIYUN::FC::FUNCTION", tag.path("ResourceType").asText());
        String name = tag.path("ResourceId").asText().replace(FULL + "functions/", "");
        found.add(name + " " + tag.path("TagKey").asText() + " " + tag.path("TagValue").asText());
      }
      token = page.path("NextToken").asText("none");
    } while (!token.isEmpty());
    return found;
  }

  @Test
  void tagsStayWhenTheFunctionIsChanged() {
    tag(V2, "services/shop/functions/f", "{'a':'1'}");
    fc.ok("PUT", V2 + "/services/shop/functions/f", "{'description':'new'}");
    fc.ok("PUT", V2 + "/services/shop", "{'description':'new'}");
    assertEquals("{\"a\":\"1\"}", tags(V2, "services/shop/functions/f").toString());
    assertEquals("new", scopes.get("shop", "f").about().description());
  }

  @Test
  void whatIsMissingIsSaidToBe() {
    String tags = "','tags':{'a':'1'}}";
    fc.refused(404, "ServiceNotFound", "POST", V2 + "/tag", "{'resourceArn':'services/none" + tags);
    fc.refused(
        404,
        "ServiceNotFound",
        "POST",
        V2 + "/tag",
        "{'resourceArn':'services/none/functions/f" + tags);
    String message =
        fc.refused(
            404,
            "FunctionNotFound",
            "POST",
            V2 + "/tag",
            "{'resourceArn':'services/shop/functions/none" + tags);
    assertTrue(message.contains("'none'") && message.contains("'shop'"), message);
    fc.refused(
        404,
        "FunctionNotFound",
        "POST",
        V3 + "/tags-v2",
        "{'resourceId':['one','none'],'tag':[{'key':'a'}]}");
    assertEquals(List.of(), list(V3 + "/tags-v2"));
    fc.refused(404, "FunctionNotFound", "GET", V3 + "/tags-v2?ResourceId=none", null);
  }

  @Test
  void whatIsNotAllowedIsRefused() {
    for (String body :
        List.of(
            "{}",
            "{'resourceArn':'services/shop'}",
            "{'resourceArn':'services/shop','tags':{}}",
            "{'resourceArn':'services/shop','tags':{'a':1}}",
            "{'resourceArn':'shop','tags':{'a':'1'}}",
            "{'resourceArn':'acs:fc:cn-shanghai::services/shop','tags':{'a':'1'}}",
            "{'resourceArn':'acs:oss:::bucket','tags':{'a':'1'}}")) {
      fc.refused(400, "InvalidArgument", "POST", V2 + "/tag", body);
    }
    fc.refused(400, "InvalidArgument", "GET", V2 + "/tag", null);
    fc.refused(400, "InvalidArgument", "PUT", V2 + "/tag", "{'resourceArn':'services/shop'}");
    for (String body :
        List.of(
            "{'tag':[{'key':'a'}]}",
            "{'resourceId':['one']}",
            "{'resourceId':['one'],'tag':[{'value':'a'}]}",
            "{'resourceId':['one'],'tag':[{'key':'a'}],'resourceType':'layer'}")) {
      fc.refused(400, "InvalidArgument", "POST", V3 + "/tags-v2", body);
    }
    fc.refused(400, "InvalidArgument", "GET", V3 + "/tags-v2?Tag=x", null);
    fc.refused(400, "InvalidArgument", "DELETE", V3 + "/tags-v2?ResourceId=one", null);
  }
}
