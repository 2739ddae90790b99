package io.perdure.client;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ClientMessages.ClientAwait;
import io.perdure.bus.ClientMessages.ClientGet;
import io.perdure.bus.ClientMessages.ClientGetBody;
import io.perdure.bus.ClientMessages.ClientInvoke;
import io.perdure.bus.ClientMessages.ClientList;
import io.perdure.bus.ClientMessages.ClientStop;
import io.perdure.bus.ClientMessages.ClientSubmit;
import io.perdure.bus.Message;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Event;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Submits invocations to a Perdure node over the event bus, and asks what became of them: from a
 * verticle in the node's own JVM or anywhere in the same Vert.x cluster. Every future fails with
 * {@link FailureException} when it is refused. Thread-safe.
 *
 * <p>In a cluster the nodes are asked in turn. When one has died that was asked, a question is
 * asked again, and so is a submit with a key. A submit without a key fails as unavailable then:
 * whether it was accepted is not known.
 *
 * <pre>{@code
 * PerdureClient perdure = PerdureClient.create(vertx);
 * perdure.submit(Submission.of("resize").withKey("cat-7"), Buffer.buffer("..."))
 *     .compose(accepted -> perdure.await(accepted.id()))
 *     .compose(ended -> perdure.result(ended.id()));
 * }</pre>
 */
public final class PerdureClient {
  /** Longest wait of one question; a longer wait is asked again. */
  private static final long HOP_MILLIS = 20_000;

  private final Vertx vertx;
  private final Bus bus;
  private final String account;

  private PerdureClient(Vertx vertx, Bus bus, String account) {
    this.vertx = vertx;
    this.bus = bus;
    this.account = account;
  }

  /** A client of the account that the node names first in its accounts file. */
  public static PerdureClient create(Vertx vertx) {
    return new PerdureClient(vertx, Bus.install(vertx), null);
  }

  /** The same for another account. */
  public PerdureClient withAccount(String accountId) {
    return new PerdureClient(vertx, bus, Objects.requireNonNull(accountId));
  }

  /**
   * Submits to a function in namespace {@code default}; see {@link #submit(Submission, Buffer)}.
   */
  public Future<Invocation> submit(String function, Buffer payload) {
    return submit(Submission.of(function), payload);
  }

  /**
   * Submits. The future completes once the invocation is on disk, with its first state, or, when
   * the key is known and the payload the same, with the state of the first one.
   */
  public Future<Invocation> submit(Submission submission, Buffer payload) {
    return bus.request(Addresses.CLIENT_SUBMIT, message(submission, payload))
        .map(Submitted::invocation);
  }

  private ClientSubmit message(Submission submission, Buffer payload) {
    return new ClientSubmit(
        account,
        submission.namespace(),
        submission.function(),
        submission.qualifier(),
        submission.key(),
        submission.delay().toMillis(),
        submission.labels(),
        submission.traceparent(),
        payload.getBytes());
  }

  /** Functions of namespace {@code default}: to make, show and remove them, and their code. */
  public Functions functions() {
    return new Functions(vertx, bus, account, "default");
  }

  /**
   * Invokes a function in namespace {@code default} and waits however long it takes; see {@link
   * #invoke(Submission, Buffer, Duration)}.
   */
  public Future<Invoked> invoke(String function, Buffer payload) {
    return invoke(Submission.of(function), payload, Duration.ZERO);
  }

  /**
   * Submits and waits for the end. The future also completes, with the state as it is by then, when
   * that does not come in time: what was accepted goes on and can be awaited by its id.
   *
   * @param atMost longest wait; zero for however long it takes
   */
  public Future<Invoked> invoke(Submission submission, Buffer payload, Duration atMost) {
    boolean patient = atMost.isZero();
    // One question for what is quick; a longer wait is asked again, so that a lost node is noticed.
    long wait = patient ? HOP_MILLIS : Math.min(atMost.toMillis(), HOP_MILLIS);
    ClientInvoke message = new ClientInvoke(message(submission, payload), wait, true);
    return request(Addresses.CLIENT_INVOKE, message, wait)
        .compose(
            done -> {
              Invocation now = done.invocation();
              if (now.status().terminal()) {
                return Future.succeededFuture(
                    new Invoked(now, Buffer.buffer(done.result()), Buffer.buffer(done.log())));
              }
              return (patient ? await(now.id()) : await(now.id(), atMost.minusMillis(wait)))
                  .compose(this::withBodies);
            });
  }

  private Future<Invoked> withBodies(Invocation now) {
    if (!now.status().terminal()) {
      return Future.succeededFuture(new Invoked(now, Buffer.buffer(), Buffer.buffer()));
    }
    Future<Buffer> result = result(now.id());
    Future<Buffer> log = log(now.id());
    return Future.all(result, log).map(both -> new Invoked(now, result.result(), log.result()));
  }

  /** The state as it is now. */
  public Future<Invocation> get(InvocationId id) {
    return bus.request(Addresses.CLIENT_GET, new ClientGet(account, id)).map(Found::invocation);
  }

  /** The state once it has ended, however long that takes. */
  public Future<Invocation> await(InvocationId id) {
    return ask(id, 0, true, HOP_MILLIS)
        .compose(now -> now.status().terminal() ? Future.succeededFuture(now) : await(id));
  }

  /** The state once it has ended, or as it is after {@code atMost}. */
  public Future<Invocation> await(InvocationId id, Duration atMost) {
    long wait = Math.min(atMost.toMillis(), HOP_MILLIS);
    Duration rest = atMost.minusMillis(wait);
    return ask(id, 0, true, wait)
        .compose(
            now ->
                now.status().terminal() || rest.isZero() || rest.isNegative()
                    ? Future.succeededFuture(now)
                    : await(id, rest));
  }

  /**
   * Hands every event to {@code listener}, those so far first, each once and in order. Completes
   * with the last state once the invocation has ended.
   */
  public Future<Invocation> watch(InvocationId id, Consumer<Event> listener) {
    return get(id).compose(now -> told(now, 0, listener));
  }

  private Future<Invocation> told(Invocation now, int afterSeq, Consumer<Event> listener) {
    for (Event event : now.events()) {
      if (event.seq() > afterSeq) {
        listener.accept(event);
      }
    }
    if (now.status().terminal()) {
      return Future.succeededFuture(now);
    }
    int last = now.lastSeq();
    return ask(now.id(), last, false, HOP_MILLIS).compose(later -> told(later, last, listener));
  }

  /** Asks for a stop. Completes when the decision is on disk. */
  public Future<Invocation> stop(InvocationId id, StopMode mode, Duration grace) {
    return bus.request(Addresses.CLIENT_STOP, new ClientStop(account, id, mode, grace.toMillis()))
        .map(Found::invocation);
  }

  /** What it was submitted with. */
  public Future<Buffer> payload(InvocationId id) {
    return body(id, Part.PAYLOAD);
  }

  /** What it returned; empty while it has not. */
  public Future<Buffer> result(InvocationId id) {
    return body(id, Part.RESULT);
  }

  /** What its latest attempt logged. */
  public Future<Buffer> log(InvocationId id) {
    return body(id, Part.LOG);
  }

  /**
   * A page.
   *
   * @param invocations in order
   * @param cursor for {@link Query#after}, null on the last page
   */
  public record Page(List<Invocation> invocations, String cursor) {}

  /** A page of invocations. */
  public Future<Page> list(Query query) {
    ClientList message =
        new ClientList(
            account,
            query.namespace(),
            query.function(),
            query.statuses().stream().map(Status::name).sorted().toList(),
            query.labels(),
            millis(query.from(), 0),
            millis(query.to(), Long.MAX_VALUE),
            query.newestFirst(),
            query.limit(),
            query.cursor());
    return bus.request(Addresses.CLIENT_LIST, message)
        .map(listed -> new Page(listed.invocations(), listed.cursor()));
  }

  private Future<Buffer> body(InvocationId id, Part part) {
    return bus.request(Addresses.CLIENT_GET_BODY, new ClientGetBody(account, id, part))
        .map(Body::bytes)
        .map(Buffer::buffer);
  }

  private Future<Invocation> ask(InvocationId id, int afterSeq, boolean terminal, long wait) {
    return request(
            Addresses.CLIENT_AWAIT, new ClientAwait(account, id, afterSeq, terminal, wait), wait)
        .map(Found::invocation);
  }

  private <Q extends Message, R extends Message> Future<R> request(
      Address<Q, R> to, Q message, long wait) {
    return bus.request(to, message, wait + Bus.TIMEOUT_MILLIS);
  }

  private static long millis(Instant instant, long absent) {
    return instant == null ? absent : instant.toEpochMilli();
  }
}
