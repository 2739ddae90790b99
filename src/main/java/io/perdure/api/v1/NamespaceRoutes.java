package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.Bodies;
import io.perdure.api.JsonOut;
import io.perdure.api.Problem;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.DeleteNamespace;
import io.perdure.bus.RegistryMessages.ListNamespaces;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.NamespacePut;
import io.perdure.bus.RegistryMessages.NamespacesListed;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** {@code /v1/namespaces} and what is directly below. */
final class NamespaceRoutes {
  /** Largest JSON body of a namespace, function or stop. */
  static final int JSON_BYTES_MAX = 1 << 20;

  static final int LIMIT_DEFAULT = 100;
  static final int LIMIT_MAX = 1_000;

  private static final byte CURSOR_VERSION = 1;

  private final Bus bus;
  private final Bodies bodies;

  NamespaceRoutes(Bus bus, Bodies bodies) {
    this.bus = bus;
    this.bodies = bodies;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.GET, "/v1/namespaces", "listNamespaces", this::list)
        .add(HttpMethod.PUT, "/v1/namespaces/{namespace}", "putNamespace", this::put)
        .add(HttpMethod.GET, "/v1/namespaces/{namespace}", "getNamespace", this::get)
        .add(HttpMethod.DELETE, "/v1/namespaces/{namespace}", "deleteNamespace", this::delete);
  }

  private Future<?> put(Call call) {
    call.noQuery();
    return bodies
        .read(call.request(), "body", JSON_BYTES_MAX)
        .compose(body -> find(call).compose(present -> put(call, body, present)))
        .recover(Refusals::inBody)
        .compose(
            done -> {
              if (done.created()) {
                call.response()
                    .putHeader(HttpHeaders.LOCATION, "/v1/namespaces/" + done.namespace().name());
              }
              return reply(call, done.created() ? 201 : 200, done.namespace());
            });
  }

  private Future<NamespacePut> put(Call call, byte[] body, Optional<Namespace> present) {
    Fields fields = Fields.parseOrNone(body);
    About about = FunctionBody.about(fields, present.map(Namespace::about).orElse(null));
    FunctionBody.same(fields, "name", call.namespace());
    fields.ignore("createdAt", "modifiedAt", "revision").done();
    return bus.request(
        Addresses.PUT_NAMESPACE,
        new PutNamespace(
            call.account().id(), call.namespace(), about, Etags.wanted(call, revision(present))));
  }

  private static long revision(Optional<Namespace> present) {
    return present.map(Namespace::revision).orElse(Etags.ABSENT);
  }

  private Future<?> get(Call call) {
    call.noQuery();
    return find(call)
        .compose(
            found -> {
              Namespace namespace =
                  found.orElseThrow(
                      () ->
                          new FailureException(
                              new Failure.NotFound("namespace", call.namespace())));
              return Etags.unchanged(call, Etags.of(namespace.revision()))
                  ? Future.succeededFuture()
                  : reply(call, 200, namespace);
            });
  }

  /** Names are in order, so the one that equals the prefix is the first of those that begin so. */
  private Future<Optional<Namespace>> find(Call call) {
    String name = call.namespace();
    return bus.request(
            Addresses.LIST_NAMESPACES, new ListNamespaces(call.account().id(), name, null, 1))
        .map(found -> found.namespaces().stream().filter(n -> n.name().equals(name)).findFirst());
  }

  private Future<?> delete(Call call) {
    call.noQuery();
    Future<Long> ifRevision =
        Etags.asked(call)
            ? find(call).map(found -> Etags.wanted(call, revision(found)))
            : Future.succeededFuture(0L);
    return ifRevision
        .compose(
            revision ->
                bus.request(
                    Addresses.DELETE_NAMESPACE,
                    new DeleteNamespace(call.account().id(), call.namespace(), revision)))
        .compose(done -> call.noContent());
  }

  private Future<?> list(Call call) {
    Query query = call.query("prefix", "limit", "cursor");
    int limit = query.integer("limit", LIMIT_DEFAULT, 1, LIMIT_MAX);
    String after = nameIn(query.text("cursor"));
    return bus.request(
            Addresses.LIST_NAMESPACES,
            new ListNamespaces(call.account().id(), query.text("prefix"), after, limit))
        .compose(found -> call.reply(200, page(found)));
  }

  private static Buffer page(NamespacesListed found) {
    return JsonOut.object(
        1_024,
        json -> {
          json.writeArrayFieldStart("namespaces");
          for (Namespace namespace : found.namespaces()) {
            json.writeStartObject();
            FunctionJson.write(json, namespace);
            json.writeEndObject();
          }
          json.writeEndArray();
          int size = found.namespaces().size();
          writeCursor(json, found.more() ? found.namespaces().get(size - 1).name() : null);
        });
  }

  private static Future<Void> reply(Call call, int status, Namespace namespace) {
    call.response().putHeader(HttpHeaders.ETAG, Etags.of(namespace.revision()));
    return call.reply(status, JsonOut.object(256, json -> FunctionJson.write(json, namespace)));
  }

  /** Writes where the next page begins: behind the name {@code last}, null on the last page. */
  static void writeCursor(JsonGenerator json, String last) throws IOException {
    if (last == null) {
      json.writeNullField("cursor");
      return;
    }
    byte[] name = last.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[name.length + 1];
    bytes[0] = CURSOR_VERSION;
    System.arraycopy(name, 0, bytes, 1, name.length);
    json.writeStringField("cursor", Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** The name in a cursor; null for none. */
  static String nameIn(String cursor) {
    if (cursor == null) {
      return null;
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(cursor);
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    if (bytes.length < 2 || bytes[0] != CURSOR_VERSION) {
      throw Problem.invalid("cursor", "expected the cursor of an earlier page of this list");
    }
    return new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8);
  }
}
