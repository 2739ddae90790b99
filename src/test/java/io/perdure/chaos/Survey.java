package io.perdure.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What the healed cluster says when everything has ended. */
final class Survey {
  private static final Duration ENDED_AT_MOST = Duration.ofMinutes(2);
  private static final Duration SETTLED_AT_MOST = Duration.ofMinutes(1);
  private static final int READERS = 6;

  private final List<Endpoint> endpoints;
  private final Findings findings;

  Survey(List<Endpoint> endpoints, Findings findings) {
    this.endpoints = endpoints;
    this.findings = findings;
  }

  /** Waits until nothing is open, and reads all there is. */
  Map<String, Final> take() throws Exception {
    if (!Wait.until(ENDED_AT_MOST, this::nothingOpen)) {
      findings.violation("not everything has ended after " + ENDED_AT_MOST, "see below");
    }
    List<Set<String>> lists = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      lists.add(list(endpoint));
    }
    for (int i = 1; i < lists.size(); i++) {
      if (!lists.get(i).equals(lists.get(0))) {
        findings.violation(
            "nodes list differently", endpoints.get(i).node() + " and " + endpoints.get(0).node());
      }
    }
    return read(new ArrayList<>(lists.get(0)));
  }

  private boolean nothingOpen() throws IOException, InterruptedException {
    for (String status : List.of("RUNNING", "STOPPING", "RETRYING", "ENQUEUED")) {
      String query = Endpoint.FUNCTION + "/invocations?limit=1&status=" + status;
      Endpoint.Answer answer = endpoints.get(0).get(query);
      if (!answer.succeeded() || !answer.json().path("invocations").isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private Set<String> list(Endpoint endpoint) throws Exception {
    Set<String> ids = new LinkedHashSet<>();
    String cursor = "";
    while (cursor != null) {
      String position =
          cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
      JsonNode page = get(endpoint, Endpoint.FUNCTION + "/invocations?limit=1000" + position);
      for (JsonNode each : page.path("invocations")) {
        if (!ids.add(each.path("id").asText())) {
          findings.violation("listed twice", "the last list of " + endpoint.node() + ": " + each);
        }
      }
      cursor = page.path("cursor").asText(null);
    }
    return ids;
  }

  /** Each of another node. */
  private Map<String, Final> read(List<String> ids) throws Exception {
    Map<String, Final> finals = new ConcurrentHashMap<>();
    ExecutorService readers = Executors.newFixedThreadPool(READERS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < ids.size(); i++) {
        Endpoint endpoint = endpoints.get(i % endpoints.size());
        String id = ids.get(i);
        all.add(
            readers.submit(
                () -> {
                  finals.put(id, settled(endpoint, id));
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      readers.shutdownNow();
    }
    return finals;
  }

  /** As it is once its outcome is delivered. */
  private static Final settled(Endpoint endpoint, String id) throws Exception {
    JsonNode[] last = new JsonNode[1];
    Wait.until(
        SETTLED_AT_MOST,
        () -> {
          last[0] = get(endpoint, "/v1/invocations/" + id);
          return !last[0].at("/delivery/state").asText().equals("PENDING");
        });
    List<String> events = new ArrayList<>();
    last[0].path("events").forEach(event -> events.add(event.path("type").asText()));
    return new Final(id, last[0].path("status").asText(), events);
  }

  /** The cluster is well, but on a busy machine an answer may be late all the same. */
  private static JsonNode get(Endpoint endpoint, String path) throws Exception {
    JsonNode[] answered = new JsonNode[1];
    String[] why = new String[1];
    boolean got =
        Wait.until(
            SETTLED_AT_MOST,
            () -> {
              try {
                Endpoint.Answer answer = endpoint.get(path);
                why[0] = answer.code() + " " + answer.text();
                answered[0] = answer.succeeded() ? answer.json() : null;
              } catch (IOException e) {
                why[0] = e.toString();
              }
              return answered[0] != null;
            });
    if (!got) {
      throw new IOException(endpoint.node() + ": GET " + path + " answered " + why[0]);
    }
    return answered[0];
  }
}
