package io.perdure.router;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.ClientMessages.ClientAwait;
import io.perdure.bus.ClientMessages.ClientGet;
import io.perdure.bus.ClientMessages.ClientGetBody;
import io.perdure.bus.ClientMessages.ClientInvoke;
import io.perdure.bus.ClientMessages.ClientInvoked;
import io.perdure.bus.ClientMessages.ClientList;
import io.perdure.bus.ClientMessages.ClientStop;
import io.perdure.bus.ClientMessages.ClientSubmit;
import io.perdure.bus.ClientMessages.Listed;
import io.perdure.bus.Criteria;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Found;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Serves event-bus clients through the {@link Router}. Thread: event loop. */
public final class ClientVerticle extends VerticleBase {
  private static final String BY = "event-bus client";

  private final Bus bus;
  private final Router router;
  private final String defaultAccount;

  /**
   * Serves the client addresses.
   *
   * @param defaultAccount id of the account of clients that name none
   */
  public ClientVerticle(Bus bus, Router router, String defaultAccount) {
    this.bus = bus;
    this.router = router;
    this.defaultAccount = defaultAccount;
  }

  @Override
  public Future<?> start() {
    return Future.all(
        List.of(
            bus.serve(Addresses.CLIENT_SUBMIT, this::submit),
            bus.serve(Addresses.CLIENT_GET, this::get),
            bus.serve(Addresses.CLIENT_AWAIT, this::await),
            bus.serve(Addresses.CLIENT_GET_BODY, this::body),
            bus.serve(Addresses.CLIENT_STOP, this::stop),
            bus.serve(Addresses.CLIENT_LIST, this::list),
            bus.serve(Addresses.CLIENT_INVOKE, this::invoke),
            new ClientFunctions(bus, router, this::account).serve()));
  }

  private Future<Submitted> submit(ClientSubmit asked) {
    return router.submit(request(asked));
  }

  private SubmitRequest request(ClientSubmit asked) {
    return new SubmitRequest(
        account(asked.account()),
        asked.namespace(),
        asked.function(),
        asked.qualifier(),
        asked.key(),
        asked.delayMillis(),
        0,
        asked.labels() == null ? Map.of() : asked.labels(),
        asked.traceparent(),
        Invocation.Origin.BUS,
        Invocation.Mode.ASYNC,
        null,
        asked.payload() == null ? new byte[0] : asked.payload());
  }

  private Future<ClientInvoked> invoke(ClientInvoke asked) {
    SubmitRequest request = request(asked.submit());
    Function function = router.function(request.account(), request.namespace(), request.function());
    long worst = Router.worstCaseMillis(function, Router.INVOKE_WAIT_MILLIS_MAX);
    long wait = asked.waitMillis() <= 0 ? worst : asked.waitMillis();
    return router
        .invoke(request, Math.min(wait, Router.INVOKE_WAIT_MILLIS_MAX), asked.withLog())
        .map(
            done ->
                new ClientInvoked(done.invocation(), done.created(), done.result(), done.log()));
  }

  private Future<Found> get(ClientGet asked) {
    return router.get(account(asked.account()), asked.id()).map(Found::new);
  }

  private Future<Found> await(ClientAwait asked) {
    return router
        .await(
            account(asked.account()),
            asked.id(),
            asked.afterSeq(),
            asked.terminal(),
            asked.waitMillis())
        .map(Found::new);
  }

  private Future<Body> body(ClientGetBody asked) {
    return router.body(account(asked.account()), asked.id(), asked.part());
  }

  private Future<Found> stop(ClientStop asked) {
    return router
        .stop(account(asked.account()), asked.id(), asked.mode(), asked.graceMillis(), BY)
        .map(Found::new);
  }

  private Future<Listed> list(ClientList asked) {
    InvocationQuery query =
        new InvocationQuery(
            account(asked.account()),
            asked.namespace(),
            asked.function(),
            Criteria.ANY
                .withStatuses(statuses(asked.statuses()))
                .withLabels(asked.labels() == null ? Map.of() : asked.labels())
                .acceptedWithin(asked.from(), asked.to()));
    return router
        .list(query, asked.descending(), asked.limit(), asked.cursor())
        .map(page -> new Listed(page.invocations(), page.cursor()));
  }

  private String account(String named) {
    return named == null ? defaultAccount : named;
  }

  /** Names, so that a client of another version can be told which one is unknown. */
  private static Set<Status> statuses(List<String> names) {
    Set<Status> statuses = EnumSet.noneOf(Status.class);
    for (String name : names == null ? List.<String>of() : names) {
      try {
        statuses.add(Status.valueOf(name));
      } catch (IllegalArgumentException e) {
        throw new FailureException(
            new Failure.Invalid(
                "statuses", "expected some of " + Arrays.toString(Status.values())));
      }
    }
    return statuses;
  }
}
