package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.Bodies;
import io.perdure.api.JsonOut;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.AsyncListed;
import io.perdure.bus.RegistryMessages.AsyncPut;
import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.ListAsync;
import io.perdure.bus.RegistryMessages.PutAsync;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Functions;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Settings of asynchronous invocations that hang on a function and a qualifier. */
final class AsyncRoutes {
  private static final String ALL =
      "/v1/namespaces/{namespace}/functions/{function}/async-settings";
  private static final String ONE = ALL + "/{qualifier}";
  private static final int BYTES = 512;

  private final Bus bus;
  private final Bodies bodies;

  AsyncRoutes(Bus bus, Bodies bodies) {
    this.bus = bus;
    this.bodies = bodies;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.GET, ALL, "listAsyncSettings", this::list)
        .add(HttpMethod.PUT, ONE, "putAsyncSettings", this::put)
        .add(HttpMethod.GET, ONE, "getAsyncSettings", this::get)
        .add(HttpMethod.DELETE, ONE, "deleteAsyncSettings", this::delete);
  }

  private static String qualifier(Call call) {
    return call.parameters().get(2);
  }

  private Future<?> put(Call call) {
    call.noQuery();
    return bodies
        .read(call.request(), "body", NamespaceRoutes.JSON_BYTES_MAX)
        .compose(body -> find(call, null).compose(present -> put(call, body, present)))
        .recover(Refusals::inBody)
        .compose(done -> reply(call, done.created() ? 201 : 200, done.set()));
  }

  private Future<AsyncPut> put(Call call, byte[] body, Optional<AsyncSet> present) {
    Fields fields = Fields.parse(body);
    RetryPolicy retry = FunctionBody.retry(fields.object("retry"));
    Long eventAge =
        fields.has("eventAgeMs")
            ? fields.integer("eventAgeMs", 0, 0, RetentionPolicy.MILLIS_MAX)
            : null;
    RetentionPolicy retention = FunctionBody.retention(fields.object("retention"));
    AsyncSettings before =
        present.map(AsyncSet::settings).orElseGet(() -> new AsyncSettings(null, null, null, ""));
    Boolean tracked = fields.bool("tracked");
    Destination onSuccess = destination(fields, "onSuccess", before.onSuccess());
    Destination onFailure = destination(fields, "onFailure", before.onFailure());
    fields.ignore("function", "qualifier", "createdAt", "modifiedAt").done();
    return bus.request(
        Addresses.PUT_ASYNC,
        new PutAsync(
            call.account().id(),
            call.namespace(),
            call.function(),
            qualifier(call),
            new AsyncSettings(
                retry, eventAge, retention, tracked, onSuccess, onFailure, before.extra())));
  }

  /** What is sent back as it was shown stays as it is, in the form of whichever dialect. */
  private static Destination destination(Fields fields, String name, Destination before) {
    String text = fields.text(name);
    if (text == null) {
      return null;
    }
    if (before != null && before.text().equals(text)) {
      return before;
    }
    return Destination.parse(text)
        .orElseThrow(() -> fields.invalid(name, "expected " + Destination.FORMS));
  }

  private Future<?> get(Call call) {
    call.noQuery();
    return find(call, null)
        .compose(
            found ->
                reply(
                    call,
                    200,
                    found.orElseThrow(
                        () ->
                            new FailureException(
                                new Failure.NotFound(
                                    "async settings of qualifier",
                                    Call.shortened(qualifier(call)))))));
  }

  /** Goes through those of the function: there is at most one for each version and alias. */
  private Future<Optional<AsyncSet>> find(Call call, String after) {
    return bus.request(
            Addresses.LIST_ASYNC,
            new ListAsync(
                call.account().id(),
                call.namespace(),
                call.function(),
                after,
                NamespaceRoutes.LIMIT_MAX))
        .compose(
            page -> {
              Optional<AsyncSet> found =
                  page.found().stream()
                      .filter(set -> same(set.qualifier(), qualifier(call)))
                      .findFirst();
              return found.isPresent() || !page.more()
                  ? Future.succeededFuture(found)
                  : find(call, position(page.found()));
            });
  }

  /** The latest version has two names. */
  private static boolean same(String one, String other) {
    return one.equals(other) || (Functions.isLatest(one) && Functions.isLatest(other));
  }

  private static String position(List<AsyncSet> page) {
    AsyncSet last = page.get(page.size() - 1);
    return last.function() + "/" + last.qualifier();
  }

  private Future<?> delete(Call call) {
    call.noQuery();
    return bus.request(
            Addresses.PUT_ASYNC,
            new PutAsync(
                call.account().id(), call.namespace(), call.function(), qualifier(call), null))
        .compose(done -> call.noContent());
  }

  private Future<?> list(Call call) {
    Query query = call.query("limit", "cursor");
    int limit = query.integer("limit", NamespaceRoutes.LIMIT_DEFAULT, 1, NamespaceRoutes.LIMIT_MAX);
    return bus.request(
            Addresses.LIST_ASYNC,
            new ListAsync(
                call.account().id(),
                call.namespace(),
                call.function(),
                NamespaceRoutes.nameIn(query.text("cursor")),
                limit))
        .compose(found -> call.reply(200, page(found)));
  }

  private static Buffer page(AsyncListed found) {
    return JsonOut.object(
        BYTES * Math.max(1, found.found().size()),
        json -> {
          json.writeArrayFieldStart("asyncSettings");
          for (AsyncSet set : found.found()) {
            json.writeStartObject();
            write(json, set);
            json.writeEndObject();
          }
          json.writeEndArray();
          NamespaceRoutes.writeCursor(json, found.more() ? position(found.found()) : null);
        });
  }

  private static Future<Void> reply(Call call, int status, AsyncSet set) {
    return call.reply(status, JsonOut.object(BYTES, json -> write(json, set)));
  }

  private static void write(JsonGenerator json, AsyncSet set) throws IOException {
    AsyncSettings settings = set.settings();
    json.writeStringField("function", set.function());
    json.writeStringField("qualifier", set.qualifier());
    if (settings.retry() == null) {
      json.writeNullField("retry");
    } else {
      FunctionJson.write(json, settings.retry());
    }
    json.writeFieldName("eventAgeMs");
    if (settings.eventAgeMillis() == null) {
      json.writeNull();
    } else {
      json.writeNumber(settings.eventAgeMillis());
    }
    if (settings.retention() == null) {
      json.writeNullField("retention");
    } else {
      FunctionJson.write(json, settings.retention());
    }
    json.writeFieldName("tracked");
    if (settings.tracked() == null) {
      json.writeNull();
    } else {
      json.writeBoolean(settings.tracked());
    }
    json.writeStringField("onSuccess", text(settings.onSuccess()));
    json.writeStringField("onFailure", text(settings.onFailure()));
    json.writeStringField("createdAt", FunctionJson.time(set.createdAt()));
    json.writeStringField("modifiedAt", FunctionJson.time(set.modifiedAt()));
  }

  private static String text(Destination destination) {
    return destination == null ? null : destination.text();
  }
}
