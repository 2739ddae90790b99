package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Page;
import io.perdure.api.fc.wire.Paging;
import io.perdure.api.fc.wire.Props;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.AsyncBefore;
import io.perdure.bus.RegistryMessages.AsyncListed;
import io.perdure.bus.RegistryMessages.AsyncPut;
import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.ListAsync;
import io.perdure.bus.RegistryMessages.PutAsync;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RunError;
import io.perdure.router.Revisions;
import io.perdure.router.Router;
import io.perdure.router.Walk;
import io.perdure.time.Rfc3339;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Settings of asynchronous invocations by function and qualifier (spec alibaba-fc, 8.1). What was
 * never given is shown as it holds: the function's own.
 */
public final class AsyncConfigOperations {
  /** Most retries of what a function failed. */
  static final int RETRIES_MAX = 8;

  private static final long AGE_SECONDS_MAX = 604_800;
  private static final long BACKOFF_MILLIS = 500;
  private static final long BACKOFF_MILLIS_MAX = 60_000;

  private static final String RETRIES = "maxAsyncRetryAttempts";
  private static final String AGE = "maxAsyncEventAgeInSeconds";
  private static final String DESTINATIONS = "destinationConfig";
  private static final String ON_SUCCESS = "onSuccess";
  private static final String ON_FAILURE = "onFailure";
  private static final String DESTINATION = "destination";

  private final Bus bus;
  private final Router router;

  /** Operations over {@code bus} on the functions that {@code router} finds. */
  public AsyncConfigOperations(Bus bus, Router router) {
    this.bus = bus;
    this.router = router;
  }

  /** All of them. */
  public Stream<Operation> all() {
    Set<Generation> v3 = Set.of(Generation.V3);
    Set<Generation> older = Set.of(Generation.V1, Generation.V2);
    String inService = " /services/{serviceName}/functions/{functionName}/async-invoke-config";
    String alone = " /functions/{functionName}/async-invoke-config";
    return Stream.of(
        Operation.of("PutFunctionAsyncInvokeConfig", "PUT" + inService, older, this::put),
        Operation.of("GetFunctionAsyncInvokeConfig", "GET" + inService, older, this::get),
        Operation.of("DeleteFunctionAsyncInvokeConfig", "DELETE" + inService, older, this::delete),
        Operation.of("ListFunctionAsyncInvokeConfigs", "GET" + inService + "s", older, this::list),
        Operation.of("PutAsyncInvokeConfig", "PUT" + alone, v3, this::put),
        Operation.of("GetAsyncInvokeConfig", "GET" + alone, v3, this::get),
        Operation.of("DeleteAsyncInvokeConfig", "DELETE" + alone, v3, this::delete),
        Operation.of("ListAsyncInvokeConfigs", "GET /async-invoke-configs", v3, this::list));
  }

  /**
   * The policy that repeats what the function failed {@code retries} times (spec alibaba-fc, 7.2).
   */
  static RetryPolicy policy(int retries) {
    return new RetryPolicy(
        retries + 1, BACKOFF_MILLIS, BACKOFF_MILLIS_MAX, 0.0, EnumSet.allOf(RunError.Kind.class));
  }

  /** What is not given stays as it is by then. */
  private Future<FcReply> put(FcCall call) {
    Function function = function(call);
    Given given = Given.read(call);
    return Revisions.onLatest(
            () ->
                find(call)
                    .compose(
                        now -> {
                          AsyncSettings before = now.map(AsyncSet::settings).orElse(null);
                          return put(call, given.over(before), new AsyncBefore(before));
                        }))
        .recover(Codes.on(Failure.Kind.PRECONDITION, Codes::concurrentUpdate))
        .map(done -> FcReply.json(json -> write(json, call, function, done.set())));
  }

  private Future<AsyncPut> put(FcCall call, AsyncSettings settings, AsyncBefore before) {
    Target target = call.target();
    return bus.request(
        Addresses.PUT_ASYNC,
        new PutAsync(
            call.account().id(),
            target.namespace(),
            target.function(),
            target.shownQualifier(),
            settings,
            before));
  }

  /** Fails as not found, saying whether it is the service, the function or the qualifier. */
  private Function function(FcCall call) {
    Target target = call.target();
    return router.version(
        call.account().id(), target.namespace(), target.function(), target.qualifier());
  }

  private Future<FcReply> get(FcCall call) {
    Function function = function(call);
    return find(call)
        .map(found -> found.orElseThrow(() -> missing(call)))
        .map(found -> FcReply.json(json -> write(json, call, function, found)));
  }

  private static FcError missing(FcCall call) {
    Target target = call.target();
    return FcError.notFound(
        "AsyncConfigNotExists",
        "async config of function '"
            + target.function()
            + "' and qualifier '"
            + target.shownQualifier()
            + "' does not exist");
  }

  /** Goes through those of the function: there is at most one for each version and alias. */
  private Future<Optional<AsyncSet>> find(FcCall call) {
    Target target = call.target();
    String qualifier = target.shownQualifier();
    return new Walk<>(
            after ->
                bus.request(
                    Addresses.LIST_ASYNC,
                    new ListAsync(
                        call.account().id(),
                        target.namespace(),
                        target.function(),
                        after,
                        Walk.PAGE)),
            AsyncListed::found,
            AsyncListed::more,
            AsyncConfigOperations::position)
        .all()
        .map(all -> all.stream().filter(set -> set.qualifier().equals(qualifier)).findFirst());
  }

  private static String position(AsyncSet set) {
    return set.function() + "/" + set.qualifier();
  }

  private Future<FcReply> delete(FcCall call) {
    function(call);
    return put(call, null, null)
        .recover(Codes.on(Failure.Kind.NOT_FOUND, why -> missing(call)))
        .map(done -> FcReply.NO_CONTENT);
  }

  /** Of the function of the path; without one of all, or of the one that a parameter names. */
  private Future<FcReply> list(FcCall call) {
    Target target = call.target();
    String function =
        target.function() == null ? call.query().text(FcCall.FUNCTION) : target.function();
    if (function != null) {
      router.function(call.account().id(), target.namespace(), function);
    }
    Paging paging = Paging.of(call.query());
    return bus.request(
            Addresses.LIST_ASYNC,
            new ListAsync(
                call.account().id(), target.namespace(), function, paging.after(), paging.limit()))
        .map(found -> listed(call, target.namespace(), found));
  }

  private FcReply listed(FcCall call, String namespace, AsyncListed found) {
    Page<AsyncSet> page = Page.of(found.found(), found.more(), AsyncConfigOperations::position);
    List<Shown> shown = new ArrayList<>();
    for (AsyncSet set : page.items()) {
      router
          .find(call.account().id(), namespace, set.function())
          // else it has been deleted meanwhile, with its settings
          .ifPresent(function -> shown.add(new Shown(function, set)));
    }
    return new Page<>(shown, page.nextToken())
        .reply("configs", (json, each) -> write(json, call, each.function(), each.set()));
  }

  private record Shown(Function function, AsyncSet set) {}

  private static void write(JsonGenerator json, FcCall call, Function function, AsyncSet set)
      throws IOException {
    if (call.generation().hasServices()) {
      json.writeStringField("service", function.namespace());
      json.writeStringField("function", function.name());
      json.writeStringField("qualifier", set.qualifier());
    } else {
      json.writeStringField("functionArn", Arns.of(call, function) + suffix(set.qualifier()));
    }
    json.writeStringField("createdTime", Rfc3339.formatSeconds(set.createdAt()));
    json.writeStringField("lastModifiedTime", Rfc3339.formatSeconds(set.modifiedAt()));
    AsyncSettings settings = set.settings();
    Function laid = settings.over(function);
    json.writeBooleanField(Given.tracked(call), Boolean.TRUE.equals(settings.tracked()));
    json.writeNumberField(RETRIES, laid.retry().maxAttempts() - 1);
    json.writeNumberField(AGE, laid.eventAgeMillis() / 1_000);
    json.writeObjectFieldStart(DESTINATIONS);
    write(json, ON_SUCCESS, settings.onSuccess());
    write(json, ON_FAILURE, settings.onFailure());
    json.writeEndObject();
  }

  /** One that is not the latest's tells whose it is, as lists have those of all qualifiers. */
  private static String suffix(String qualifier) {
    return Functions.isLatest(qualifier) ? "" : "/" + qualifier;
  }

  private static void write(JsonGenerator json, String name, Destination destination)
      throws IOException {
    if (destination != null) {
      json.writeObjectFieldStart(name);
      json.writeStringField(DESTINATION, destination.text());
      json.writeEndObject();
    }
  }

  /** A destination that was given; null to remove what is there. */
  private record Chosen(Destination destination) {}

  /** What a body has; null where it lacks something. */
  private record Given(
      Boolean tracked, Long retries, Long ageSeconds, Chosen onSuccess, Chosen onFailure) {

    static Given read(FcCall call) {
      Props body = call.body();
      Props destinations = body.object(DESTINATIONS);
      return new Given(
          body.flag(tracked(call)),
          body.number(RETRIES, 0, RETRIES_MAX),
          body.number(AGE, 1, AGE_SECONDS_MAX),
          destination(call, destinations, ON_SUCCESS),
          destination(call, destinations, ON_FAILURE));
    }

    /** Two names for task mode. */
    static String tracked(FcCall call) {
      return call.generation().hasServices() ? "statefulInvocation" : "asyncTask";
    }

    private static Chosen destination(FcCall call, Props all, String name) {
      Props one = all == null ? null : all.object(name);
      String text = one == null ? null : one.text(DESTINATION);
      if (text == null) {
        return null;
      }
      return new Chosen(
          text.isEmpty() ? null : Destinations.parse(call, one.path(DESTINATION), text));
    }

    /**
     * The settings with what was given.
     *
     * @param now null for none
     */
    AsyncSettings over(AsyncSettings now) {
      AsyncSettings base =
          now == null ? new AsyncSettings(null, null, null, null, null, null, "") : now;
      return new AsyncSettings(
          retries == null ? base.retry() : policy(retries.intValue()),
          ageSeconds == null ? base.eventAgeMillis() : Long.valueOf(ageSeconds * 1_000),
          base.retention(),
          tracked == null ? base.tracked() : tracked,
          onSuccess == null ? base.onSuccess() : onSuccess.destination(),
          onFailure == null ? base.onFailure() : onFailure.destination(),
          base.extra());
    }
  }
}
