package io.perdure.api.v1;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.Bodies;
import io.perdure.api.JsonOut;
import io.perdure.api.Problem;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages.AbandonUpload;
import io.perdure.bus.CodeMessages.GetUpload;
import io.perdure.bus.CodeMessages.ListUploads;
import io.perdure.bus.CodeMessages.Upload;
import io.perdure.bus.CodeMessages.UploadState;
import io.perdure.router.Packages;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;

/** {@code /v1/uploads}: packages that come in parts, and how far they are. */
final class UploadRoutes {
  private static final String ALL = "/v1/uploads";
  private static final String ONE = ALL + "/{upload}";
  private static final String OFFSET = "Upload-Offset";
  private static final int BYTES = 384;

  private final Bus bus;
  private final Packages packages;
  private final Bodies bodies;

  UploadRoutes(Bus bus, Bodies bodies) {
    this.bus = bus;
    this.packages = new Packages(bus);
    this.bodies = bodies;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.GET, ALL, "listUploads", this::list)
        .add(HttpMethod.POST, ALL, "beginUpload", this::begin)
        .add(HttpMethod.GET, ONE, "getUpload", this::get)
        .add(HttpMethod.PATCH, ONE, "addToUpload", this::add)
        .add(HttpMethod.DELETE, ONE, "abandonUpload", this::abandon)
        .add(HttpMethod.POST, ONE + "/finish", "finishUpload", this::finish);
  }

  private Future<?> list(Call call) {
    call.noQuery();
    return bus.request(Addresses.LIST_UPLOADS, new ListUploads(call.account().id()))
        .compose(
            found ->
                call.reply(
                    200,
                    JsonOut.object(
                        BYTES * Math.max(1, found.uploads().size()),
                        json -> {
                          json.writeArrayFieldStart("uploads");
                          for (Upload upload : found.uploads()) {
                            json.writeStartObject();
                            write(json, upload);
                            json.writeEndObject();
                          }
                          json.writeEndArray();
                        })));
  }

  private Future<?> begin(Call call) {
    call.noQuery();
    return bodies
        .read(call.request(), "body", NamespaceRoutes.JSON_BYTES_MAX)
        .compose(
            body -> {
              Fields fields = Fields.parseOrNone(body);
              long bytes = fields.integer("bytes", -1, 0, Long.MAX_VALUE);
              fields.done();
              return packages.begin(call.account().id(), bytes);
            })
        .recover(Refusals::inBody)
        .compose(
            upload -> {
              call.response().putHeader(HttpHeaders.LOCATION, ALL + "/" + upload.id());
              return reply(call, 201, upload);
            });
  }

  private Future<?> get(Call call) {
    call.noQuery();
    return upload(call).compose(upload -> reply(call, 200, upload));
  }

  /** Whatever part of the body has been taken when it breaks off counts: see {@code received}. */
  private Future<?> add(Call call) {
    call.noQuery();
    long from = offset(call);
    String account = call.account().id();
    String id = call.parameters().get(0);
    Future<Upload> checked = upload(call).compose(upload -> at(upload, from));
    return bodies.stream(
            call.request(),
            (offset, bytes) ->
                checked.compose(upload -> packages.add(account, id, from + offset, bytes)))
        .compose(received -> checked)
        .compose(before -> upload(call))
        .compose(upload -> reply(call, 200, upload));
  }

  private static long offset(Call call) {
    String offset = call.request().getHeader(OFFSET);
    try {
      long value = offset == null ? -1 : Long.parseLong(offset);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // said below, as for a missing one
    }
    throw Problem.invalid(OFFSET, "expected how many bytes have been received before this part");
  }

  private static Future<Upload> at(Upload upload, long offset) {
    return upload.received() == offset
        ? Future.succeededFuture(upload)
        : Call.conflict(
            "expected Upload-Offset: " + upload.received() + ", so much has been received");
  }

  private Future<Upload> upload(Call call) {
    return bus.request(
            Addresses.GET_UPLOAD, new GetUpload(call.account().id(), call.parameters().get(0)))
        .map(UploadState::upload);
  }

  private Future<?> abandon(Call call) {
    call.noQuery();
    return bus.request(
            Addresses.ABANDON_UPLOAD,
            new AbandonUpload(call.account().id(), call.parameters().get(0)))
        .compose(done -> call.noContent());
  }

  private Future<?> finish(Call call) {
    call.noQuery();
    return packages
        .finish(call.account().id(), call.parameters().get(0))
        .compose(code -> upload(call))
        .compose(upload -> reply(call, 200, upload));
  }

  private static Future<Void> reply(Call call, int status, Upload upload) {
    return call.reply(status, JsonOut.object(BYTES, json -> write(json, upload)));
  }

  private static void write(JsonGenerator json, Upload upload) throws IOException {
    json.writeStringField("id", upload.id());
    json.writeStringField("state", upload.code() == null ? "receiving" : "finished");
    json.writeNumberField("received", upload.received());
    json.writeFieldName("expected");
    if (upload.expected() < 0) {
      json.writeNull();
    } else {
      json.writeNumber(upload.expected());
    }
    json.writeFieldName("code");
    RuntimeJson.writeCode(json, upload.code());
    json.writeStringField("startedAt", FunctionJson.time(upload.startedAt()));
    json.writeStringField("changedAt", FunctionJson.time(upload.changedAt()));
  }
}
