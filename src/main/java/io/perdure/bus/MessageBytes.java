package io.perdure.bus;

import static java.lang.System.Logger.Level.ERROR;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.perdure.bus.BusMessages.Item;
import io.perdure.bus.BusMessages.Parcel;
import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Failure;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RuntimeSpec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The codec of all messages: by reference inside a JVM; between nodes a version byte, JSON, and
 * behind it the bodies as they are ({@link RawBodies}).
 *
 * <p>What is written are the components of records, and nothing computed from them. A property that
 * is unknown is ignored and one that is missing is null, 0 or false, so that nodes of neighbouring
 * versions understand each other.
 */
final class MessageBytes implements MessageCodec<Message, Message> {
  static final MessageBytes CODEC = new MessageBytes();

  private static final System.Logger LOG = System.getLogger(MessageBytes.class.getName());

  /** What is written: the length of the JSON, the JSON, and the bodies. */
  static final byte VERSION = 2;

  /** Is read, too: the bodies are Base64 within the JSON. */
  static final byte VERSION_BASE64 = 1;

  private final Map<String, Class<?>> names = new LinkedHashMap<>();
  private final ObjectMapper mapper;
  private final ObjectWriter writer;
  private final ObjectReader reader;

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
            .addModule(RawBodies.module())
            .build();
    names.forEach((name, type) -> mapper.registerSubtypes(new NamedType(type, name)));
    writer = mapper.writerFor(Message.class);
    reader = mapper.readerFor(Message.class);
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

  /** The JSON of {@code message}; its bodies are added to {@code bodies}. */
  byte[] json(Message message, RawBodies bodies) {
    try {
      return writer.withAttribute(RawBodies.key(), bodies).writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("cannot write " + message.getClass().getName(), e);
    }
  }

  /** The message whose JSON is {@code json}. */
  Message message(byte[] json, RawBodies bodies) {
    try {
      return reader.withAttribute(RawBodies.key(), bodies).readValue(json);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read a message of another node", e);
    }
  }

  /** What cannot be written travels as a failure: nobody is told that nothing was sent. */
  @Override
  public void encodeToWire(Buffer buffer, Message message) {
    RawBodies bodies = new RawBodies();
    byte[] json;
    try {
      json = json(message, bodies);
    } catch (RuntimeException e) {
      bodies = new RawBodies();
      json = json(unwritten(message, e), bodies);
    }
    int start = buffer.length();
    int end = Math.toIntExact(start + 5L + json.length + bodies.length());
    buffer.setByte(end - 1, (byte) 0); // makes room once, for growing copies what is there
    buffer.setByte(start, VERSION).setInt(start + 1, json.length).setBytes(start + 5, json);
    bodies.writeTo(buffer, start + 5 + json.length);
  }

  private Message unwritten(Message message, RuntimeException cause) {
    if (!(message instanceof Parcel parcel)) {
      return failed("a message cannot be written", cause);
    }
    List<Item> items = new ArrayList<>();
    for (Item item : parcel.items()) {
      try {
        json(item.message(), new RawBodies());
        items.add(item);
      } catch (RuntimeException e) {
        items.add(new Item(item.number(), failed("a message cannot be written", e)));
      }
    }
    return new Parcel(parcel.answersTo(), items);
  }

  /**
   * What cannot be read becomes a failure, which who asked is told: Vert.x would drop what fails
   * here, and nobody would answer.
   */
  @Override
  public Message decodeFromWire(int position, Buffer buffer) {
    byte version = buffer.getByte(position);
    try {
      if (version != VERSION && version != VERSION_BASE64) {
        throw new IllegalStateException(
            "message format " + version + " is not known, only 1 and 2 are");
      }
      int length = buffer.getInt(position + 1);
      int end = Math.addExact(position + 5, length);
      byte[] json = buffer.getBytes(position + 5, end);
      RawBodies bodies = version == VERSION ? RawBodies.readFrom(buffer, end) : null;
      try {
        return message(json, bodies);
      } catch (UncheckedIOException e) {
        return readOneByOne(json, bodies, e);
      }
    } catch (RuntimeException e) {
      return failed("a message of another node cannot be read", e);
    }
  }

  /** A parcel whose messages are read each by itself. */
  private Message readOneByOne(byte[] json, RawBodies bodies, RuntimeException otherwise) {
    try {
      JsonNode parcel = mapper.readTree(json);
      if (!parcel.path("@t").asText().equals(Parcel.class.getSimpleName())) {
        throw otherwise;
      }
      List<Item> items = new ArrayList<>();
      for (JsonNode item : parcel.path("items")) {
        Message message;
        try {
          message = message(mapper.writeValueAsBytes(item.path("message")), bodies);
        } catch (UncheckedIOException e) {
          message = failed("a message of another node cannot be read", e);
        }
        items.add(new Item(item.path("number").asLong(), message));
      }
      return new Parcel(parcel.path("answersTo").textValue(), items);
    } catch (IOException e) {
      otherwise.addSuppressed(e);
      throw otherwise;
    }
  }

  private static Failed failed(String what, RuntimeException cause) {
    String reference = UUID.randomUUID().toString();
    LOG.log(ERROR, what + ", answered as internal " + reference, cause);
    return new Failed(new Failure.Internal(reference));
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
