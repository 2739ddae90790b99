package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.api.fc.wire.Etag;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Missing;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Page;
import io.perdure.api.fc.wire.Paging;
import io.perdure.api.fc.wire.Props;
import io.perdure.api.fc.wire.Target;
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
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Route;
import io.perdure.router.Revisions;
import io.perdure.time.Rfc3339;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Aliases: of a service, or of a function that has no service (spec alibaba-fc, 9.3). Weights are
 * honoured; the policies that look at an HTTP request are kept, no request of that kind comes here.
 */
public final class AliasOperations {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,127}");
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
  private static final String ALIAS = "aliasName";
  private static final String VERSION = "versionId";
  private static final String WEIGHTS = "additionalVersionWeight";
  private static final String RESOLVE = "resolvePolicy";
  private static final String ROUTE = "routePolicy";
  private static final long ABSENT = -1;

  private final Bus bus;

  /** Operations over {@code bus}. */
  public AliasOperations(Bus bus) {
    this.bus = bus;
  }

  /** All of them. */
  public Stream<Operation> all() {
    return Stream.concat(
        all("/services/{serviceName}/aliases", Set.of(Generation.V1, Generation.V2)),
        all("/functions/{functionName}/aliases", Set.of(Generation.V3)));
  }

  private Stream<Operation> all(String path, Set<Generation> generations) {
    String one = path + "/{aliasName}";
    return Stream.of(
        Operation.of("CreateAlias", "POST " + path, generations, this::create),
        Operation.of("ListAliases", "GET " + path, generations, this::list),
        Operation.of("GetAlias", "GET " + one, generations, this::get),
        Operation.of("UpdateAlias", "PUT " + one, generations, this::update),
        Operation.of("DeleteAlias", "DELETE " + one, generations, this::delete));
  }

  private Future<FcReply> create(FcCall call) {
    Props body = call.body();
    String name = body.requireText(ALIAS);
    if (!NAME.matcher(name).matches() || Functions.isLatest(name)) {
      throw body.invalid(
          ALIAS,
          "1 to 128 letters, digits, underscores and hyphens, the first one a letter or an"
              + " underscore, and not LATEST");
    }
    body.requireText(VERSION);
    return put(call, name, route(body, null), about(call, body, About.NOTHING), ABSENT)
        .recover(
            Codes.on(
                Failure.Kind.PRECONDITION,
                why -> FcError.exists("AliasAlreadyExists", "alias '" + name + "' already exists")))
        .map(done -> reply(call, done.alias()));
  }

  /** What is not given stays as it is by then. */
  private Future<FcReply> update(FcCall call) {
    Props body = call.body();
    String name = call.path().get(ALIAS);
    return Revisions.onLatest(
            () ->
                find(call, name)
                    .compose(
                        now -> {
                          etag(now).required(call);
                          return put(
                              call,
                              name,
                              route(body, now.route()),
                              about(call, body, now.about()),
                              now.revision());
                        }))
        .recover(Codes.on(Failure.Kind.PRECONDITION, Codes::concurrentUpdate))
        .map(done -> reply(call, done.alias()));
  }

  private Future<AliasPut> put(
      FcCall call, String name, Route route, About about, long ifRevision) {
    Target scope = call.target();
    return bus.request(
            Addresses.PUT_ALIAS,
            new PutAlias(
                call.account().id(),
                scope.namespace(),
                scope.function(),
                name,
                route,
                about,
                ifRevision))
        .recover(Codes.on(Failure.Kind.CONFLICT, Codes::limitExceeded));
  }

  /**
   * Where the alias is to lead.
   *
   * @param now where it leads, or null
   */
  private static Route route(Props body, Route now) {
    String given = body.text(VERSION);
    if (given != null && !isVersion(given)) {
      throw body.invalid(VERSION, "the number of a version, or LATEST");
    }
    String version = given == null ? now.version() : given;
    if (!body.has(WEIGHTS)) {
      return new Route(version, now == null ? Map.of() : now.weights());
    }
    Props shares = body.object(WEIGHTS);
    Map<String, Double> weights = new HashMap<>();
    double sum = 0;
    for (Map.Entry<String, JsonNode> share : shares.json().properties()) {
      String other = share.getKey();
      if (!isVersion(other) || other.equals(version)) {
        throw body.invalid(WEIGHTS, "numbers of other versions, got '" + other + "'");
      }
      double weight = share.getValue().isNumber() ? share.getValue().doubleValue() : -1;
      if (!(weight >= 0 && weight <= 1)) {
        throw shares.invalid(other, "a number from 0 to 1");
      }
      sum += weight;
      weights.put(other, weight);
    }
    if (sum > 1 + 1e-9) { // ten times 0.1 may come out a little above 1
      throw body.invalid(WEIGHTS, "at most 1 together");
    }
    return new Route(version, weights);
  }

  private static boolean isVersion(String text) {
    return text.equals(Invocation.LATEST) || NUMBER.matcher(text).matches();
  }

  private static About about(FcCall call, Props body, About now) {
    ObjectNode kept = Kept.parse(now.extra());
    if (call.generation().hasServices()) {
      if (body.has(RESOLVE)) {
        kept.put(RESOLVE, body.text(RESOLVE));
      }
      if (body.has(ROUTE)) {
        kept.set(ROUTE, body.object(ROUTE).json());
      }
    }
    String description = body.text("description");
    return new About(
        description == null ? now.description() : description, now.tags(), Kept.text(kept));
  }

  private Future<FcReply> get(FcCall call) {
    return find(call, call.path().get(ALIAS)).map(alias -> reply(call, alias));
  }

  /** Names are in order, so the one that equals the prefix is the first of those that begin so. */
  private Future<Alias> find(FcCall call, String name) {
    Target scope = call.target();
    return bus.request(
            Addresses.LIST_ALIASES,
            new ListAliases(
                call.account().id(), scope.namespace(), scope.function(), null, name, null, 1))
        .map(
            found ->
                found.aliases().stream()
                    .filter(alias -> alias.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> Missing.alias(name)));
  }

  private Future<FcReply> delete(FcCall call) {
    Target scope = call.target();
    String name = call.path().get(ALIAS);
    return find(call, name)
        .compose(
            now ->
                bus.request(
                    Addresses.DELETE_ALIAS,
                    new DeleteAlias(
                        call.account().id(),
                        scope.namespace(),
                        scope.function(),
                        name,
                        etag(now).required(call))))
        .map(done -> FcReply.NO_CONTENT);
  }

  private Future<FcReply> list(FcCall call) {
    Target scope = call.target();
    Paging paging = Paging.of(call.query());
    return bus.request(
            Addresses.LIST_ALIASES,
            new ListAliases(
                call.account().id(),
                scope.namespace(),
                scope.function(),
                null,
                paging.prefix(),
                paging.after(),
                paging.limit()))
        .map(found -> listed(call, found));
  }

  private static FcReply listed(FcCall call, AliasesListed found) {
    return Page.of(found.aliases(), found.more(), Alias::name)
        .reply("aliases", (json, alias) -> write(json, call, alias));
  }

  private static Etag etag(Alias alias) {
    return Etag.of(alias.createdAt(), alias.revision());
  }

  private static FcReply reply(FcCall call, Alias alias) {
    return etag(alias).on(FcReply.json(json -> write(json, call, alias)));
  }

  private static void write(JsonGenerator json, FcCall call, Alias alias) throws IOException {
    json.writeStringField(ALIAS, alias.name());
    json.writeStringField(VERSION, alias.route().version());
    json.writeStringField("description", alias.about().description());
    json.writeObjectFieldStart(WEIGHTS);
    for (Map.Entry<String, Double> share : new TreeMap<>(alias.route().weights()).entrySet()) {
      json.writeNumberField(share.getKey(), share.getValue());
    }
    json.writeEndObject();
    if (call.generation().hasServices()) {
      ObjectNode kept = Kept.parse(alias.about().extra());
      for (String name : List.of(RESOLVE, ROUTE)) {
        if (kept.has(name)) {
          json.writeFieldName(name);
          json.writeRawValue(kept.get(name).toString());
        }
      }
    }
    json.writeStringField("createdTime", Rfc3339.formatSeconds(alias.createdAt()));
    json.writeStringField("lastModifiedTime", Rfc3339.formatSeconds(alias.modifiedAt()));
  }
}
