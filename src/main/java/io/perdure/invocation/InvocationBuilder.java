package io.perdure.invocation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A mutable {@link Invocation}. For {@link Lifecycle}, the record codec and tests; one thread. */
public final class InvocationBuilder {
  /** Events kept of a long history: the first {@code HEAD} and the last {@code MAX - HEAD}. */
  static final int EVENTS_HEAD = 40;

  /** Most events kept. */
  public static final int EVENTS_MAX = 200;

  public InvocationId id;
  public long functionUid;
  public String account = "";
  public String namespace = "";
  public String function = "";
  public String qualifier = Invocation.LATEST;
  public String key;
  public Fingerprint fingerprint;
  public long submission;
  public String requestId;
  public Invocation.Origin origin = Invocation.Origin.NATIVE;
  public Invocation.Mode mode = Invocation.Mode.ASYNC;
  public boolean tracked = true;
  public int depth;
  public String traceparent;
  public Map<String, String> labels = Map.of();
  public Status status = Status.ENQUEUED;
  public String reason;
  public long acceptedAt;
  public long startedAt;
  public long endedAt;
  public long dueAt;
  public long attentionAt;
  public int attempts;
  public int failures;
  public int platformFailures;
  public long platformSince;
  public long epoch;
  public StopMode stop;
  public String instance;
  public String version;
  public long memoryBytes;
  public RunError error;
  public BodyRef payload = BodyRef.NONE;
  public BodyRef result = BodyRef.NONE;
  public BodyRef log = BodyRef.NONE;
  public InvocationId redriveOf;
  public Delivery delivery;
  public final List<Event> events;

  /** A new one, without id. */
  public InvocationBuilder() {
    events = new ArrayList<>(2);
  }

  InvocationBuilder(Invocation from) {
    id = from.id();
    functionUid = from.functionUid();
    account = from.account();
    namespace = from.namespace();
    function = from.function();
    qualifier = from.qualifier();
    key = from.key();
    fingerprint = from.fingerprint();
    submission = from.submission();
    requestId = from.requestId();
    origin = from.origin();
    mode = from.mode();
    tracked = from.tracked();
    depth = from.depth();
    traceparent = from.traceparent();
    labels = from.labels();
    status = from.status();
    reason = from.reason();
    acceptedAt = from.acceptedAt();
    startedAt = from.startedAt();
    endedAt = from.endedAt();
    dueAt = from.dueAt();
    attentionAt = from.attentionAt();
    attempts = from.attempts();
    failures = from.failures();
    platformFailures = from.platformFailures();
    platformSince = from.platformSince();
    epoch = from.epoch();
    stop = from.stop();
    instance = from.instance();
    version = from.version();
    memoryBytes = from.memoryBytes();
    error = from.error();
    payload = from.payload();
    result = from.result();
    log = from.log();
    redriveOf = from.redriveOf();
    delivery = from.delivery();
    events = new ArrayList<>(from.events().size() + 2);
    events.addAll(from.events());
  }

  /** Appends an event, never earlier than the one before; a very long history loses its middle. */
  public InvocationBuilder event(Event.Type type, long at, String detail) {
    return event(type, at, attempts, detail);
  }

  /** As {@link #event}, but of no attempt of the invocation. */
  InvocationBuilder eventOfDelivery(Event.Type type, long at, String detail) {
    return event(type, at, 0, detail);
  }

  private InvocationBuilder event(Event.Type type, long at, int attempt, String detail) {
    int size = events.size();
    int seq = size == 0 ? 1 : events.get(size - 1).seq() + 1;
    long notBefore = size == 0 ? at : Math.max(at, events.get(size - 1).at());
    if (size >= EVENTS_MAX) {
      events.remove(EVENTS_HEAD);
    }
    events.add(new Event(seq, type, notBefore, attempt, detail));
    return this;
  }

  /** The immutable value. */
  public Invocation build() {
    return new Invocation(
        id,
        functionUid,
        account,
        namespace,
        function,
        qualifier,
        key,
        fingerprint,
        submission,
        requestId,
        origin,
        mode,
        tracked,
        depth,
        traceparent,
        labels,
        status,
        reason,
        acceptedAt,
        startedAt,
        endedAt,
        dueAt,
        attentionAt,
        attempts,
        failures,
        platformFailures,
        platformSince,
        epoch,
        stop,
        instance,
        version,
        memoryBytes,
        error,
        payload,
        result,
        log,
        redriveOf,
        delivery,
        events);
  }
}
