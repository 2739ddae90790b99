package io.perdure.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.chaos.Op.Kind;
import io.perdure.chaos.Op.Seen;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A request that is written down with its answer.
 *
 * @param seq see {@link Op}
 * @param key see {@link Op}
 * @param walk see {@link Op}
 * @param target see {@link Op}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Request(
    Kind kind,
    int seq,
    String key,
    int walk,
    String target,
    String method,
    String path,
    Map<String, String> headers,
    byte[] body) {
  private static final byte[] NOTHING = {};
  private static final int ERROR_CHARS = 300;

  /** What came of it, and the answer where there is one. */
  record Outcome(Op op, JsonNode json) {}

  static Request submit(int seq, String key, Map<String, String> more, byte[] payload) {
    Map<String, String> headers = new HashMap<>(more);
    if (key != null) {
      headers.put("Idempotency-Key", key);
    }
    String path = Endpoint.FUNCTION + "/invocations";
    return new Request(Kind.SUBMIT, seq, key, 0, null, "POST", path, headers, payload);
  }

  static Request read(Callers.Known known) {
    return get(Kind.READ, known.seq(), 0, known.id(), "/v1/invocations/" + known.id());
  }

  static Request page(int walk, String query) {
    return get(Kind.LIST, 0, walk, null, Endpoint.FUNCTION + "/invocations?" + query);
  }

  private static Request get(Kind kind, int seq, int walk, String target, String path) {
    return new Request(kind, seq, null, walk, target, "GET", path, Map.of(), NOTHING);
  }

  static Request act(
      Kind kind, Callers.Known known, String verb, Map<String, String> headers, byte[] body) {
    String path = "/v1/invocations/" + known.id() + ":" + verb;
    return new Request(kind, known.seq(), null, 0, known.id(), "POST", path, headers, body);
  }

  /** Sends it to {@code endpoint} and writes down what came of it. */
  Outcome send(Endpoint endpoint, History history) throws InterruptedException {
    long start = System.nanoTime();
    Outcome outcome;
    try {
      Endpoint.Answer answer = endpoint.send(method, path, headers, body);
      long end = System.nanoTime();
      outcome = outcome(endpoint.node(), start, end, answer, history);
    } catch (IOException e) {
      Op none = op(endpoint.node(), start, System.nanoTime(), 0, false, List.of(), false, e + "");
      outcome = new Outcome(none, null);
    }
    history.add(outcome.op());
    return outcome;
  }

  private Outcome outcome(
      String node, long start, long end, Endpoint.Answer answer, History history)
      throws IOException {
    if (!answer.succeeded()) {
      boolean later = answer.headers().firstValue("Retry-After").isPresent();
      String why = answer.text();
      why = why.substring(0, Math.min(why.length(), ERROR_CHARS));
      return new Outcome(op(node, start, end, answer.code(), later, List.of(), false, why), null);
    }
    JsonNode json = answer.json();
    List<Seen> seen = new ArrayList<>();
    if (kind == Kind.LIST) {
      json.path("invocations").forEach(each -> seen.add(history.once(seen(each))));
    } else {
      seen.add(history.once(seen(json)));
    }
    boolean more = kind == Kind.LIST && json.hasNonNull("cursor");
    return new Outcome(op(node, start, end, answer.code(), false, seen, more, null), json);
  }

  private static Seen seen(JsonNode invocation) {
    return new Seen(
        invocation.path("id").asText(),
        invocation.path("status").asText(),
        invocation.path("attempts").asInt(Seen.UNTOLD));
  }

  private Op op(
      String node,
      long start,
      long end,
      int code,
      boolean retryAfter,
      List<Seen> seen,
      boolean more,
      String error) {
    return new Op(
        kind, node, start, end, seq, key, walk, target, code, retryAfter, seen, more, error);
  }
}
