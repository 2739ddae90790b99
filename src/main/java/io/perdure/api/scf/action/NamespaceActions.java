package io.perdure.api.scf.action;

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
import io.perdure.bus.RegistryMessages.DeleteNamespace;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.invocation.Failure;
import io.perdure.router.Namespaces;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Namespaces (spec tencent-scf, 5.4). */
public final class NamespaceActions {
  private static final Field NEW_NAME =
      Field.text("Namespace")
          .required()
          .code("NamespaceInvalid")
          .matching(
              Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,59}"),
              "expected 1 to 60 letters, digits, - and _, the first one not a -");

  /** Where the cloud runs the functions of a namespace: kept, and without meaning here. */
  private static final Shape RESOURCES =
      Shape.of(
          Field.object(
              "TKE",
              Shape.of(
                  Field.text("ClusterID"),
                  Field.text("SubnetID"),
                  Field.text("Namespace"),
                  Field.text("DataPath"),
                  Field.objects("NodeSelector", Shape.of(Field.text("Key"), Field.text("Value"))),
                  Field.objects(
                      "Tolerations",
                      Shape.of(
                          Field.text("Key"),
                          Field.text("Operator"),
                          Field.text("Effect"),
                          Field.text("Value"),
                          Field.integer("TolerationSeconds"))),
                  Field.integer("Port"),
                  Field.text("PodTemplatePatch"))),
          Field.bool("OFFLINE"));

  private static final Shape CREATE =
      Shape.of(NEW_NAME, Names.DESCRIPTION, Field.object("ResourceEnv", RESOURCES));
  private static final Shape UPDATE =
      Shape.of(Names.NAMESPACE.required(), Names.DESCRIPTION.required());
  private static final Shape DELETE = Shape.of(Names.NAMESPACE.required());
  private static final Shape LIST =
      Shape.of(
          Paging.LIMIT,
          Paging.OFFSET,
          Field.text("Orderby").code("OrderBy").oneOf("Name", "Updatetime"),
          Paging.ORDER,
          Field.objects(
              "SearchKey",
              Shape.of(
                  Field.text("Key").required().code("SearchKey").oneOf("Namespace", "Description"),
                  Field.text("Value").required().code("SearchKey"))));

  private final Bus bus;
  private final Namespaces namespaces;
  private final Times times;

  /** Actions over {@code bus} that show {@code times}. */
  public NamespaceActions(Bus bus, Times times) {
    this.bus = bus;
    this.namespaces = new Namespaces(bus);
    this.times = times;
  }

  /** All of them. */
  public Stream<Action> all() {
    return Stream.of(
        new Action("CreateNamespace", CREATE, this::create),
        new Action("UpdateNamespace", UPDATE, this::update),
        new Action("DeleteNamespace", DELETE, this::delete),
        new Action("ListNamespaces", LIST, this::list));
  }

  private Future<Reply> create(ScfCall call) {
    String name = call.namespace();
    if (name.equals(ScfCall.NAMESPACE_DEFAULT)) {
      throw new ScfError(
          "InvalidParameterValue.DefaultNamespace",
          "The namespace `" + name + "` is there without being created.");
    }
    ScfNamespace namespace =
        ScfNamespace.of(call.args().text("Description", ""), call.args().json("ResourceEnv"));
    return bus.request(
            Addresses.PUT_NAMESPACE,
            new PutNamespace(call.accountId(), name, namespace.about(), Names.ABSENT))
        .recover(Codes.on(Failure.Kind.PRECONDITION, "ResourceInUse.Namespace"))
        .recover(Codes.on(Failure.Kind.CONFLICT, "LimitExceeded.Namespace"))
        .map(done -> Reply.NOTHING);
  }

  private Future<Reply> update(ScfCall call) {
    String description = call.args().text("Description");
    return namespaces
        .change(
            call.accountId(),
            call.namespace(),
            now -> new ScfNamespace(now).withDescription(description).about())
        .map(done -> Reply.NOTHING);
  }

  private Future<Reply> delete(ScfCall call) {
    String name = call.namespace();
    if (name.equals(ScfCall.NAMESPACE_DEFAULT)) {
      throw new ScfError(
          "FailedOperation.DeleteNamespace", "The namespace `" + name + "` cannot be deleted.");
    }
    return bus.request(Addresses.DELETE_NAMESPACE, new DeleteNamespace(call.accountId(), name, 0))
        .recover(Codes.on(Failure.Kind.CONFLICT, "ResourceInUse.Namespace"))
        .map(done -> Reply.NOTHING);
  }

  private Future<Reply> list(ScfCall call) {
    Args args = call.args();
    return namespaces
        .all(call.accountId())
        .map(
            all -> {
              List<Namespace> found =
                  all.stream().filter(each -> matches(each, args)).sorted(order(args)).toList();
              return reply(found.size(), Paging.page(args, found));
            });
  }

  /** All keys must match, each by a part of the text. */
  private static boolean matches(Namespace namespace, Args args) {
    return args.objects("SearchKey").stream()
        .allMatch(
            key -> {
              String text =
                  key.text("Key").equals("Namespace")
                      ? namespace.name()
                      : namespace.about().description();
              return text.contains(key.text("Value"));
            });
  }

  /** By name unless asked otherwise; those changed in the same millisecond by name. */
  private static Comparator<Namespace> order(Args args) {
    Comparator<Namespace> order = Comparator.comparing(Namespace::name);
    if ("Updatetime".equals(args.text("Orderby"))) {
      order = Comparator.comparing(Namespace::modifiedAt).thenComparing(order);
    }
    return Paging.descending(args, false) ? order.reversed() : order;
  }

  private Reply reply(int total, List<Namespace> page) {
    return Reply.of(
        json -> {
          json.writeNumberField("TotalCount", total);
          json.writeArrayFieldStart("Namespaces");
          for (Namespace namespace : page) {
            json.writeStartObject();
            json.writeStringField("Name", namespace.name());
            json.writeStringField("Description", namespace.about().description());
            json.writeStringField("Type", "default");
            json.writeStringField("AddTime", times.seconds(namespace.createdAt()));
            json.writeStringField("ModTime", times.seconds(namespace.modifiedAt()));
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
