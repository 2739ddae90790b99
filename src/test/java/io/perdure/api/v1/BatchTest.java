package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.api.v1.HttpCalls.Answer;
import io.perdure.invocation.InvocationId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BatchTest {
  @RegisterExtension
  static final ApiServer SERVER =
      new ApiServer(
          io.perdure.api.HttpConfig.ANY_PORT,
          new NativeConfig(
              1_000, 1 << 20, 100, 1 << 20, Duration.ofSeconds(30), Duration.ofSeconds(15)),
          false);

  @Test
  void everyLineHasItsOwnOutcomeInOrder() throws IOException {
    String path = SERVER.function("lines") + ":batch";
    String body =
        """
        {"payload":{"n" : 1.50, "s":"\\u00fc"},"labels":{"Team":"a"},"delayMs":5000}
        {"payloadBase64":"AAEC/w=="}
        not json

        {"payload":"text","key":"k"}
        {"payload":"other","key":"k"}
        {"payload":"text","key":"k"}
        {"payload":null}
        {"payload":1,"payloadBase64":"AA=="}
        {"payload":1,"extra":true}
        {"delayMs":-1}
        {"key":""}
        {"delayMs":"5s"}
        {"labels":{"a":1}}
        {"payloadBase64":"%%%"}
        [1]
        {"payload":1} {"payload":2}
        {"key":"a","key":"b"}
        {}
        {"payload":[1,{"a":[]}]}\r
        """;
    Answer answer = SERVER.http().post(path, body).expect(200);
    assertEquals("application/x-ndjson", answer.header("content-type"));
    List<JsonNode> lines = lines(answer);
    int[] statuses = {
      202, 202, 400, 202, 422, 200, 202, 400, 400, 400, 400, 400, 400, 400, 400, 400, 400, 202, 202
    };
    assertEquals(statuses.length, lines.size());
    for (int i = 0; i < statuses.length; i++) {
      assertEquals(i, lines.get(i).path("index").asInt());
      assertEquals(statuses[i], lines.get(i).path("status").asInt(), lines.get(i).toString());
    }
    assertPayload("{\"n\" : 1.50, \"s\":\"\\u00fc\"}", lines.get(0));
    assertArrayEquals(new byte[] {0, 1, 2, -1}, payload(lines.get(1)));
    assertPayload("\"text\"", lines.get(3));
    assertEquals("urn:perdure:problem:key-reused", lines.get(4).path("type").asText());
    assertEquals(lines.get(3).path("id"), lines.get(5).path("id"));
    assertPayload("null", lines.get(6));
    assertEquals("$.payloadBase64", lines.get(7).path("field").asText());
    assertEquals("$.extra", lines.get(8).path("field").asText());
    assertEquals("$.delayMs", lines.get(11).path("field").asText());
    assertEquals("$.labels.a", lines.get(12).path("field").asText());
    assertPayload("", lines.get(17));
    assertPayload("[1,{\"a\":[]}]", lines.get(18));
    assertEquals(
        "a",
        SERVER
            .shards
            .records
            .get(InvocationId.parse(lines.get(0).path("id").asText()).orElseThrow())
            .labels()
            .get("Team"));
  }

  @Test
  void largeBatchIsOneCommitForWhatHasNoKey() throws IOException {
    String path = SERVER.function("many") + ":batch";
    int before = SERVER.shards.batches;
    Answer answer =
        SERVER
            .http()
            .post(path, ("{\"payload\":\"" + "x".repeat(300) + "\"}\n").repeat(1_000))
            .expect(200);
    assertEquals(1_000, lines(answer).size());
    assertTrue(lines(answer).stream().allMatch(line -> line.path("status").asInt() == 202));
    assertEquals(before + 1, SERVER.shards.batches);
  }

  @Test
  void tooManyLinesAreRefusedAltogether() {
    String path = SERVER.function("toomany") + ":batch";
    JsonNode problem = SERVER.http().post(path, "{}\n".repeat(1_001)).problem(400, "invalid");
    assertEquals("body", problem.path("field").asText());
    assertTrue(problem.path("detail").asText().contains("1000 lines"));
    assertTrue(
        SERVER.shards.records.values().stream().noneMatch(i -> i.function().equals("toomany")));
  }

  @Test
  void tooManyBytesAreRefused() {
    String path = SERVER.function("toolarge") + ":batch";
    SERVER.http().post(path, " ".repeat((1 << 20) + 1)).problem(413, "too-large");
  }

  @Test
  void emptyBatchIsRefused() {
    String path = SERVER.function("empty") + ":batch";
    SERVER.http().post(path, "").problem(400, "invalid");
    SERVER.http().post(path, "\n \r\n\n").problem(400, "invalid");
  }

  @Test
  void unknownFunctionIsNotFoundAsAWhole() {
    SERVER
        .http()
        .post("/v1/namespaces/default/functions/nobody/invocations:batch", "{}")
        .problem(404, "not-found");
  }

  @Test
  void lastLineNeedsNoLineFeed() throws IOException {
    String path = SERVER.function("nolf") + ":batch";
    List<JsonNode> lines = lines(SERVER.http().post(path, "{\"payload\":12}").expect(200));
    assertPayload("12", lines.get(0));
  }

  private static List<JsonNode> lines(Answer answer) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : answer.text().lines().toList()) {
      lines.add(new JsonMapper().readTree(line));
    }
    return lines;
  }

  private static void assertPayload(String expected, JsonNode line) {
    assertEquals(expected, new String(payload(line), StandardCharsets.UTF_8));
  }

  private static byte[] payload(JsonNode line) {
    return SERVER.http().get("/v1/invocations/" + line.path("id").asText() + "/payload").body();
  }
}
