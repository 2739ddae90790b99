package io.perdure.bus;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Failure;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RuntimeSpec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The codec of all messages: by reference inside a JVM, JSON behind a version byte between nodes.
 *
 * <p>What is written are the components of records, and nothing computed from them. A property that
 * is unknown is ignored and one that is missing is null, 0 or false, so that nodes of neighbouring
 * versions understand each other.
 */
final class MessageBytes implements MessageCodec<Message, Message> {
  static final MessageBytes CODEC = new MessageBytes();

  private static final byte VERSION = 1;

  private final Map<String, Class<?>> names = new LinkedHashMap<>();
  private final ObjectMapper mapper;

  private MessageBytes() {
    register(Message.class, "");
    register(Failure.class, "failure.");
    register(RuntimeSpec.class, "runtime.");
    register(Destination.Target.class, "destination.");
    register(DeliveryOutcome.class, "delivery.");
    mapper =
        JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS) // Done has nothing to say
            .visibility(PropertyAccessor.GETTER, Visibility.NONE)
            .visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .addMixIn(Failure.class, Named.class)
            .addMixIn(RuntimeSpec.class, Named.class)
            .addMixIn(Destination.Target.class, Named.class)
            .addMixIn(DeliveryOutcome.class, Named.class)
            .addModule(
                // The text is a third of the two numbers, and readable in a trace.
                new SimpleModule()
                    .addSerializer(InvocationId.class, ToStringSerializer.instance)
                    .addDeserializer(InvocationId.class, new IdFromText()))
            .build();
    names.forEach((name, type) -> mapper.registerSubtypes(new NamedType(type, name)));
  }

  /**
   * Names all records of a sealed family after their classes. A class that is renamed keeps its old
   * name on the wire: it gets a line of its own here then.
   */
  private void register(Class<?> sealed, String prefix) {
    for (Class<?> type : sealed.getPermittedSubclasses()) {
      if (type.isInterface()) {
        register(type, prefix);
      } else if (names.putIfAbsent(prefix + type.getSimpleName(), type) != null) {
        throw new IllegalStateException("two messages have the name " + type.getSimpleName());
      }
    }
  }

  /** Every name on the wire and what it stands for. */
  Map<String, Class<?>> names() {
    return names;
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

  /** For the sealed families that {@code invocation} owns, which knows nothing of JSON. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "@t")
  private interface Named {}

  private static final class IdFromText extends StdScalarDeserializer<InvocationId> {
    private static final long serialVersionUID = 1L;

    IdFromText() {
      super(InvocationId.class);
    }

    @Override
    public InvocationId deserialize(JsonParser json, DeserializationContext context)
        throws IOException {
      String text = json.getValueAsString();
      return InvocationId.parse(text)
          .orElseThrow(
              () -> context.weirdStringException(text, InvocationId.class, "not an invocation id"));
    }
  }
}
