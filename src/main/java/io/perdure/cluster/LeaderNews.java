package io.perdure.cluster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells the other nodes what this one leads, at once when that changes and once a second, and takes
 * in what they tell. Thread: the context that starts it.
 */
public final class LeaderNews {
  private static final String TOPIC = "perdure.cluster.leads";
  private static final long PAUSE_MILLIS = 1_000;

  private final Vertx vertx;
  private final Leaders leaders;
  private final PeerCalls calls;
  private Context context;
  private long timer = -1;
  private boolean closed;

  /** For the node of {@code leaders}. */
  public LeaderNews(Vertx vertx, Leaders leaders) {
    this.vertx = vertx;
    this.leaders = leaders;
    calls = new PeerCalls(vertx);
  }

  /** Completes when it hears the others. */
  public Future<Void> start() {
    context = vertx.getOrCreateContext();
    leaders.onOwn(() -> context.runOnContext(v -> tell()));
    timer = vertx.setPeriodic(PAUSE_MILLIS, id -> tell());
    return calls.hear(TOPIC, this::heard).onSuccess(v -> tell());
  }

  private void tell() {
    if (closed) {
      return;
    }
    JsonObject leads = new JsonObject();
    leaders.own().forEach((group, term) -> leads.put(Integer.toString(group), term));
    calls.tell(TOPIC, new JsonObject().put("node", leaders.self()).put("leads", leads));
  }

  private void heard(JsonObject news) {
    Map<Integer, Long> leads = new HashMap<>();
    news.getJsonObject("leads")
        .forEach(entry -> leads.put(Integer.valueOf(entry.getKey()), longOf(entry.getValue())));
    leaders.told(news.getString("node"), leads);
  }

  private static long longOf(Object number) {
    return ((Number) number).longValue();
  }

  /** Tells and hears no more. */
  public Future<Void> close() {
    closed = true;
    vertx.cancelTimer(timer);
    return calls.close();
  }
}
