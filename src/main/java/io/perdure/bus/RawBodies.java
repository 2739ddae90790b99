package io.perdure.bus;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The bodies of a message on the wire: raw bytes behind the JSON, in which each stands as its
 * number. A text is Base64, as format 1 has it.
 */
final class RawBodies {
  private static final Object KEY = RawBodies.class;

  private final List<byte[]> bodies = new ArrayList<>();

  /** Under which the codec finds those of the message that it writes or reads. */
  static Object key() {
    return KEY;
  }

  static SimpleModule module() {
    return new SimpleModule()
        .addSerializer(byte[].class, new ToNumber())
        .addDeserializer(byte[].class, new FromNumber());
  }

  /** Bytes that {@link #writeTo} will write. */
  long length() {
    long sum = 4L * (1 + bodies.size());
    for (byte[] body : bodies) {
      sum += body.length;
    }
    return sum;
  }

  void writeTo(Buffer buffer, int position) {
    int at = position;
    buffer.setInt(at, bodies.size());
    for (byte[] body : bodies) {
      at += 4;
      buffer.setInt(at, body.length);
    }
    at += 4;
    for (byte[] body : bodies) {
      buffer.setBytes(at, body);
      at += body.length;
    }
  }

  /** Those at {@code position}; what is beyond the buffer's end fails as out of bounds. */
  static RawBodies readFrom(Buffer buffer, int position) {
    RawBodies read = new RawBodies();
    int count = buffer.getInt(position);
    long at = position + 4L * (1L + count);
    if (count < 0 || at > buffer.length()) {
      throw new IndexOutOfBoundsException(count + " bodies do not fit in " + buffer.length());
    }
    for (int i = 0; i < count; i++) {
      int length = buffer.getInt(position + 4 * (1 + i));
      if (length < 0 || at + length > buffer.length()) {
        throw new IndexOutOfBoundsException("a body of " + length + " bytes goes beyond the end");
      }
      read.bodies.add(buffer.getBytes((int) at, (int) at + length));
      at += length;
    }
    return read;
  }

  private static final class ToNumber extends StdScalarSerializer<byte[]> {
    private static final long serialVersionUID = 1L;

    ToNumber() {
      super(byte[].class);
    }

    @Override
    public void serialize(byte[] body, JsonGenerator json, SerializerProvider context)
        throws IOException {
      List<byte[]> bodies = ((RawBodies) context.getAttribute(KEY)).bodies;
      json.writeNumber(bodies.size());
      bodies.add(body);
    }
  }

  private static final class FromNumber extends StdScalarDeserializer<byte[]> {
    private static final long serialVersionUID = 1L;

    FromNumber() {
      super(byte[].class);
    }

    @Override
    public byte[] deserialize(JsonParser json, DeserializationContext context) throws IOException {
      if (!json.hasToken(JsonToken.VALUE_NUMBER_INT)) {
        return json.getBinaryValue();
      }
      int number = json.getIntValue();
      RawBodies read = (RawBodies) context.getAttribute(KEY);
      if (read == null || number < 0 || number >= read.bodies.size()) {
        return (byte[])
            context.handleWeirdNumberValue(byte[].class, number, "there is no such body");
      }
      return read.bodies.get(number);
    }
  }
}
