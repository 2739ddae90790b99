package io.perdure.api.scf.action;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.IntNode;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Shape;
import io.perdure.api.scf.wire.Times;
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
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Route;
import io.perdure.router.Revisions;
import io.perdure.router.Router;
import io.perdure.router.Walk;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Aliases of functions (spec tencent-scf, 5.6). */
public final class AliasActions {
  /** The alias that every function has: it can be moved, and not be deleted. */
  private static final String DEFAULT = "$DEFAULT";

  private static final Field NEW_NAME =
      Field.text("Name")
          .required()
          .code("Name")
          .matching(
              Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}"),
              "expected 1 to 64 letters, digits, - and _, the first one a letter");
  private static final Field NAME =
      Field.text("Name")
          .required()
          .code("Name")
          .matching(
              Pattern.compile("\\$DEFAULT|[A-Za-z_][A-Za-z0-9_-]{0,127}"),
              "expected the name of an alias");
  private static final Field VERSION =
      Field.text("FunctionVersion").code("FunctionVersion").length(1, 64);

  private static final Shape CREATE =
      Shape.of(
          NEW_NAME,
          Names.FUNCTION,
          VERSION.required(),
          Names.NAMESPACE,
          Routing.FIELD,
          Names.DESCRIPTION);
  private static final Shape UPDATE =
      Shape.of(
          NAME,
          Names.FUNCTION,
          VERSION.required(),
          Names.NAMESPACE,
          Routing.FIELD,
          Names.DESCRIPTION);
  private static final Shape ONE = Shape.of(Names.FUNCTION, NAME, Names.NAMESPACE);
  private static final Shape LIST =
      Shape.of(
          Names.FUNCTION, Names.NAMESPACE, VERSION, asText(Paging.OFFSET), asText(Paging.LIMIT));

  private final Bus bus;
  private final Router router;
  private final Times times;

  /** Actions over {@code bus} on the functions that {@code router} finds. */
  public AliasActions(Bus bus, Router router, Times times) {
    this.bus = bus;
    this.router = router;
    this.times = times;
  }

  /** All of them. */
  public Stream<Action> all() {
    return Stream.of(
        new Action("CreateAlias", CREATE, this::create),
        new Action("UpdateAlias", UPDATE, this::update),
        new Action("GetAlias", ONE, this::get),
        new Action("DeleteAlias", ONE, this::delete),
        new Action("ListAliases", LIST, this::list));
  }

  /** An integer as text, which it is in this list alone; with the checks it has elsewhere. */
  private static Field asText(Field integer) {
    Pattern digits = Pattern.compile("\\d{1,9}");
    Field text =
        Field.text(integer.name())
            .refused(integer.invalid())
            .matching(digits, "expected an integer of 0 or more, as a string");
    for (Field.Check check : integer.checks()) {
      text =
          text.check(
              value -> check.holds().test(IntNode.valueOf(Integer.parseInt(value.textValue()))),
              check.expected());
    }
    return text;
  }

  private Future<Reply> create(ScfCall call) {
    Args args = call.args();
    Route route = Routing.route(args.text("FunctionVersion"), args.object("RoutingConfig"), null);
    requireOwnAliases(call);
    return put(call, route, About.of(args.text("Description", "")), Names.ABSENT)
        .recover(Codes.on(Failure.Kind.PRECONDITION, "ResourceInUse.Alias"))
        .map(done -> Reply.NOTHING);
  }

  private Future<Reply> update(ScfCall call) {
    // Checked before anything is looked up, as values are.
    Routing.route(call.args().text("FunctionVersion"), call.args().object("RoutingConfig"), null);
    requireOwnAliases(call);
    return Revisions.onLatest(() -> changed(call)).map(done -> Reply.NOTHING);
  }

  /** What is not given stays as it is by then. */
  private Future<AliasPut> changed(ScfCall call) {
    return find(call)
        .compose(
            now -> {
              Args args = call.args();
              Route route =
                  Routing.route(
                      args.text("FunctionVersion"), args.object("RoutingConfig"), now.route());
              About about =
                  new About(
                      args.text("Description", now.about().description()),
                      now.about().tags(),
                      now.about().extra());
              long revision = now.revision() == 0 ? Names.ABSENT : now.revision();
              return put(call, route, about, revision);
            });
  }

  private Future<AliasPut> put(ScfCall call, Route route, About about, long ifRevision) {
    return bus.request(
            Addresses.PUT_ALIAS,
            new PutAlias(
                call.accountId(),
                call.namespace(),
                call.function(),
                call.args().text("Name"),
                route,
                about,
                ifRevision))
        .recover(Codes.missing("version", "FunctionVersion"))
        .recover(Codes.on(Failure.Kind.CONFLICT, "LimitExceeded.Alias"));
  }

  /** Fails as not found (namespace, function), too. */
  private void requireOwnAliases(ScfCall call) {
    Function function = router.function(call.accountId(), call.namespace(), call.function());
    if (function.flavour() == Flavour.FC2) {
      throw ScfError.unsupported(
          "The function `"
              + function.name()
              + "` was made by Function Compute's API and has the aliases of its namespace: use"
              + " that API.");
    }
  }

  private Future<Reply> get(ScfCall call) {
    return find(call).map(alias -> Reply.of(json -> write(json, alias)));
  }

  /** Names are in order, so the one that equals the prefix is the first of those that begin so. */
  private Future<Alias> find(ScfCall call) {
    String name = call.args().text("Name");
    return bus.request(
            Addresses.LIST_ALIASES,
            new ListAliases(
                call.accountId(), call.namespace(), call.function(), null, name, null, 1))
        .map(
            found ->
                found.aliases().stream()
                    .filter(alias -> alias.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new FailureException(new Failure.NotFound("alias", name))));
  }

  private Future<Reply> delete(ScfCall call) {
    String name = call.args().text("Name");
    if (name.equals(DEFAULT)) {
      throw new ScfError(
          "InvalidParameterValue.Alias", "The alias `" + DEFAULT + "` cannot be deleted.");
    }
    return bus.request(
            Addresses.DELETE_ALIAS,
            new DeleteAlias(call.accountId(), call.namespace(), call.function(), name, 0))
        .map(done -> Reply.NOTHING);
  }

  private Future<Reply> list(ScfCall call) {
    long offset = number(call.args(), Paging.OFFSET, 0);
    long limit = number(call.args(), Paging.LIMIT, Paging.LIMIT_DEFAULT);
    return new Walk<>(
            after ->
                bus.request(
                    Addresses.LIST_ALIASES,
                    new ListAliases(
                        call.accountId(),
                        call.namespace(),
                        call.function(),
                        call.args().text("FunctionVersion"),
                        null,
                        after,
                        Walk.PAGE)),
            AliasesListed::aliases,
            AliasesListed::more,
            Alias::name)
        .all()
        .map(all -> reply(all.size(), Paging.page(all, offset, limit)));
  }

  private static long number(Args args, Field field, int absent) {
    return args.has(field.name()) ? Long.parseLong(args.text(field.name())) : absent;
  }

  private Reply reply(int total, List<Alias> page) {
    return Reply.of(
        json -> {
          json.writeNumberField("TotalCount", total);
          json.writeArrayFieldStart("Aliases");
          for (Alias alias : page) {
            json.writeStartObject();
            write(json, alias);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private void write(JsonGenerator json, Alias alias) throws IOException {
    json.writeStringField("Name", alias.name());
    json.writeStringField("FunctionVersion", Qualifiers.shown(alias.route().version()));
    Routing.write(json, alias.route());
    json.writeStringField("Description", alias.about().description());
    json.writeStringField("AddTime", times.seconds(alias.createdAt()));
    json.writeStringField("ModTime", times.seconds(alias.modifiedAt()));
  }
}
