package io.perdure.client;

import io.perdure.bus.Addresses;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.invocation.Function;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A function that a test serves itself. Settings first, then one of the methods that create it:
 * {@link #returns}, {@link #failsThenReturns}, {@link #serves}, {@link #never}.
 */
public final class TestFunction {
  private static final int FAILURE_CODE = 1;

  private final PerdureNode node;
  private final String name;
  private RetryPolicy retry = RetryPolicy.NONE;
  private RetentionPolicy retention = RetentionPolicy.DEFAULT;
  private int concurrency = Function.CONCURRENCY_DEFAULT;

  // A test moves the clock past an attempt that is just being answered: that is no time limit.
  private long timeoutMillis = Function.TIMEOUT_MILLIS_MAX;

  private long eventAgeMillis;

  TestFunction(PerdureNode node, String name) {
    this.node = node;
    this.name = name;
  }

  /** Attempts in all, and the pause before the second one; it doubles up to an hour. */
  public TestFunction retries(int maxAttempts, Duration backoff) {
    retry =
        RetryPolicy.of(maxAttempts, backoff.toMillis(), Math.max(backoff.toMillis(), 3_600_000L));
    return this;
  }

  /** How long ended invocations are kept, whatever their outcome. */
  public TestFunction keeps(Duration retentionTime) {
    retention = new RetentionPolicy(retentionTime.toMillis(), retentionTime.toMillis());
    return this;
  }

  /** Most attempts at once. */
  public TestFunction concurrency(int most) {
    concurrency = most;
    return this;
  }

  /** Time limit of an attempt, in the time of the node's clock; 24 h unless it is set. */
  public TestFunction timeout(Duration limit) {
    timeoutMillis = limit.toMillis();
    return this;
  }

  /** Longest wait from acceptance to the first start. */
  public TestFunction eventAge(Duration age) {
    eventAgeMillis = age.toMillis();
    return this;
  }

  /** Creates a function that always returns {@code result}. */
  public void returns(String result) {
    serves(payload -> Future.succeededFuture(Buffer.buffer(result)));
  }

  /** Creates a function that fails {@code failures} times and returns {@code result} after that. */
  public void failsThenReturns(int failures, String result) {
    AtomicInteger calls = new AtomicInteger();
    serves(
        payload ->
            calls.incrementAndGet() <= failures
                ? Future.failedFuture("failure " + calls.get())
                : Future.succeededFuture(Buffer.buffer(result)));
  }

  /** Creates a function that never answers. */
  public void never() {
    serves(payload -> Promise.<Buffer>promise().future());
  }

  /** Creates a function that answers what {@code handler} gives; a failed future is a failure. */
  public void serves(java.util.function.Function<Buffer, Future<Buffer>> handler) {
    String address = "perdure.fn.default." + name;
    var consumer = node.vertx().eventBus().<Buffer>consumer(address);
    consumer.handler(
        message ->
            handler
                .apply(message.body())
                .onSuccess(message::reply)
                .onFailure(e -> message.fail(FAILURE_CODE, e.getMessage())));
    PutFunction put =
        new PutFunction(
            node.account(),
            "default",
            name,
            Function.Flavour.NATIVE,
            null,
            new RuntimeSpec.EventBus(address),
            timeoutMillis,
            concurrency,
            retry,
            eventAgeMillis,
            retention,
            null,
            "test",
            0);
    PerdureNode.await(
        consumer.completion().compose(v -> node.bus().request(Addresses.PUT_FUNCTION, put)));
  }
}
