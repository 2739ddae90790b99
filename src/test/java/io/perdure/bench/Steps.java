package io.perdure.bench;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.Status;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Changes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a node writes for an invocation of a function that succeeds at once: its creation and its
 * completion, moved to any time and id. Not thread-safe.
 */
final class Steps {
  /** Bodies outlive the retention by this much, as the shard plans it. */
  private static final long SLACK_MILLIS = 4 * BodyRef.BUCKET_MILLIS;

  private static final int NOISE_BYTES = 1 << 22;
  private static final int STRIDE = 7919; // a prime: neighbours share little

  private final Invocation ended;
  private final byte[] noise = new byte[NOISE_BYTES];
  private int at;

  /**
   * Steps like those of {@code ended}.
   *
   * @param ended one that succeeded, as its node wrote it
   */
  Steps(Invocation ended) {
    if (ended.status() != Status.SUCCEEDED) {
      throw new IllegalArgumentException(ended.id() + " has not succeeded");
    }
    if (!ended.log().isEmpty()) {
      throw new IllegalArgumentException(ended.id() + " has a log, which is not made again");
    }
    this.ended = ended;
    new Random(ended.id().low()).nextBytes(noise);
  }

  /** Like those of a function of the native API, without a node that made one. */
  static Steps of(int payloadBytes, int resultBytes) {
    long now = System.currentTimeMillis();
    InvocationBuilder next = new InvocationBuilder();
    next.id = new InvocationId.Minter(0, new Random(1)).next(now);
    next.functionUid = 1_000_000_007L;
    next.account = "1000000000000001";
    next.namespace = "default";
    next.function = "echo";
    next.status = Status.SUCCEEDED;
    next.acceptedAt = now;
    next.startedAt = now + 1;
    next.endedAt = now + 2;
    next.attentionAt = next.endedAt + RetentionPolicy.DEFAULT.succeededMillis();
    next.attempts = 1;
    next.epoch = 1;
    next.instance = "perdure.fn.default.echo";
    next.payload = new BodyRef(payloadBytes, bucket(next.attentionAt));
    next.result = new BodyRef(resultBytes, bucket(next.attentionAt));
    next.event(Event.Type.ENQUEUED, next.acceptedAt, "");
    next.event(Event.Type.RUNNING, next.startedAt, "");
    next.event(Event.Type.SUCCEEDED, next.endedAt, "");
    return new Steps(next.build());
  }

  /** Milliseconds from acceptance to the end of the retention. */
  long keptMillis() {
    return ended.attentionAt() - ended.acceptedAt();
  }

  /** The invocation as accepted at {@code millis}: record, index entries and payload. */
  void create(InvocationId id, long millis, Batch batch) {
    Invocation next = created(id, millis);
    body(Family.PAYLOAD, next, next.payload(), batch);
    Changes.apply(null, next, batch);
  }

  /** What turns that into one that has succeeded: what differs, and the result. */
  void complete(InvocationId id, long millis, Batch batch) {
    Invocation next = completed(id, millis);
    body(Family.RESULT, next, next.result(), batch);
    Changes.apply(created(id, millis), next, batch);
  }

  /** Both at once, as it is found long after. */
  Invocation whole(InvocationId id, long millis, Batch batch) {
    Invocation next = completed(id, millis);
    body(Family.PAYLOAD, next, next.payload(), batch);
    body(Family.RESULT, next, next.result(), batch);
    Changes.apply(null, next, batch);
    return next;
  }

  private Invocation created(InvocationId id, long millis) {
    InvocationBuilder next = ended.edit();
    next.id = id;
    next.status = Status.ENQUEUED;
    next.acceptedAt = millis;
    next.startedAt = 0;
    next.endedAt = 0;
    next.dueAt = millis;
    next.attentionAt = millis + keptMillis();
    next.attempts = 0;
    next.epoch = 0;
    next.instance = null;
    next.version = null;
    next.memoryBytes = 0;
    next.payload = ref(ended.payload(), millis);
    next.result = BodyRef.NONE;
    next.events.clear();
    next.event(Event.Type.ENQUEUED, millis, "");
    return next.build();
  }

  private Invocation completed(InvocationId id, long millis) {
    long later = millis - ended.acceptedAt();
    InvocationBuilder next = ended.edit();
    next.id = id;
    next.acceptedAt += later;
    next.startedAt += later;
    next.endedAt += later;
    next.attentionAt += later;
    next.payload = ref(ended.payload(), millis);
    next.result = ref(ended.result(), millis);
    List<Event> events = new ArrayList<>(next.events);
    next.events.clear();
    for (Event event : events) {
      next.events.add(
          new Event(
              event.seq(), event.type(), event.at() + later, event.attempt(), event.detail()));
    }
    return next.build();
  }

  private BodyRef ref(BodyRef body, long millis) {
    return body.isEmpty() ? body : new BodyRef(body.bytes(), bucket(millis + keptMillis()));
  }

  private static int bucket(long untilMillis) {
    return BodyRef.bucketUntil(untilMillis + SLACK_MILLIS);
  }

  private void body(Family family, Invocation of, BodyRef ref, Batch batch) {
    byte[] bytes = new byte[ref.bytes()];
    at = (at + STRIDE) % (NOISE_BYTES - bytes.length);
    System.arraycopy(noise, at, bytes, 0, bytes.length);
    Changes.body(family, of.id(), ref, bytes, batch);
  }
}
