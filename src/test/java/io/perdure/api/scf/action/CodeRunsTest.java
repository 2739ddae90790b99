package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.Python;
import io.perdure.testkit.Zips;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was created and changed is what runs. */
@Timeout(120)
class CodeRunsTest {
  private static final String CODE =
      """
      import os
      def main_handler(event, context):
          return 'WORD ' + os.environ.get('GREETING', 'nobody')
      def other_handler(event, context):
          return 'other'
      """;

  private static ScfTester scf;

  @BeforeAll
  static void start() {
    Python.require();
    scf = ScfTester.start(Map.of());
  }

  @AfterAll
  static void stop() {
    if (scf != null) {
      scf.close();
    }
  }

  private static String zip(String word) {
    byte[] bytes = Zips.of("index.py", CODE.replace("WORD", word));
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static void create(String name, String word, String more) {
    scf.ok("CreateFunction", Made.body(name, more).replace(Made.ZIP, zip(word)));
  }

  private static String returned(String name, String more) {
    JsonNode result = scf.ok("Invoke", Made.named(name, more)).path("Result");
    assertEquals(0, result.path("InvokeResult").intValue(), result::toString);
    return result.path("RetMsg").textValue();
  }

  @Test
  void aFunctionRunsAsSoonAsItIsCreated() {
    create("at-once", "hello", ",'Environment':{'Variables':[{'Key':'GREETING','Value':'you'}]}");

    assertEquals("\"hello you\"", returned("at-once", ""));
  }

  @Test
  void aChangeIsSeenByTheNextRun() {
    create("changed", "one", "");
    assertEquals("\"one nobody\"", returned("changed", ""));

    scf.ok("UpdateFunctionCode", Made.named("changed", ",'ZipFile':'" + zip("two") + "'"));
    assertEquals("\"two nobody\"", returned("changed", ""));
    scf.ok(
        "UpdateFunctionConfiguration",
        Made.named("changed", ",'Environment':{'Variables':[{'Key':'GREETING','Value':'me'}]}"));
    assertEquals("\"two me\"", returned("changed", ""));
    scf.ok(
        "UpdateFunctionCode",
        Made.named("changed", ",'ZipFile':'" + zip("two") + "','Handler':'index.other_handler'"));
    assertEquals("\"other\"", returned("changed", ""));
  }

  @Test
  void aPublishedVersionRunsWhatItFroze() {
    create("frozen", "one", "");
    scf.ok(
        "UpdateFunctionConfiguration",
        Made.named(
            "frozen",
            ",'Publish':'TRUE',"
                + "'Environment':{'Variables':[{'Key':'GREETING','Value':'then'}]}"));
    scf.ok("UpdateFunctionCode", Made.named("frozen", ",'ZipFile':'" + zip("two") + "'"));

    assertEquals("\"one then\"", returned("frozen", ",'Qualifier':'1'"));
    assertEquals("\"two then\"", returned("frozen", ""));
  }

  @Test
  void aCopyRunsByItself() {
    create("original", "first", "");
    scf.ok("CopyFunction", Made.named("original", ",'NewFunctionName':'copied'"));
    scf.ok("DeleteFunction", Made.named("original", ""));

    assertEquals("\"first nobody\"", returned("copied", ""));
  }

  @Test
  void whatTheLinkLeadsToRunsElsewhereToo() {
    create("linked", "same", "");
    String url = scf.ok("GetFunctionAddress", Made.named("linked", "")).path("Url").textValue();
    byte[] zip = scf.send(HttpRequest.newBuilder(URI.create(url))).body();
    assertEquals("PK", new String(zip, 0, 2, UTF_8));

    scf.ok(
        "CreateFunction",
        Made.body("again", "").replace(Made.ZIP, Base64.getEncoder().encodeToString(zip)));

    assertEquals("\"same nobody\"", returned("again", ""));
  }
}
