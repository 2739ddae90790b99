package io.perdure.api.scf.wire;

import io.perdure.api.JsonOut;
import io.vertx.core.buffer.Buffer;

/** The object around every answer (spec tencent-scf, section 2.3). */
public final class Envelope {
  private static final int EXPECTED_BYTES = 512;

  private Envelope() {}

  /** A success; {@code requestId} is shown unless the reply has one of its own. */
  public static Buffer of(Reply reply, String requestId) {
    String shown = reply.requestId() == null ? requestId : reply.requestId();
    return response(reply.fields(), shown);
  }

  /** A refusal. */
  public static Buffer of(ScfError error, String requestId) {
    return response(
        json -> {
          json.writeObjectFieldStart("Error");
          json.writeStringField("Code", error.code());
          json.writeStringField("Message", error.getMessage());
          json.writeEndObject();
        },
        requestId);
  }

  private static Buffer response(JsonOut.Writer fields, String requestId) {
    return JsonOut.object(
        EXPECTED_BYTES,
        json -> {
          json.writeObjectFieldStart("Response");
          fields.write(json);
          json.writeStringField("RequestId", requestId);
          json.writeEndObject();
        });
  }
}
