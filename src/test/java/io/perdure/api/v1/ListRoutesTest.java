package io.perdure.api.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.v1.HttpCalls.Answer;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ListRoutesTest {
  @RegisterExtension static final ApiServer SERVER = new ApiServer();

  @Test
  void pagesFollowEachOtherInBothOrders() {
    String path = SERVER.function("paged");
    List<String> submitted = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      submitted.add(submit(path));
    }
    Collections.sort(submitted); // the order of ids is the order of the list
    assertEquals(submitted, all(path + "?order=asc&limit=3"));
    Collections.reverse(submitted);
    assertEquals(submitted, all(path + "?limit=2"));
  }

  @Test
  void itemsHaveEverythingButTheEvents() {
    String path = SERVER.function("items");
    submit(path);
    JsonNode item = SERVER.http().get(path).expect(200).json().at("/invocations/0");
    assertEquals("ENQUEUED", item.path("status").asText());
    assertEquals("queued", item.at("/why/code").asText());
    assertTrue(item.path("events").isMissingNode());
  }

  @Test
  void filtersNarrowListAndCountAlike() {
    String path = SERVER.function("filtered");
    String first = submit(path, "Perdure-Label-team", "a=b");
    String second = submit(path, "Perdure-Label-team", "c");
    submit(path);
    SERVER.shards.finish(InvocationId.parse(second).orElseThrow(), Status.FAILED, new byte[0]);
    assertEquals(List.of(first), all(path + "?label=team=a%3Db"));
    assertEquals(List.of(second), all(path + "?status=FAILED"));
    assertEquals(3, all(path + "?status=failed,ENQUEUED").size());
    assertEquals(3, all(path + "?status=FAILED&status=ENQUEUED&limit=1").size());
    assertEquals(List.of(), all(path + "?label=team=a%3Db&status=FAILED"));
    assertEquals(List.of(), all(path + "?to=2020-01-01T00:00:00Z"));
    assertEquals(3, all(path + "?from=2020-01-01T00:00:00%2B01:00").size());

    JsonNode count = SERVER.http().get(path + ":count").expect(200).json();
    assertEquals(3, count.path("count").asInt());
    assertEquals(2, count.at("/byStatus/ENQUEUED").asInt());
    assertEquals(1, count.at("/byStatus/FAILED").asInt());
    assertEquals(1, SERVER.http().get(path + ":count?status=FAILED").json().path("count").asInt());
    assertEquals(0, SERVER.http().get(path + ":count?label=no=no").json().path("count").asInt());
  }

  @Test
  void filtersKnowOriginModeAndEnd() {
    String path = SERVER.function("origins");
    String queued = submit(path);
    String ended = submit(path);
    String waitedFor = submit(path);
    SERVER.shards.finish(id(ended), Status.SUCCEEDED, new byte[0]);
    SERVER.shards.change(
        id(waitedFor),
        next -> {
          next.origin = Invocation.Origin.SCHEDULE;
          next.mode = Invocation.Mode.SYNC;
          return next;
        });
    assertEquals(List.of(waitedFor), all(path + "?origin=schedule,fc"));
    assertEquals(List.of(waitedFor), all(path + "?mode=sync"));
    List<String> async = new ArrayList<>(List.of(queued, ended));
    Collections.sort(async); // they are of different shards
    assertEquals(async, all(path + "?order=asc&origin=native&mode=async"));
    assertEquals(List.of(ended), all(path + "?endedFrom=2020-01-01T00:00:00Z"));
    assertEquals(List.of(ended), all(path + "?endedTo=2100-01-01T00:00:00Z"));
    assertEquals(List.of(), all(path + "?endedTo=2020-01-01T00:00:00Z"));
    assertEquals(
        1, SERVER.http().get(path + ":count?mode=sync").expect(200).json().path("count").asInt());
  }

  @Test
  void prefixIsOfTheKeyOrOfTheIdOfWhatHasNone() {
    String path = SERVER.function("prefixes");
    String plain = submit(path);
    String keyed = submit(path, "Idempotency-Key", "resize-7");
    assertEquals(List.of(plain), all(path + "?prefix=" + plain));
    assertEquals(List.of(keyed), all(path + "?prefix=resize-"));
    assertEquals(List.of(), all(path + "?prefix=" + keyed));
  }

  @Test
  void filtersThatMakeNoSenseAreRefused() {
    String path = SERVER.function("refused");
    SERVER.http().get(path + "?mode=both").problem(400, "invalid");
    SERVER.http().get(path + "?mode=sync,async").problem(400, "invalid");
    SERVER.http().get(path + "?origin=moon").problem(400, "invalid");
    String interval = "?endedFrom=2026-01-02T00:00:00Z&endedTo=2026-01-02T00:00:00Z";
    SERVER.http().get(path + interval).problem(400, "invalid");
  }

  @Test
  void cursorIsOfOneFilterOnly() {
    String path = SERVER.function("cursors");
    submit(path);
    submit(path);
    String list = path + "?limit=1&mode=async";
    String cursor = SERVER.http().get(list).expect(200).json().path("cursor").asText();
    SERVER.http().get(list + "&cursor=" + cursor).expect(200);
    SERVER.http().get(path + "?limit=1&cursor=" + cursor).problem(400, "invalid");
    String ended = "&endedFrom=2020-01-01T00:00:00Z";
    SERVER.http().get(list + ended + "&cursor=" + cursor).problem(400, "invalid");
    SERVER.http().get(list + "&origin=native&cursor=" + cursor).problem(400, "invalid");
  }

  private static InvocationId id(String text) {
    return InvocationId.parse(text).orElseThrow();
  }

  @Test
  void accountSeesAllOfItsFunctionsAndNoOther() {
    String id = submit(SERVER.function("ofaccount"));
    assertTrue(all("/v1/invocations?limit=1000").contains(id));
    Answer other = SERVER.http(ApiServer.OTHER_TOKEN).get("/v1/invocations").expect(200);
    assertEquals(0, other.json().path("invocations").size());
    assertTrue(other.json().path("cursor").isNull());
    assertTrue(SERVER.http().get("/v1/invocations:count").json().path("count").asInt() >= 1);
    assertEquals(
        0,
        SERVER
            .http(ApiServer.OTHER_TOKEN)
            .get("/v1/invocations:count")
            .json()
            .path("count")
            .asInt());
  }

  @Test
  void listOfAnUnknownFunctionIsNotFound() {
    String path = "/v1/namespaces/default/functions/none/invocations";
    SERVER.http().get(path).problem(404, "not-found");
    SERVER.http().get(path + ":count").problem(404, "not-found");
  }

  private static String submit(String path, String... headers) {
    return SERVER.http().post(path, "x", headers).expect(202).json().path("id").asText();
  }

  private static List<String> all(String path) {
    List<String> ids = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonNode page = SERVER.http().get(path + cursor).expect(200).json();
      page.path("invocations").forEach(one -> ids.add(one.path("id").asText()));
      cursor =
          page.path("cursor").isNull()
              ? null
              : (path.contains("?") ? "&" : "?") + "cursor=" + page.path("cursor").asText();
    }
    return ids;
  }
}
