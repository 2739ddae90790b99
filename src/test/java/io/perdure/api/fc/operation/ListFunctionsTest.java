package io.perdure.api.fc.operation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.fc.FcTester;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListFunctionsTest {
  private static final String V1 = "/2016-08-15/services/s/functions";
  private static final String V2 = "/2021-04-06/services/s/functions";
  private static final String V3 = "/2023-03-30/functions";
  private static final List<String> ALL = List.of("alpha", "beta", "beta-2", "gamma", "zeta");
  private static FcTester fc;

  @BeforeAll
  static void start() {
    fc = FcTester.start(Map.of());
    fc.ok("POST", "/2021-04-06/services", "{'serviceName':'s'}");
    for (String functions : List.of(V2, V3)) {
      for (String name : ALL) {
        boolean beta = name.startsWith("beta");
        fc.ok(
            "POST",
            functions,
            FcCode.body(
                name,
                beta ? "nodejs18" : "python3.10",
                ",'description':'of "
                    + name
                    + "','tags':[{'key':'team','value':'"
                    + (beta ? "b" : "a")
                    + "'}],'gpuConfig':{'gpuType':'"
                    + (beta ? "t4" : "a10")
                    + "'}"));
      }
    }
  }

  @AfterAll
  static void close() {
    fc.close();
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.path("functions").forEach(each -> names.add(each.path("functionName").asText()));
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void functionsAreListedByName(String functions) {
    JsonNode list = fc.ok("GET", functions, null);
    assertEquals(ALL, names(list));
    assertEquals("", list.path("nextToken").textValue());
    assertEquals(fc.ok("GET", functions + "/alpha", null), list.at("/functions/0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void pagesJoinWithoutGapOrRepetition(String functions) {
    List<String> seen = new ArrayList<>();
    JsonNode page = fc.ok("GET", functions + "?limit=2", null);
    seen.addAll(names(page));
    while (!page.path("nextToken").asText().isEmpty()) {
      page =
          fc.ok("GET", functions + "?limit=2&nextToken=" + page.path("nextToken").asText(), null);
      seen.addAll(names(page));
    }
    assertEquals(ALL, seen);
  }

  @ParameterizedTest
  @ValueSource(strings = {V1, V2, V3})
  void namesMayHaveToBeginSo(String functions) {
    assertEquals(List.of("beta", "beta-2"), names(fc.ok("GET", functions + "?prefix=beta", null)));
    assertEquals(List.of(), names(fc.ok("GET", functions + "?prefix=none", null)));
  }

  @Test
  void theOlderGenerationsBeginAtAName() {
    assertEquals(
        List.of("beta-2", "gamma"), names(fc.ok("GET", V2 + "?startKey=beta-2&limit=2", null)));
    assertEquals(List.of("zeta"), names(fc.ok("GET", V1 + "?startKey=h", null)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "functionName=amm|gamma",
        "runtime=NodeJS18|beta,beta-2",
        "description=of+z|zeta",
        "description=of%20z|zeta",
        "gpuType=t4|beta,beta-2",
        "fcVersion=v2|",
        "resourceGroupId=x|",
        "runtime=nodejs18&prefix=beta-|beta-2"
      })
  void theNewestGenerationHasFilters(String query, String expected) {
    assertEquals(
        expected == null ? List.of() : List.of(expected.split(",", -1)),
        names(fc.ok("GET", V3 + "?" + query, null)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{'key':'team','value':'b'}]|beta,beta-2",
        "[{'Key':'team'}]|alpha,beta,beta-2,gamma,zeta",
        "[{'key':'team','value':'b'},{'key':'other'}]|",
        "[]|alpha,beta,beta-2,gamma,zeta"
      })
  void functionsAreFoundByTheirTags(String tags, String expected) {
    String query = "tags=" + URLEncoder.encode(unquoted(tags), UTF_8);
    assertEquals(
        expected == null ? List.of() : List.of(expected.split(",", -1)),
        names(fc.ok("GET", V3 + "?" + query, null)));
  }

  private static String unquoted(String tags) {
    return tags.replace('\'', '"');
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"limit=0", "limit=101", "limit=a", "fcVersion=v4", "tags=x", "tags=%5B1%5D"})
  void whatIsNoFilterIsRefused(String query) {
    fc.refused(400, "InvalidArgument", "GET", V3 + "?" + query, null);
  }

  @Test
  void functionsOfAServiceThatIsNotThereAreNotListed() {
    fc.refused(404, "ServiceNotFound", "GET", "/2021-04-06/services/none/functions", null);
  }
}
