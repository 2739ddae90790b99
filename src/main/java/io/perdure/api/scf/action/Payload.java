package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.perdure.api.Offload;
import io.perdure.api.scf.wire.ScfError;
import io.vertx.core.Future;
import java.io.IOException;

/** The event of a run: text of JSON in a parameter. Pure. */
final class Payload {
  /** What the function is given when the caller gives nothing. */
  private static final String NOTHING = "{}";

  private static final int INLINE_CHARS = 64 * 1024;

  /** Bytes are bounded already; how deep the event may be is the function's affair. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(10_000)
                  .maxNumberLength(64 << 20)
                  .maxStringLength(64 << 20)
                  .build())
          .build();

  private Payload() {}

  /**
   * The bytes of {@code text}; long ones are looked at on a worker.
   *
   * @param parameter it is in, for the message
   * @param text null and empty for none
   */
  static Future<byte[]> of(String parameter, String text) {
    if (text == null || text.isEmpty()) {
      return Future.succeededFuture(NOTHING.getBytes(UTF_8));
    }
    return Offload.when(text.length() > INLINE_CHARS, () -> checked(parameter, text));
  }

  private static byte[] checked(String parameter, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    if (!isJson(bytes)) {
      throw ScfError.invalidValue(
          "InvalidParameterValue.Param", parameter, "expected the text of one value of JSON");
    }
    return bytes;
  }

  /** Refuses what is larger than {@code most} bytes. */
  static void checkSize(byte[] payload, String parameter, int most) {
    if (payload.length > most) {
      throw ScfError.invalidValue(
          "InvalidParameter.RequestTooLarge", parameter, "expected at most " + most + " bytes");
    }
  }

  private static boolean isJson(byte[] bytes) {
    try (JsonParser parser = FACTORY.createParser(bytes)) {
      if (parser.nextToken() == null) {
        return false; // blanks alone
      }
      parser.skipChildren();
      parser.finishToken();
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory could not be read", e);
    }
  }
}
