package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.Bodies;
import io.perdure.api.JsonOut;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.DeleteVersion;
import io.perdure.bus.RegistryMessages.ListVersions;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.bus.RegistryMessages.VersionsListed;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.router.Router;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;

/** Immutable versions of a function, or of all functions of a namespace. */
final class VersionRoutes {
  private static final int BYTES = 192;

  private final Bus bus;
  private final Router router;
  private final Bodies bodies;

  VersionRoutes(Bus bus, Router router, Bodies bodies) {
    this.bus = bus;
    this.router = router;
    this.bodies = bodies;
  }

  void addTo(RouteTable table) {
    for (Scope scope : new Scope[] {Scope.FUNCTION, Scope.NAMESPACE}) {
      String all = scope.path() + "/versions";
      String one = all + "/{version}";
      String of = scope.words() + "Version";
      table
          .add(HttpMethod.GET, all, "list" + of + "s", call -> list(call, scope))
          .add(HttpMethod.POST, all, "publish" + of, call -> publish(call, scope))
          .add(HttpMethod.GET, one, "get" + of, call -> get(call, scope))
          .add(HttpMethod.DELETE, one, "delete" + of, call -> delete(call, scope));
    }
  }

  private Future<?> publish(Call call, Scope scope) {
    call.noQuery();
    return bodies
        .read(call.request(), "body", NamespaceRoutes.JSON_BYTES_MAX)
        .compose(
            body -> {
              Fields fields = Fields.parseOrNone(body);
              String description = fields.text("description");
              fields.done();
              return bus.request(
                  Addresses.PUBLISH_VERSION,
                  new PublishVersion(
                      call.account().id(),
                      call.namespace(),
                      scope.function(call),
                      description == null ? "" : description));
            })
        .recover(Refusals::inBody)
        .compose(
            done -> {
              Version version = done.version();
              call.response()
                  .putHeader(HttpHeaders.LOCATION, scope.item(call, "versions", version.number()));
              return call.reply(201, JsonOut.object(BYTES, json -> write(json, version)));
            });
  }

  private Future<?> list(Call call, Scope scope) {
    Query query = call.query("order", "limit", "cursor");
    boolean descending = ListRoutes.descending(query.text("order"));
    int limit = query.integer("limit", NamespaceRoutes.LIMIT_DEFAULT, 1, NamespaceRoutes.LIMIT_MAX);
    String after = NamespaceRoutes.nameIn(query.text("cursor"));
    return bus.request(
            Addresses.LIST_VERSIONS,
            new ListVersions(
                call.account().id(),
                call.namespace(),
                scope.function(call),
                descending,
                after,
                limit))
        .compose(found -> call.reply(200, page(found)));
  }

  private static Buffer page(VersionsListed found) {
    return JsonOut.object(
        BYTES * Math.max(1, found.versions().size()),
        json -> {
          json.writeArrayFieldStart("versions");
          for (Version version : found.versions()) {
            json.writeStartObject();
            write(json, version);
            json.writeEndObject();
          }
          json.writeEndArray();
          int size = found.versions().size();
          NamespaceRoutes.writeCursor(
              json, found.more() ? found.versions().get(size - 1).number() : null);
        });
  }

  private Future<?> get(Call call, Scope scope) {
    call.noQuery();
    String number = scope.item(call);
    return version(call, scope, number)
        .compose(
            version ->
                call.reply(
                    200,
                    JsonOut.object(
                        1_024,
                        json -> {
                          write(json, version);
                          if (scope.function(call) != null) {
                            json.writeObjectFieldStart("function");
                            FunctionJson.write(
                                json,
                                router.version(
                                    call.account().id(),
                                    call.namespace(),
                                    call.function(),
                                    number));
                            json.writeEndObject();
                          }
                        })));
  }

  /** The first one behind the number before. */
  private Future<Version> version(Call call, Scope scope, String number) {
    long before = before(number);
    return bus.request(
            Addresses.LIST_VERSIONS,
            new ListVersions(
                call.account().id(),
                call.namespace(),
                scope.function(call),
                false,
                before == 0 ? null : Long.toString(before),
                1))
        .compose(
            found ->
                found.versions().isEmpty() || !found.versions().get(0).number().equals(number)
                    ? Future.failedFuture(missing(number))
                    : Future.succeededFuture(found.versions().get(0)));
  }

  private static long before(String number) {
    if (!number.matches("[1-9][0-9]{0,17}")) {
      throw missing(number);
    }
    return Long.parseLong(number) - 1;
  }

  private static FailureException missing(String number) {
    return new FailureException(new Failure.NotFound("version", Call.shortened(number)));
  }

  private Future<?> delete(Call call, Scope scope) {
    call.noQuery();
    return bus.request(
            Addresses.DELETE_VERSION,
            new DeleteVersion(
                call.account().id(), call.namespace(), scope.function(call), scope.item(call)))
        .compose(done -> call.noContent());
  }

  private static void write(JsonGenerator json, Version version) throws IOException {
    json.writeStringField("version", version.number());
    json.writeStringField("description", version.description());
    json.writeStringField("createdAt", FunctionJson.time(version.createdAt()));
  }
}
