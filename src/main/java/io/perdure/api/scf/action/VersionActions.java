package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.Reply;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.Shape;
import io.perdure.api.scf.wire.Times;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.ListVersions;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.bus.RegistryMessages.VersionsListed;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.router.Router;
import io.perdure.router.Walk;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Versions of functions (spec tencent-scf, 5.6). */
public final class VersionActions {
  private static final Shape PUBLISH = Shape.of(Names.FUNCTION, Names.DESCRIPTION, Names.NAMESPACE);
  private static final Shape LIST =
      Shape.of(
          Names.FUNCTION,
          Names.NAMESPACE,
          Paging.OFFSET,
          Paging.LIMIT,
          Paging.ORDER,
          Field.text("OrderBy").code("OrderBy").oneOf("AddTime", "ModTime"));

  private final Bus bus;
  private final Router router;
  private final Times times;

  /** Actions over {@code bus} on the functions that {@code router} finds. */
  public VersionActions(Bus bus, Router router, Times times) {
    this.bus = bus;
    this.router = router;
    this.times = times;
  }

  /** All of them. */
  public Stream<Action> all() {
    return Stream.of(
        new Action("PublishVersion", PUBLISH, this::publish),
        new Action("ListVersionByFunction", LIST, this::list));
  }

  private Future<Reply> publish(ScfCall call) {
    String description = call.args().text("Description", "");
    return bus.request(
            Addresses.PUBLISH_VERSION,
            new PublishVersion(call.accountId(), call.namespace(), call.function(), description))
        .recover(Codes.on(Failure.Kind.CONFLICT, "FailedOperation.PublishVersion"))
        .map(done -> done.version().number())
        .map(
            number ->
                published(
                    router.version(call.accountId(), call.namespace(), call.function(), number)));
  }

  private static Reply published(Function version) {
    ScfFunction function = ScfFunction.of(version);
    return Reply.of(
        json -> {
          json.writeStringField("FunctionVersion", version.version());
          json.writeNumberField("CodeSize", function.codeBytes());
          json.writeNumberField("MemorySize", function.memoryMb());
          json.writeStringField("Description", version.about().description());
          json.writeStringField("Handler", function.handler());
          json.writeNumberField("Timeout", version.timeoutMillis() / 1_000);
          json.writeStringField("Runtime", function.runtimeName());
          json.writeStringField("Namespace", version.namespace());
        });
  }

  /**
   * A version as it is listed.
   *
   * @param age grows with the number; that of the latest, which may change still, is greatest
   */
  private record Listed(
      String name, String description, long createdAt, long modifiedAt, long age) {}

  private Future<Reply> list(ScfCall call) {
    Function latest = router.function(call.accountId(), call.namespace(), call.function());
    return new Walk<>(
            after ->
                bus.request(
                    Addresses.LIST_VERSIONS,
                    new ListVersions(
                        call.accountId(),
                        call.namespace(),
                        call.function(),
                        false,
                        after,
                        Walk.PAGE)),
            VersionsListed::versions,
            VersionsListed::more,
            Version::number)
        .all()
        .map(
            versions -> {
              List<Listed> all = new ArrayList<>();
              versions.forEach(version -> all.add(listed(version)));
              all.add(listed(latest));
              all.sort(order(call.args()));
              return reply(all.size(), Paging.page(call.args(), all));
            });
  }

  private static Listed listed(Version version) {
    return new Listed(
        version.number(),
        version.description(),
        version.createdAt(),
        version.createdAt(),
        Long.parseLong(version.number()));
  }

  private static Listed listed(Function latest) {
    return new Listed(
        Qualifiers.LATEST,
        latest.about().description(),
        latest.createdAt(),
        latest.modifiedAt(),
        Long.MAX_VALUE);
  }

  /** The newest first unless asked otherwise; of the same time, too. */
  private static Comparator<Listed> order(Args args) {
    Comparator<Listed> order = Comparator.comparing(Listed::age);
    String by = args.text("OrderBy", "");
    if (by.equals("AddTime")) {
      order = Comparator.comparing(Listed::createdAt).thenComparing(order);
    } else if (by.equals("ModTime")) {
      order = Comparator.comparing(Listed::modifiedAt).thenComparing(order);
    }
    return Paging.descending(args, true) ? order.reversed() : order;
  }

  private Reply reply(int total, List<Listed> page) {
    return Reply.of(
        json -> {
          json.writeArrayFieldStart("FunctionVersion");
          for (Listed version : page) {
            json.writeString(version.name());
          }
          json.writeEndArray();
          json.writeArrayFieldStart("Versions");
          for (Listed version : page) {
            json.writeStartObject();
            json.writeStringField("Version", version.name());
            json.writeStringField("Description", version.description());
            json.writeStringField("AddTime", times.seconds(version.createdAt()));
            json.writeStringField("ModTime", times.seconds(version.modifiedAt()));
            json.writeStringField("Status", "Active");
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeNumberField("TotalCount", total);
        });
  }
}
