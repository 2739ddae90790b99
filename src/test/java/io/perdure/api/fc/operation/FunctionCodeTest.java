package io.perdure.api.fc.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import io.perdure.testkit.Zips;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionCodeTest {
  private static final String V2 = "/2021-04-06/services/s/functions";
  private static final String V3 = "/2023-03-30/functions";
  private static final String OTHER =
      Base64.getEncoder().encodeToString(Zips.of("index.py", "def handler(e, c):\n  return 2\n"));
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

  private static byte[] download(String url) {
    HttpResponse<byte[]> answer = fc.sendAsIs(HttpRequest.newBuilder(URI.create(url)));
    assertEquals(200, answer.statusCode());
    return answer.body();
  }

  @ParameterizedTest
  @CsvSource({V2 + ",down", V3 + ",down"})
  void codeIsDownloadedByItsLinkWithoutAKey(String functions, String name) {
    String checksum = fc.ok("POST", functions, FcCode.body(name, "")).path("codeChecksum").asText();
    JsonNode code = fc.ok("GET", functions + "/" + name + "/code", null);
    assertEquals(checksum, code.path("checksum").asText());
    assertArrayEquals(FcCode.ZIP_BYTES, download(code.path("url").asText()));
  }

  @Test
  void codeOfAVersionStaysWhenTheFunctionGetsAnother() {
    fc.ok("POST", V3, FcCode.body("frozen", ""));
    fc.ok("POST", V3 + "/frozen/versions", "{}");
    JsonNode updated = fc.ok("PUT", V3 + "/frozen", "{'Code':{'ZipFile':'" + OTHER + "'}}");
    JsonNode now = fc.ok("GET", V3 + "/frozen/code", null);
    JsonNode then = fc.ok("GET", V3 + "/frozen/code?qualifier=1", null);
    assertEquals(updated.path("codeChecksum"), now.path("checksum"));
    assertNotEquals(now.path("checksum"), then.path("checksum"));
    assertArrayEquals(FcCode.ZIP_BYTES, download(then.path("url").asText()));
    fc.refused(404, "VersionNotFound", "GET", V3 + "/frozen/code?qualifier=9", null);
  }

  @Test
  void checksumOfTheRequestIsCompared() {
    String checksum = fc.ok("POST", V3, FcCode.body("sum", "")).path("codeChecksum").asText();
    String update = "{'code':{'zipFile':'" + FcCode.ZIP + "','checksum':'" + checksum + "'}}";
    fc.ok("PUT", V3 + "/sum", update);
    assertEquals(
        200,
        fc.call("PUT", V3 + "/sum", update, Map.of("X-Fc-Code-Checksum", checksum)).statusCode());
    String message =
        FcTester.refused(
            400,
            "InvalidArgument",
            fc.call("PUT", V3 + "/sum", update, Map.of("X-Fc-Code-Checksum", "1")));
    assertTrue(message.startsWith("X-Fc-Code-Checksum: ") && message.contains(checksum), message);
    message =
        fc.refused(
            400,
            "InvalidArgument",
            "POST",
            V3,
            FcCode.body("sum2", "").replace("'}}", "','checksum':'2'}}"));
    assertTrue(message.startsWith("code.checksum: "), message);
    fc.refused(404, "FunctionNotFound", "GET", V3 + "/sum2", null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'ossBucketName':'b','ossObjectName':'o'}|code.ossBucketName",
        "{'zipFile':''}|code.zipFile",
        "{'zipFile':'***'}|code.zipFile",
        "{'zipFile':7}|code.zipFile",
        "{'zipFile':'bm8gemlw'}|code.zipFile",
        "{}|code.zipFile",
        "7|code"
      })
  void codeThatIsNoneIsRefused(String code, String name) {
    String body = "{'functionName':'no','runtime':'python3','handler':'a.b','code':" + code + "}";
    for (String functions : List.of(V2, V3)) {
      String message = fc.refused(400, "InvalidArgument", "POST", functions, body);
      assertTrue(message.startsWith(name + ": "), message);
    }
  }

  @Test
  void codeMustBeThere() {
    String message =
        fc.refused(
            400,
            "InvalidArgument",
            "POST",
            V3,
            "{'functionName':'no','runtime':'python3','handler':'a.b'}");
    assertTrue(message.startsWith("code.zipFile: "), message);
  }

  @Test
  void aPackageOfMoreThan50MegabytesIsRefused() {
    String zip = Base64.getEncoder().encodeToString(new byte[CodeProps.ZIP_BYTES_MAX + 1]);
    String message =
        fc.refused(
            400, "EntityTooLarge", "POST", V3, FcCode.body("big", "").replace(FcCode.ZIP, zip));
    assertTrue(message.contains("52428800 bytes"), message);
  }

  @Test
  void functionsThatRunElsewhereHaveNoCode() {
    FcCode.putHttp(fc, "s", "elsewhere");
    String message = fc.refused(400, "InvalidArgument", "GET", V2 + "/elsewhere/code", null);
    assertTrue(message.contains("of kind http"), message);
  }

  @Test
  void codeOfWhatIsNotThereIsNotFound() {
    fc.refused(404, "FunctionNotFound", "GET", V3 + "/none/code", null);
    fc.refused(404, "FunctionNotFound", "GET", V2 + "/none/code", null);
    fc.refused(404, "ServiceNotFound", "GET", "/2021-04-06/services/none/functions/f/code", null);
  }
}
