package io.perdure.bus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import io.perdure.invocation.Failure;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RuntimeSpec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The codec of all messages: by reference inside a JVM, JSON behind a version byte between nodes.
 * Unknown properties are ignored, so that a node of the next version can be understood.
 */
final class MessageBytes implements MessageCodec<Message, Message> {
  static final MessageBytes CODEC = new MessageBytes();

  private static final byte VERSION = 1;

  private final ObjectMapper mapper;

  private MessageBytes() {
    mapper =
        JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addMixIn(Failure.class, Named.class)
            .addMixIn(RuntimeSpec.class, Named.class)
            .build();
    register(Message.class, "");
    register(Failure.class, "failure.");
    register(RuntimeSpec.class, "runtime.");
    // The text form is a third of the two-number form, and readable in a trace.
    mapper.addMixIn(InvocationId.class, AsText.class);
  }

  /** Names are the simple class names, fixed by a test; a renamed class keeps its old name here. */
  private void register(Class<?> sealed, String prefix) {
    for (Class<?> type : sealed.getPermittedSubclasses()) {
      if (type.isInterface()) {
        register(type, prefix);
      } else {
        mapper.registerSubtypes(new NamedType(type, prefix + type.getSimpleName()));
      }
    }
  }

  byte[] encode(Message message) {
    try {
      return mapper.writerFor(Message.class).writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("cannot write " + message.getClass().getName(), e);
    }
  }

  Message decode(byte[] bytes) {
    try {
      return mapper.readValue(bytes, Message.class);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a message of another node", e);
    }
  }

  @Override
  public void encodeToWire(Buffer buffer, Message message) {
    byte[] bytes = encode(message);
    buffer.appendByte(VERSION).appendInt(bytes.length).appendBytes(bytes);
  }

  @Override
  public Message decodeFromWire(int position, Buffer buffer) {
    byte version = buffer.getByte(position);
    if (version != VERSION) {
      throw new IllegalStateException("message format " + version + " is not known, only 1 is");
    }
    int length = buffer.getInt(position + 1);
    return decode(buffer.getBytes(position + 5, position + 5 + length));
  }

  @Override
  public Message transform(Message message) {
    return message;
  }

  @Override
  public String name() {
    return "perdure";
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }

  @com.fasterxml.jackson.annotation.JsonTypeInfo(
      use = com.fasterxml.jackson.annotation.JsonTypeInfo.Id.NAME,
      property = "@t")
  private interface Named {}

  private interface AsText {}
}
