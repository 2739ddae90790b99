package io.perdure.scenario;

import static io.perdure.testkit.NodeApi.function;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.invocation.Status;
import io.perdure.testkit.NodeApi;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PerdureExtension.class)
@Timeout(60)
class ListTest {
  private static final String ECHO = function("echo") + "/invocations";

  /** All pages from {@code first} on: the ids in their order. */
  private static List<String> pages(NodeApi api, String first) {
    List<String> ids = new ArrayList<>();
    String cursor = null;
    do {
      String path = cursor == null ? first : first + "&cursor=" + cursor;
      JsonNode page = api.get(path).expect(200).json();
      page.path("invocations").forEach(one -> ids.add(one.path("id").asText()));
      cursor = page.path("cursor").isNull() ? null : page.path("cursor").asText();
    } while (cursor != null);
    return ids;
  }

  @Test
  void pagesHoldEachInvocationOnceInTheOrderOfAcceptance(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    List<String> submitted = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      submitted.add(api.submit("echo", ""));
      node.clock().advance(Duration.ofMillis(1));
    }
    assertEquals(submitted, pages(api, ECHO + "?order=asc&limit=7"));
    List<String> newestFirst = new ArrayList<>(submitted);
    Collections.reverse(newestFirst);
    assertEquals(newestFirst, pages(api, ECHO + "?limit=10"));
  }

  @Test
  void aWalkDuringInsertsMissesNothingAndRepeatsNothing(PerdureNode node)
      throws ExecutionException, InterruptedException, TimeoutException {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    List<String> before = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      before.add(api.submit("echo", ""));
    }
    CompletableFuture<List<String>> inserts =
        CompletableFuture.supplyAsync(
            () ->
                Stream.generate(
                        () -> {
                          node.clock().advance(Duration.ofMillis(1));
                          return api.submit("echo", "");
                        })
                    .limit(60)
                    .toList());
    List<String> seen = pages(api, ECHO + "?order=asc&limit=3");
    List<String> meanwhile = inserts.get(30, TimeUnit.SECONDS);
    assertEquals(seen.size(), new HashSet<>(seen).size(), "something came twice");
    assertTrue(seen.containsAll(before), "something was missed");
    List<String> all = pages(api, ECHO + "?order=asc&limit=11");
    assertEquals(seen, all.subList(0, seen.size()), "the walk had a gap");
    assertEquals(100, all.size());
    assertTrue(all.containsAll(meanwhile));
  }

  @Test
  void filtersAndCountsAgree(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    node.function("slow").never();
    for (int i = 0; i < 3; i++) {
      api.ended(api.submit("echo", "", "Perdure-Label-team", "a"));
      node.clock().advance(Duration.ofSeconds(1));
    }
    api.ended(api.submit("echo", "", "Perdure-Label-team", "b"));
    api.reaches(api.submit("slow", ""), Status.RUNNING);
    api.submit("echo", "", "Perdure-Delay", "1h");

    assertEquals(4, count(api, ECHO + ":count?status=SUCCEEDED"));
    assertEquals(4, pages(api, ECHO + "?status=SUCCEEDED").size());
    assertEquals(1, count(api, ECHO + ":count?status=ENQUEUED"));
    assertEquals(3, count(api, ECHO + ":count?label=team=a"));
    assertEquals(3, pages(api, ECHO + "?label=team=a&limit=2").size());
    assertEquals(6, count(api, "/v1/invocations:count"));
    assertEquals(1, count(api, "/v1/invocations:count?status=RUNNING"));
    assertEquals(1, pages(api, "/v1/invocations?status=RUNNING").size());
    String span = "?from=2026-01-01T00:00:01Z&to=2026-01-01T00:00:03Z";
    assertEquals(2, count(api, ECHO + ":count" + span));
    assertEquals(2, pages(api, ECHO + span).size());
  }

  @Test
  void countsAndListsSurviveARestart(PerdureNode node) {
    NodeApi api = NodeApi.of(node);
    node.function("echo").serves(Future::succeededFuture);
    for (int i = 0; i < 10; i++) {
      api.ended(api.submit("echo", ""));
    }
    api.submit("echo", "", "Perdure-Delay", "1h");
    List<String> before = pages(api, ECHO + "?order=asc");
    node.restart();
    api = NodeApi.of(node);
    assertEquals(before, pages(api, ECHO + "?order=asc&limit=4"));
    assertEquals(10, count(api, ECHO + ":count?status=SUCCEEDED"));
    assertEquals(11, count(api, ECHO + ":count"));
  }

  private static int count(NodeApi api, String path) {
    return api.get(path).expect(200).json().path("count").asInt();
  }
}
