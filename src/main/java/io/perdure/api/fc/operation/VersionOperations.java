package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Missing;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Page;
import io.perdure.api.fc.wire.Paging;
import io.perdure.api.fc.wire.Query;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.DeleteVersion;
import io.perdure.bus.RegistryMessages.ListVersions;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.bus.RegistryMessages.VersionsListed;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Functions;
import io.perdure.time.Rfc3339;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Versions: of a service with all its functions, or of a function that has no service (spec
 * alibaba-fc, 9.3).
 */
public final class VersionOperations {
  private static final String BACKWARD = "BACKWARD";
  private static final String FORWARD = "FORWARD";
  private static final String ID = "versionId";
  private static final int DIGITS_MAX = 18;

  private final Bus bus;

  /** Operations over {@code bus}. */
  public VersionOperations(Bus bus) {
    this.bus = bus;
  }

  /** All of them. */
  public Stream<Operation> all() {
    Set<Generation> v3 = Set.of(Generation.V3);
    Set<Generation> older = Set.of(Generation.V1, Generation.V2);
    return Stream.of(
        Operation.of(
            "PublishServiceVersion", "POST /services/{serviceName}/versions", older, this::publish),
        Operation.of(
            "ListServiceVersions", "GET /services/{serviceName}/versions", older, this::list),
        Operation.of(
            "DeleteServiceVersion",
            "DELETE /services/{serviceName}/versions/{versionId}",
            older,
            this::delete),
        Operation.of(
            "PublishFunctionVersion", "POST /functions/{functionName}/versions", v3, this::publish),
        Operation.of(
            "ListFunctionVersions", "GET /functions/{functionName}/versions", v3, this::list),
        Operation.of(
            "DeleteFunctionVersion",
            "DELETE /functions/{functionName}/versions/{versionId}",
            v3,
            this::delete));
  }

  /** Without a change since the last one, too: what the cloud answers then is not published. */
  private Future<FcReply> publish(FcCall call) {
    Target target = call.target();
    String description = call.body().text("description");
    return bus.request(
            Addresses.PUBLISH_VERSION,
            new PublishVersion(
                call.account().id(),
                target.namespace(),
                target.function(),
                description == null ? "" : description))
        .recover(Codes.on(Failure.Kind.CONFLICT, Codes::limitExceeded))
        .map(done -> FcReply.json(json -> write(json, done.version())));
  }

  private Future<FcReply> list(FcCall call) {
    Target target = call.target();
    Query query = call.query();
    boolean descending = !FORWARD.equals(query.oneOf("direction", List.of(BACKWARD, FORWARD)));
    Paging paging = Paging.of(query);
    return bus.request(
            Addresses.LIST_VERSIONS,
            new ListVersions(
                call.account().id(),
                target.namespace(),
                target.function(),
                descending,
                after(query, paging, descending),
                paging.limit()))
        .map(found -> listed(found, descending));
  }

  /** What the list begins behind; {@code startKey} itself is part of it. */
  private static String after(Query query, Paging paging, boolean descending) {
    if (query.text("nextToken") != null) {
      if (!isNumber(paging.after())) {
        throw FcError.invalid("nextToken", "the token of the page before, unchanged");
      }
      return paging.after();
    }
    String start = query.text("startKey");
    if (start == null) {
      return null;
    }
    if (!isNumber(start)) {
      throw FcError.invalid("startKey", "the number of a version");
    }
    long number = Long.parseLong(start);
    return Long.toString(descending ? number + 1 : number - 1);
  }

  private static FcReply listed(VersionsListed found, boolean descending) {
    Page<Version> page = Page.of(found.versions(), found.more(), Version::number);
    return FcReply.json(
        json -> {
          page.writeItems(json, "versions", VersionOperations::write);
          json.writeStringField("direction", descending ? BACKWARD : FORWARD);
          page.writeNextToken(json);
        });
  }

  private Future<FcReply> delete(FcCall call) {
    Target target = call.target();
    String id = call.path().get(ID);
    if (Functions.isLatest(id)) {
      throw FcError.invalid(ID, "the number of a version: the latest cannot be deleted");
    }
    if (!isNumber(id)) {
      throw Missing.version(id);
    }
    return bus.request(
            Addresses.DELETE_VERSION,
            new DeleteVersion(call.account().id(), target.namespace(), target.function(), id))
        .map(done -> FcReply.NO_CONTENT);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= DIGITS_MAX
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static void write(JsonGenerator json, Version version) throws IOException {
    json.writeStringField(ID, version.number());
    json.writeStringField("description", version.description());
    json.writeStringField("createdTime", Rfc3339.formatSeconds(version.createdAt()));
    json.writeStringField("lastModifiedTime", Rfc3339.formatSeconds(version.createdAt()));
  }
}
