package io.perdure.store;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Delivery;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Destination.Target;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Destination.ToFunction;
import io.perdure.invocation.Destination.ToWebhook;
import io.perdure.invocation.Event;
import io.perdure.invocation.Fingerprint;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Invocations with any combination of fields, likely ones and far-fetched ones. */
final class RandomInvocations {
  static final long NOW = 1_790_000_000_000L;
  static final int BUCKET = BodyRef.bucketUntil(NOW);

  private static final String[] ALPHABETS = {"abc-XYZ_09", "äöüß", "日本語", "😀🚀", "\u0000\n\t\\\""};

  private final RandomGenerator random;
  private final InvocationId.Minter minter;

  RandomInvocations(int shard, RandomGenerator random) {
    this.random = random;
    minter = new InvocationId.Minter(shard, random);
  }

  /** A new one of a few functions, with every field chosen at random. */
  InvocationBuilder next() {
    InvocationBuilder next = new InvocationBuilder();
    next.id = minter.next(NOW + random.nextInt(1000));
    next.functionUid = 1L + random.nextInt(3);
    next.account = text(20);
    next.namespace = text(20);
    next.function = text(60);
    next.qualifier = random.nextBoolean() ? Invocation.LATEST : text(10);
    next.key = random.nextBoolean() ? null : next.id + text(20);
    next.submission = random.nextBoolean() ? 0 : random.nextLong();
    next.fingerprint =
        next.key == null ? null : new Fingerprint(random.nextLong(), random.nextLong());
    next.requestId = maybe(40);
    next.origin = any(Invocation.Origin.values());
    next.mode = any(Invocation.Mode.values());
    next.tracked = random.nextBoolean();
    next.depth = random.nextInt(3);
    next.traceparent = maybe(55);
    next.labels = labels();
    next.acceptedAt = next.id.millis();
    next.redriveOf = random.nextBoolean() ? null : new InvocationId(random.nextLong(), 1);
    next.payload = perhapsUnkept();
    change(next);
    return next;
  }

  /** Changes whatever may change in the life of an invocation. */
  void change(InvocationBuilder next) {
    next.status = any(Status.values());
    next.reason = maybe(100);
    next.startedAt = time();
    next.endedAt = next.status.terminal() ? NOW + random.nextInt(100_000) : time();
    next.dueAt = time();
    next.attentionAt = random.nextInt(4) == 0 ? Long.MAX_VALUE : NOW + random.nextInt(1000);
    next.attempts = random.nextInt(5) == 0 ? random.nextInt() >>> 1 : random.nextInt(3);
    next.failures = random.nextInt(3);
    next.platformFailures = random.nextInt(3);
    next.platformSince = time();
    next.version = random.nextBoolean() ? null : Integer.toString(random.nextInt(1000));
    next.memoryBytes = random.nextBoolean() ? 0 : random.nextInt(1 << 30);
    next.epoch = random.nextInt(2);
    next.stop = random.nextBoolean() ? null : any(StopMode.values());
    next.instance = maybe(30);
    next.error =
        random.nextBoolean()
            ? null
            : new RunError(any(RunError.Kind.values()), text(20), text(300), random.nextBoolean());
    next.result = perhapsUnkept();
    next.log = body();
    next.delivery = random.nextBoolean() ? null : delivery();
    for (int i = random.nextInt(4); i > 0; i--) {
      next.event(any(Event.Type.values()), NOW + random.nextLong(100_000), text(50));
    }
  }

  /** A text of up to {@code longest} characters. */
  String text(int longest) {
    String alphabet = ALPHABETS[random.nextInt(3) == 0 ? random.nextInt(ALPHABETS.length) : 0];
    int[] points = alphabet.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(longest + 1); i > 0; i--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }

  private String maybe(int longest) {
    return random.nextBoolean() ? null : text(longest);
  }

  private long time() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextLong() >>> 1;
      default -> NOW + random.nextInt(100_000);
    };
  }

  private Delivery delivery() {
    String text = text(40);
    Target target =
        switch (random.nextInt(4)) {
          case 0 -> new ToFunction(text(10), text(10), random.nextBoolean() ? null : "1");
          case 1 -> new ToWebhook(text);
          case 2 -> new ToWebhook("http://" + text(20));
          default -> new ToAddress(text(20));
        };
    return new Delivery(
        new Destination(text, target),
        any(Delivery.State.values()),
        random.nextInt(5),
        time(),
        maybe(100),
        time(),
        time());
  }

  private BodyRef body() {
    return random.nextBoolean()
        ? BodyRef.NONE
        : new BodyRef(1 + random.nextInt(2000), BUCKET + random.nextInt(100));
  }

  private BodyRef perhapsUnkept() {
    return random.nextInt(8) > 0
        ? body()
        : BodyRef.unkept(
            1 + random.nextInt(2000), new Fingerprint(random.nextLong(), random.nextLong()));
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new HashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      labels.put(text(10), text(20));
    }
    return labels;
  }

  <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
