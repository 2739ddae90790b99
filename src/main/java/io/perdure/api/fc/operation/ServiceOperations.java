package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
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
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.DeleteNamespace;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.ListNamespaces;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.NamespacePut;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.router.Namespaces;
import io.perdure.router.Revisions;
import io.perdure.time.Rfc3339;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Services, which are namespaces (spec alibaba-fc, 9.1). */
public final class ServiceOperations {
  private static final Set<Generation> GENERATIONS = Set.of(Generation.V1, Generation.V2);
  private static final String SERVICES = "/services";
  private static final String SERVICE = SERVICES + "/{" + FcCall.SERVICE + "}";

  /** Every account has it: it is a service once something was told of it or put into it. */
  private static final String DEFAULT = "default";

  private final Bus bus;
  private final Namespaces namespaces;
  private final ServiceVersions versions;

  /** Operations over {@code bus}. */
  public ServiceOperations(Bus bus) {
    this.bus = bus;
    this.namespaces = new Namespaces(bus);
    this.versions = new ServiceVersions(bus);
  }

  /** All of them. */
  public Stream<Operation> all() {
    return Stream.of(
        Operation.of("CreateService", "POST " + SERVICES, GENERATIONS, this::create),
        Operation.of("ListServices", "GET " + SERVICES, GENERATIONS, this::list),
        Operation.of("GetService", "GET " + SERVICE, GENERATIONS, this::get),
        Operation.of("UpdateService", "PUT " + SERVICE, GENERATIONS, this::update),
        Operation.of("DeleteService", "DELETE " + SERVICE, GENERATIONS, this::delete));
  }

  private Future<FcReply> create(FcCall call) {
    Props body = call.body();
    String name = Names.service(body);
    About about = told(About.NOTHING, body);
    return absent(call, name)
        .compose(
            revision ->
                bus.request(
                    Addresses.PUT_NAMESPACE,
                    new PutNamespace(call.account().id(), name, about, revision)))
        .recover(
            Codes.on(
                Failure.Kind.PRECONDITION,
                why ->
                    FcError.exists(
                        "ServiceAlreadyExists", "service '" + name + "' already exists")))
        .recover(Codes.on(Failure.Kind.CONFLICT, Codes::limitExceeded))
        .map(NamespacePut::namespace)
        .map(this::shown);
  }

  /** The revision to put a new one with: that every account has is put where it is. */
  private Future<Long> absent(FcCall call, String name) {
    return name.equals(DEFAULT)
        ? namespaces
            .find(call.account().id(), name)
            .map(now -> now.revision() == 0 ? 0 : Names.ABSENT)
        : Future.succeededFuture(Names.ABSENT);
  }

  /** As the qualifier leads to it: a version shows what it froze. */
  private Future<FcReply> get(FcCall call) {
    return find(call)
        .compose(
            service ->
                versions
                    .told(
                        call.account().id(),
                        service.name(),
                        call.target().qualifier(),
                        service.about())
                    .map(about -> shown(with(service, about))));
  }

  private Future<FcReply> update(FcCall call) {
    Props body = call.body();
    noQualifier(call);
    return Revisions.onLatest(
            () ->
                find(call)
                    .compose(
                        now -> {
                          etag(now).required(call); // a later one is found the next time
                          return bus.request(
                              Addresses.PUT_NAMESPACE,
                              new PutNamespace(
                                  call.account().id(),
                                  now.name(),
                                  told(now.about(), body),
                                  now.revision()));
                        }))
        .recover(Codes.on(Failure.Kind.PRECONDITION, Codes::concurrentUpdate))
        .map(NamespacePut::namespace)
        .map(this::shown);
  }

  /** Versions and aliases go with it. */
  private Future<FcReply> delete(FcCall call) {
    noQualifier(call);
    String name = call.target().namespace();
    return find(call)
        .compose(
            now ->
                bus.request(
                    Addresses.DELETE_NAMESPACE,
                    new DeleteNamespace(call.account().id(), name, etag(now).required(call))))
        .recover(
            Codes.on(
                Failure.Kind.CONFLICT,
                why ->
                    name.equals(DEFAULT)
                        ? FcError.invalid("service 'default' cannot be deleted: it is always there")
                        : FcError.exists(
                            "ServiceNotEmpty",
                            "service '" + name + "' still has functions: delete them before it")))
        .map(FcReply.NO_CONTENT);
  }

  private Future<FcReply> list(FcCall call) {
    Paging paging = Paging.of(call.query());
    String account = call.account().id();
    // One more than is shown of a page without the default one tells whether another page follows.
    return bus.request(
            Addresses.LIST_NAMESPACES,
            new ListNamespaces(account, paging.prefix(), paging.after(), paging.limit() + 2))
        .compose(
            found -> {
              List<Namespace> all = found.namespaces();
              return all.stream().anyMatch(ServiceOperations::untold)
                  ? hasFunctions(account, DEFAULT)
                      .map(has -> all.stream().filter(each -> has || !untold(each)).toList())
                  : Future.succeededFuture(all);
            })
        .map(
            services ->
                Page.first(services, paging.limit(), Namespace::name)
                    .reply("services", ServiceOperations::write));
  }

  /** The service that the path names; fails as not found. */
  private Future<Namespace> find(FcCall call) {
    String account = call.account().id();
    String name = call.target().namespace();
    return namespaces
        .find(account, name)
        .compose(
            found ->
                untold(found)
                    ? hasFunctions(account, name)
                        .map(
                            has -> {
                              if (!has) {
                                throw Missing.service(name);
                              }
                              return found;
                            })
                    : Future.succeededFuture(found));
  }

  private static boolean untold(Namespace namespace) {
    return namespace.revision() == 0;
  }

  private Future<Boolean> hasFunctions(String account, String name) {
    return bus.request(Addresses.LIST_FUNCTIONS, new ListFunctions(account, name, null, null, 1))
        .map(found -> !found.functions().isEmpty());
  }

  private static void noQualifier(FcCall call) {
    if (call.target().qualifier() != null) {
      throw FcError.invalid("qualifier", "none: a version of a service cannot be changed");
    }
  }

  /** {@code before} with what {@code body} tells. */
  private static About told(About before, Props body) {
    ObjectNode kept = Kept.parse(before.extra());
    KeptProps.SERVICE.take(body, kept);
    String description = body.text("description");
    return new About(
        description == null ? before.description() : description,
        before.tags(),
        kept.toString()); // never empty: that something was put is seen by it
  }

  private static Namespace with(Namespace service, About about) {
    return new Namespace(
        service.account(),
        service.name(),
        about,
        service.createdAt(),
        service.modifiedAt(),
        service.revision());
  }

  private FcReply shown(Namespace service) {
    return etag(service).on(FcReply.json(json -> write(json, service)));
  }

  private static Etag etag(Namespace service) {
    return Etag.of(service.createdAt(), service.revision());
  }

  private static void write(JsonGenerator json, Namespace service) throws IOException {
    json.writeStringField("serviceName", service.name());
    json.writeStringField("description", service.about().description());
    KeptProps.SERVICE.write(json, Kept.parse(service.about().extra()));
    json.writeBooleanField("useSLRAuthentication", false);
    json.writeStringField(
        "serviceId",
        Ids.of("service", service.account(), service.name(), Long.toString(service.createdAt())));
    json.writeStringField("createdTime", Rfc3339.formatSeconds(service.createdAt()));
    json.writeStringField("lastModifiedTime", Rfc3339.formatSeconds(service.modifiedAt()));
  }
}
