package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.Bodies;
import io.perdure.api.JsonOut;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.AliasPut;
import io.perdure.bus.RegistryMessages.AliasesListed;
import io.perdure.bus.RegistryMessages.DeleteAlias;
import io.perdure.bus.RegistryMessages.ListAliases;
import io.perdure.bus.RegistryMessages.PutAlias;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Route;
import io.perdure.invocation.RouteMatch;
import io.perdure.invocation.RouteMatch.Method;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Names for versions that can be moved, of a function or of a namespace. */
final class AliasRoutes {
  private static final int BYTES = 384;

  private final Bus bus;
  private final Bodies bodies;

  AliasRoutes(Bus bus, Bodies bodies) {
    this.bus = bus;
    this.bodies = bodies;
  }

  void addTo(RouteTable table) {
    for (Scope scope : new Scope[] {Scope.FUNCTION, Scope.NAMESPACE}) {
      String all = scope.path() + "/aliases";
      String one = all + "/{alias}";
      table
          .add(HttpMethod.GET, all, "list" + scope.words() + "Aliases", call -> list(call, scope))
          .add(HttpMethod.PUT, one, "put" + scope.words() + "Alias", call -> put(call, scope))
          .add(HttpMethod.GET, one, "get" + scope.words() + "Alias", call -> get(call, scope))
          .add(
              HttpMethod.DELETE,
              one,
              "delete" + scope.words() + "Alias",
              call -> delete(call, scope));
    }
  }

  private Future<?> put(Call call, Scope scope) {
    call.noQuery();
    // The body is asked for before anything else, so that no part of it passes by.
    return bodies
        .read(call.request(), "body", NamespaceRoutes.JSON_BYTES_MAX)
        .compose(body -> find(call, scope).compose(present -> put(call, scope, body, present)))
        .recover(Refusals::inBody)
        .compose(
            done -> {
              if (done.created()) {
                call.response()
                    .putHeader(
                        HttpHeaders.LOCATION, scope.item(call, "aliases", done.alias().name()));
              }
              return reply(call, done.created() ? 201 : 200, done.alias());
            });
  }

  private Future<AliasPut> put(Call call, Scope scope, byte[] body, Optional<Alias> present) {
    Fields fields = Fields.parse(body);
    Route route =
        new Route(fields.requiredText("version"), fields.numbersByName("weights"), matches(fields));
    About about = FunctionBody.about(fields, present.map(Alias::about).orElse(null));
    FunctionBody.same(fields, "name", scope.item(call));
    fields.ignore("createdAt", "modifiedAt", "revision").done();
    return bus.request(
        Addresses.PUT_ALIAS,
        new PutAlias(
            call.account().id(),
            call.namespace(),
            scope.function(call),
            scope.item(call),
            route,
            about,
            Etags.wanted(call, present.map(Alias::revision).orElse(Etags.ABSENT))));
  }

  private static List<RouteMatch> matches(Fields fields) {
    List<RouteMatch> matches = new ArrayList<>();
    for (Fields match : fields.objects("matches")) {
      matches.add(
          new RouteMatch(
              match.requiredText("version"),
              match.requiredText("key"),
              method(match),
              match.requiredText("expression")));
      match.done();
    }
    return matches;
  }

  private static Method method(Fields match) {
    return switch (match.requiredText("method")) {
      case "exact" -> Method.EXACT;
      case "range" -> Method.RANGE;
      default -> throw match.invalid("method", "expected exact or range");
    };
  }

  private Future<?> get(Call call, Scope scope) {
    call.noQuery();
    return find(call, scope)
        .compose(
            found -> {
              Alias alias =
                  found.orElseThrow(
                      () ->
                          new FailureException(
                              new Failure.NotFound("alias", Call.shortened(scope.item(call)))));
              return Etags.unchanged(call, Etags.of(alias.revision()))
                  ? Future.succeededFuture()
                  : reply(call, 200, alias);
            });
  }

  /** Names are in order, so the one that equals the prefix is the first of those that begin so. */
  private Future<Optional<Alias>> find(Call call, Scope scope) {
    String name = scope.item(call);
    return bus.request(
            Addresses.LIST_ALIASES,
            new ListAliases(
                call.account().id(), call.namespace(), scope.function(call), null, name, null, 1))
        .map(found -> found.aliases().stream().filter(a -> a.name().equals(name)).findFirst());
  }

  private Future<?> delete(Call call, Scope scope) {
    call.noQuery();
    Future<Long> ifRevision =
        Etags.asked(call)
            ? find(call, scope)
                .map(found -> Etags.wanted(call, found.map(Alias::revision).orElse(Etags.ABSENT)))
            : Future.succeededFuture(0L);
    return ifRevision
        .compose(
            revision ->
                bus.request(
                    Addresses.DELETE_ALIAS,
                    new DeleteAlias(
                        call.account().id(),
                        call.namespace(),
                        scope.function(call),
                        scope.item(call),
                        revision)))
        .compose(done -> call.noContent());
  }

  private Future<?> list(Call call, Scope scope) {
    Query query = call.query("version", "prefix", "limit", "cursor");
    int limit = query.integer("limit", NamespaceRoutes.LIMIT_DEFAULT, 1, NamespaceRoutes.LIMIT_MAX);
    return bus.request(
            Addresses.LIST_ALIASES,
            new ListAliases(
                call.account().id(),
                call.namespace(),
                scope.function(call),
                query.text("version"),
                query.text("prefix"),
                NamespaceRoutes.nameIn(query.text("cursor")),
                limit))
        .compose(found -> call.reply(200, page(found)));
  }

  private static Buffer page(AliasesListed found) {
    return JsonOut.object(
        BYTES * Math.max(1, found.aliases().size()),
        json -> {
          json.writeArrayFieldStart("aliases");
          for (Alias alias : found.aliases()) {
            json.writeStartObject();
            write(json, alias);
            json.writeEndObject();
          }
          json.writeEndArray();
          int size = found.aliases().size();
          NamespaceRoutes.writeCursor(
              json, found.more() ? found.aliases().get(size - 1).name() : null);
        });
  }

  private static Future<Void> reply(Call call, int status, Alias alias) {
    call.response().putHeader(HttpHeaders.ETAG, Etags.of(alias.revision()));
    return call.reply(status, JsonOut.object(BYTES, json -> write(json, alias)));
  }

  private static void write(JsonGenerator json, Alias alias) throws IOException {
    json.writeStringField("name", alias.name());
    json.writeStringField("version", alias.route().version());
    json.writeObjectFieldStart("weights");
    for (Map.Entry<String, Double> share : new TreeMap<>(alias.route().weights()).entrySet()) {
      json.writeNumberField(share.getKey(), share.getValue());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("matches");
    for (RouteMatch match : alias.route().matches()) {
      json.writeStartObject();
      json.writeStringField("version", match.version());
      json.writeStringField("key", match.key());
      json.writeStringField("method", match.method() == Method.EXACT ? "exact" : "range");
      json.writeStringField("expression", match.expression());
      json.writeEndObject();
    }
    json.writeEndArray();
    FunctionJson.write(json, alias.about());
    json.writeStringField("createdAt", FunctionJson.time(alias.createdAt()));
    json.writeStringField("modifiedAt", FunctionJson.time(alias.modifiedAt()));
    json.writeNumberField("revision", alias.revision());
  }
}
