package io.perdure.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes JSON straight to bytes, without a tree in between. */
public final class JsonOut {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final SerializedString LINE_FEED = new SerializedString("\n");

  private JsonOut() {}

  /** Writes something. */
  @FunctionalInterface
  public interface Writer {
    /** Writes to {@code json}. */
    void write(JsonGenerator json) throws IOException;
  }

  /** An object with the members that {@code members} writes, and a line feed behind it. */
  public static Buffer object(int expectedBytes, Writer members) {
    return lines(
        expectedBytes,
        json -> {
          json.writeStartObject();
          members.write(json);
          json.writeEndObject();
        });
  }

  /** Values separated by line feeds, and one behind the last. */
  public static Buffer lines(int expectedBytes, Writer values) {
    Bytes bytes = new Bytes(expectedBytes);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.setRootValueSeparator(LINE_FEED);
      values.write(json);
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("JSON could not be written to memory", e);
    }
    return bytes.toBuffer();
  }

  /** Bytes that become a buffer without being copied. */
  private static final class Bytes extends ByteArrayOutputStream {
    Bytes(int expected) {
      super(expected);
    }

    Buffer toBuffer() {
      return BufferInternal.buffer(Unpooled.wrappedBuffer(buf, 0, count));
    }
  }
}
