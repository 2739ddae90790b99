package io.perdure.router;

import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Direct;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Fingerprint;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Traceparent;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Checks submits and makes them ready for their shard. Pure but for the look-up of functions. */
final class Submits {
  /** Above this, hashing a payload would hold an event loop for more than about a millisecond. */
  static final int OFFLOAD_BYTES = 256 * 1024;

  static final int KEY_MAX = 256;
  static final int LABELS_MAX = 32;
  static final int LABEL_NAME_MAX = 63;
  static final int LABEL_VALUE_MAX = 256;
  static final int QUALIFIER_MAX = 128;
  static final int REQUEST_ID_MAX = 256;
  static final long DELAY_MILLIS_MAX = 365L * 86_400_000;

  private final Functions functions;
  private final RouterConfig config;

  Submits(Functions functions, RouterConfig config) {
    this.functions = functions;
    this.config = config;
  }

  /** The function, or a failure that says whether the namespace or the function is missing. */
  Function resolve(String account, String namespace, String name) {
    return functions
        .find(account, namespace, name)
        .orElseThrow(
            () ->
                new FailureException(
                    functions.hasNamespace(account, namespace)
                        ? new Failure.NotFound("function", name)
                        : new Failure.NotFound("namespace", namespace)));
  }

  /** The message for the shard; throws {@link FailureException} naming what is not allowed. */
  Submit prepare(SubmitRequest request, long now) {
    return prepare(request, false, now);
  }

  /**
   * As above.
   *
   * @param direct whether what is too large to be kept passes between its caller and its function
   */
  Submit prepare(SubmitRequest request, boolean direct, long now) {
    Function function = resolve(request.account(), request.namespace(), request.function());
    int most = direct ? directPayloadBytesMax() : config.payloadBytesMax();
    if (request.payload().length > most) {
      throw new FailureException(new Failure.TooLarge("payload", most));
    }
    check(
        !direct || request.mode() == Invocation.Mode.SYNC,
        "mode",
        "expected a call whose caller waits: what is not kept cannot be repeated");
    checkKey(request.key());
    checkLabels(request.labels());
    String qualifier = qualifier(function, request.qualifier());
    check(
        request.requestId() == null || printable(request.requestId(), REQUEST_ID_MAX),
        "requestId",
        "expected 1 to 256 printable ASCII characters");
    check(
        request.mode() == Invocation.Mode.ASYNC
            || (request.delayMillis() == 0 && request.dueAt() == 0),
        "delay",
        "expected none: who waits for an invocation cannot delay it");
    boolean kept = request.payload().length <= config.payloadBytesMax();
    Fingerprint fingerprint =
        request.key() == null && kept ? null : Fingerprint.of(request.payload());
    return new Submit(
        function.uid(),
        qualifier,
        request.key(),
        request.key() == null ? null : fingerprint,
        request.key() == null ? 0 : drawn(),
        request.requestId(),
        request.origin(),
        request.mode(),
        tracked(function, qualifier, request.tracked()),
        request.depth(),
        Traceparent.orNull(request.traceparent()),
        request.labels(),
        dueAt(request, now),
        null,
        direct ? new Direct(kept ? null : fingerprint) : null,
        request.payload());
  }

  /** Another one for each submit, never 0: who has the same key and the same number is the same. */
  private static long drawn() {
    return ThreadLocalRandom.current().nextLong() | 1;
  }

  /** Largest payload of a call that may pass it on directly. */
  int directPayloadBytesMax() {
    return Math.max(config.payloadBytesMax(), config.directPayloadBytesMax());
  }

  /** Whether preparing it takes long: a large payload has to be hashed. */
  boolean hashes(SubmitRequest request) {
    return request.payload().length > config.payloadBytesMax()
        || (request.key() != null && request.payload().length > OFFLOAD_BYTES);
  }

  /**
   * The message for a new invocation like one that has ended; throws {@link FailureException} when
   * it has not, or when its function or qualifier is gone.
   *
   * @param body its payload
   * @param requestId the surface's own id of this request, or null
   */
  Submit again(Body body, String requestId) {
    Invocation from = body.invocation();
    if (!from.status().terminal()) {
      throw new FailureException(
          new Failure.Conflict(
              "the invocation is " + from.status() + "; only one that has ended can be redriven"));
    }
    Function function = functions.byUid(from.functionUid());
    if (function == null) {
      throw new FailureException(new Failure.NotFound("function", from.function()));
    }
    return new Submit(
        from.functionUid(),
        qualifier(function, from.qualifier()),
        null,
        null,
        requestId,
        Invocation.Origin.REDRIVE,
        Invocation.Mode.ASYNC, // nobody waits for what is run again
        from.tracked(),
        from.depth(),
        from.traceparent(),
        from.labels(),
        0,
        from.id(),
        body.bytes());
  }

  /** Whether it is shown as a task: the clouds differ in what is the rule. */
  private boolean tracked(Function function, String qualifier, Boolean wish) {
    return switch (function.flavour()) {
      case NATIVE, SCF -> true;
      case FC2, FC3 ->
          Boolean.TRUE.equals(wish)
              || functions
                  .settings(function.uid(), qualifier)
                  .map(AsyncSettings::tracked)
                  .orElse(false);
    };
  }

  /**
   * The qualifier as records have it: the latest has one spelling.
   *
   * @param asked null for the latest
   */
  String qualifier(Function function, String asked) {
    if (Functions.isLatest(asked)) {
      return Invocation.LATEST;
    }
    check(
        printable(asked, QUALIFIER_MAX) && asked.indexOf(' ') < 0,
        "qualifier",
        "expected 1 to 128 printable ASCII characters without spaces");
    if (functions.resolve(function, asked, 0).isEmpty()) {
      throw new FailureException(new Failure.NotFound("qualifier", asked));
    }
    return asked;
  }

  /**
   * The answer for the caller: a key that was there before is fine when it came with the same
   * payload; with another one it is refused.
   */
  static Submitted checkReuse(Submit submit, Submitted answer) {
    Invocation first = answer.invocation();
    if (answer.created() || submit.fingerprint().equals(first.fingerprint())) {
      return answer;
    }
    throw new FailureException(
        new Failure.KeyReused(
            submit.key(),
            first.id(),
            "key '"
                + submit.key()
                + "' belongs to invocation "
                + first.id()
                + ", which was submitted with another payload (fingerprint "
                + first.fingerprint()
                + ", this one has "
                + submit.fingerprint()
                + ")"));
  }

  private static long dueAt(SubmitRequest request, long now) {
    long delay = request.delayMillis();
    check(
        delay >= 0 && delay <= DELAY_MILLIS_MAX,
        "delay",
        "expected a delay from 0 to 365 days, got " + delay + " ms");
    check(
        request.dueAt() >= 0 && request.dueAt() - now <= DELAY_MILLIS_MAX,
        "delay",
        "expected a time at most 365 days ahead");
    long dueAt = Math.max(delay == 0 ? 0 : now + delay, request.dueAt());
    return dueAt > now ? dueAt : 0;
  }

  private static void checkKey(String key) {
    boolean spaced = key != null && !key.isEmpty() && !key.equals(key.strip());
    check(
        key == null || (printable(key, KEY_MAX) && !spaced),
        "key",
        "expected 1 to 256 printable ASCII characters, no space at either end");
  }

  private static void checkLabels(Map<String, String> labels) {
    check(
        labels.size() <= LABELS_MAX,
        "labels",
        "expected at most " + LABELS_MAX + " labels, got " + labels.size());
    labels.forEach(
        (name, value) -> {
          check(
              labelName(name),
              "labels",
              "expected label names of 1 to 63 of A-Z a-z 0-9 . _ -, got " + quote(name));
          check(
              value != null && value.length() <= LABEL_VALUE_MAX && clean(value),
              "labels." + name,
              "expected text of at most 256 characters without control characters");
        });
  }

  private static boolean labelName(String name) {
    if (name.isEmpty() || name.length() > LABEL_NAME_MAX) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      boolean other = (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
      if (!letter && !other) {
        return false;
      }
    }
    return true;
  }

  private static boolean printable(String text, int max) {
    if (text.isEmpty() || text.length() > max) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  /** No control character and no half of a surrogate pair, which could not be stored as UTF-8. */
  private static boolean clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        return false;
      }
      if (Character.isHighSurrogate(c)) {
        if (i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      } else if (Character.isLowSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  /** For a message: short and without control characters. */
  private static String quote(String text) {
    String cut = text.length() > 80 ? text.substring(0, 80) + "..." : text;
    return "'" + cut.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  private static void check(boolean holds, String field, String expected) {
    if (!holds) {
      throw new FailureException(new Failure.Invalid(field, expected));
    }
  }
}
