package io.perdure.api.fc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.client.Submission;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pages of tasks while thousands are added. */
@Timeout(180)
class TaskPagingTest {
  private static final int BEFORE = 1_000;
  private static final int MEANWHILE = 2_000;
  private static final int AT_ONCE = 50;

  private FcTasks tasks;

  @BeforeEach
  void start() {
    tasks = new FcTasks(FcTester.start(Map.of()));
    tasks.served("f", Future::succeededFuture);
  }

  @AfterEach
  void stop() {
    tasks.fc.close();
  }

  /** Adds tasks, some of them in the same millisecond; gives their ids. */
  private Set<String> add(String prefix, int count) {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < count; i += AT_ONCE) {
      List<Future<?>> added = new ArrayList<>();
      for (int j = i; j < i + AT_ONCE; j++) {
        ids.add(prefix + j);
        Submission submission =
            Submission.of("f").withKey(prefix + j).withDelay(Duration.ofHours(1));
        added.add(tasks.fc.node().client().submit(submission, Buffer.buffer()));
      }
      FcTasks.done(Future.all(added));
      tasks.fc.node().clock().advance(Duration.ofMillis(1));
    }
    return ids;
  }

  private List<String> walk(String query) {
    List<String> ids = new ArrayList<>();
    String token = "";
    do {
      JsonNode page =
          tasks.fc.ok(
              "GET",
              FcTasks.path("f") + "?" + query + (token.isEmpty() ? "" : "&nextToken=" + token),
              null);
      ids.addAll(FcTasks.ids(page));
      token = page.path("nextToken").asText();
    } while (!token.isEmpty());
    return ids;
  }

  private List<String> walkDuringInserts(String query) {
    Set<String> before = add("before", BEFORE);
    CompletableFuture<Set<String>> inserts =
        CompletableFuture.supplyAsync(() -> add("meanwhile", MEANWHILE));
    List<String> seen = walk(query);
    inserts.orTimeout(120, TimeUnit.SECONDS).join();
    assertEquals(seen.size(), new HashSet<>(seen).size(), "something came twice");
    assertTrue(new HashSet<>(seen).containsAll(before), "something was missed");
    return seen;
  }

  @Test
  void walkFromTheOldestMissesNothingAndRepeatsNothing() {
    List<String> seen = walkDuringInserts("sortOrderByTime=asc&limit=20");
    List<String> all = walk("limit=100");
    assertEquals(BEFORE + MEANWHILE, all.size());
    assertEquals(seen, all.subList(0, seen.size()), "the walk had a gap");
  }

  @Test
  void walkFromTheNewestMissesNothingAndRepeatsNothing() {
    List<String> seen = walkDuringInserts("sortOrderByTime=desc&limit=20");
    List<String> all = walk("sortOrderByTime=desc&limit=100");
    assertEquals(BEFORE + MEANWHILE, all.size());
    int newest = all.indexOf(seen.get(0));
    assertEquals(seen, all.subList(newest, all.size()), "the walk had a gap");
    List<String> oldestFirst = new ArrayList<>(all);
    Collections.reverse(oldestFirst);
    assertEquals(oldestFirst, walk("limit=100"));
  }
}
