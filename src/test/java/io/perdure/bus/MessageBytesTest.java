package io.perdure.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.perdure.bus.BusMessages.Item;
import io.perdure.bus.BusMessages.Parcel;
import io.perdure.bus.ExecutorMessages.Gate;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.Broke;
import io.perdure.bus.ShardMessages.Get;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Submit;
import io.perdure.bus.ShardMessages.Submitted;
import io.perdure.bus.ShardMessages.SubmittedAll;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.testkit.Seeds;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageBytesTest {
  private static final String GOLDEN = "/bus/message-names.txt";
  private static final String ID = "018bcfe5-6800-7003-8000-000000000001";

  private final MessageBytes codec = MessageBytes.CODEC;

  static Stream<Class<?>> messages() {
    return AnyMessage.records(Message.class);
  }

  static Stream<Class<?>> failures() {
    return AnyMessage.records(Failure.class);
  }

  static Stream<Class<?>> runtimes() {
    return AnyMessage.records(RuntimeSpec.class);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("messages")
  void everyMessageIsReadBackAsItWas(Class<? extends Message> type) {
    Seeds.each(
        30,
        random -> {
          sameAgain(new AnyMessage(random, false).of(type));
          sameAgain(new AnyMessage(random, true).of(type));
        });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void everyFailureIsReadBackAsItWas(Class<? extends Failure> type) {
    Seeds.each(30, random -> sameAgain(new Failed(new AnyMessage(random, false).of(type))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("runtimes")
  void everyRuntimeIsReadBackAsItWas(Class<? extends RuntimeSpec> type) {
    Seeds.each(
        30,
        random -> {
          var any = new AnyMessage(random, false);
          var put = any.of(PutFunction.class);
          sameAgain(
              new PutFunction(
                  put.account(),
                  put.namespace(),
                  put.name(),
                  put.flavour(),
                  put.about(),
                  any.of(type),
                  put.timeoutMillis(),
                  put.concurrency(),
                  put.retry(),
                  put.eventAgeMillis(),
                  put.retention(),
                  put.paused(),
                  put.by(),
                  put.ifRevision()));
        });
  }

  @Test
  void messagesWithinAMessageAreReadBackAsTheyWere() {
    var any = new AnyMessage(new Random(3), false);
    sameAgain(
        new SubmittedAll(
            List.of(
                any.of(Submitted.class),
                new Failed(new Failure.Throttled("backlog", "full", 1_000)),
                any.of(Submitted.class))));
  }

  @Test
  void aSubmitOfANodeThatKnowsNoModeIsAsynchronous() {
    String json =
        "{\"@t\":\"Submit\",\"functionUid\":7,\"qualifier\":\"LATEST\",\"origin\":\"NATIVE\"}";
    assertEquals(Invocation.Mode.ASYNC, ((Submit) read(json)).mode());
  }

  private void sameAgain(Message message) {
    var buffer = Buffer.buffer();
    codec.encodeToWire(buffer, message);
    Message back = codec.decodeFromWire(0, buffer);
    assertTrue(AnyMessage.same(message, back), () -> message + "\nbecame\n" + back);
  }

  @Test
  void namesOnTheWireNeverChange() throws IOException {
    Set<String> present = new TreeSet<>(codec.names().keySet());
    try (InputStream golden = getClass().getResourceAsStream(GOLDEN)) {
      Set<String> known =
          new String(golden.readAllBytes(), UTF_8)
              .lines()
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(
          String.join("\n", known),
          String.join("\n", present),
          "a new message is added to src/test/resources"
              + GOLDEN
              + "; a renamed class keeps its old name, see MessageBytes");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("messages")
  void nothingIsWrittenButComponents(Class<? extends Message> type) {
    Seeds.each(5, random -> onlyComponents(new AnyMessage(random, false).of(type)));
  }

  private void onlyComponents(Message message) {
    try {
      onlyComponents(message, new ObjectMapper().readTree(json(message)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] json(Message message) {
    return codec.json(message, new RawBodies());
  }

  private static void onlyComponents(Object value, JsonNode json) {
    if (value instanceof Record && json.isObject()) {
      Set<String> names = new TreeSet<>(Set.of("@t"));
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        names.add(component.getName());
        JsonNode written = json.path(component.getName());
        onlyComponents(AnyMessage.value(component, value), written);
      }
      json.fieldNames()
          .forEachRemaining(
              name -> assertTrue(names.contains(name), () -> name + " of " + value.getClass()));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        onlyComponents(list.get(i), json.path(i));
      }
    } else if (value instanceof Map<?, ?> map) {
      assertEquals(map.size(), json.size());
    } else if (value instanceof Collection<?> set) {
      assertEquals(set.size(), json.size());
    }
  }

  @Test
  void idTravelsAsItsText() {
    var id = InvocationId.parse(ID).orElseThrow();
    assertEquals("{\"@t\":\"Get\",\"id\":\"" + ID + "\"}", new String(json(new Get(id)), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"x\"", "\"\"", "17", "{\"high\":1,\"low\":2}", "[]"})
  void whatIsNoIdIsRefused(String id) {
    String json = "{\"@t\":\"Get\",\"id\":" + id + "}";
    assertThrows(UncheckedIOException.class, () -> read(json));
  }

  @Test
  void propertyOfALaterVersionIsIgnored() {
    var read = read("{\"@t\":\"Get\",\"later\":{\"a\":[1]},\"id\":\"" + ID + "\"}");
    assertEquals(new Get(InvocationId.parse(ID).orElseThrow()), read);
  }

  @Test
  void propertyThatAnEarlierVersionLacksIsEmpty() {
    assertEquals(new Gate(3, 0, 0, false, 0, 0), read("{\"@t\":\"Gate\",\"running\":3}"));
    assertNull(assertInstanceOf(GetBody.class, read("{\"@t\":\"GetBody\"}")).part());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{}", "[]", "null0", "{\"@t\":\"Unheard\"}", "{\"@t\":\"failure.Invalid\"}"})
  void whatIsNoMessageIsRefused(String json) {
    assertThrows(UncheckedIOException.class, () -> read(json));
  }

  private Message read(String json) {
    return codec.message(json.getBytes(UTF_8), null);
  }

  @Test
  void bytesStandBehindTheirVersionAnywhereInABuffer() {
    var message = new Gate(1, 2, 3, false, 4, 5);
    var buffer = Buffer.buffer("before");
    codec.encodeToWire(buffer, message);
    assertEquals(2, buffer.getByte(6));
    buffer.appendString("after");
    assertEquals(message, codec.decodeFromWire(6, buffer));
  }

  @Test
  void bodiesStandAsTheyAreBehindTheJson() {
    var buffer = Buffer.buffer();
    codec.encodeToWire(buffer, new Broke(null, 1, 2, null, 0, 0, null, new byte[] {7, 8}, null));
    int end = 5 + buffer.getInt(1);
    assertTrue(buffer.getString(5, end).contains("\"result\":0"));
    assertEquals(1, buffer.getInt(end));
    assertEquals(2, buffer.getInt(end + 4));
    assertArrayEquals(new byte[] {7, 8}, buffer.getBytes(end + 8, buffer.length()));
  }

  @Test
  void formatWithBase64IsRead() {
    var read = assertInstanceOf(Body.class, wire(1, "{\"@t\":\"Body\",\"bytes\":\"BwgJ\"}"));
    assertArrayEquals(new byte[] {7, 8, 9}, read.bytes());
  }

  @Test
  void otherFormatIsAFailure() {
    unreadable(wire(3, "{\"@t\":\"Done\"}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"@t\":\"Unheard\"}", "{\"@t\":\"Body\",\"bytes\":0}"})
  void whatCannotBeReadIsAFailure(String json) {
    unreadable(wire(2, json));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1, 1_000_000_000, Integer.MAX_VALUE})
  void bodiesThatAreNotThereAreAFailure(int count) {
    var buffer = wireBuffer(2, "{\"@t\":\"Done\"}");
    unreadable(codec.decodeFromWire(0, buffer.setInt(buffer.length() - 4, count)));
  }

  @Test
  void messageOfAParcelThatCannotBeReadIsAFailureAlone() {
    var parcel =
        assertInstanceOf(
            Parcel.class,
            wire(
                2,
                "{\"@t\":\"Parcel\",\"answersTo\":\"x\",\"items\":["
                    + "{\"number\":1,\"message\":{\"@t\":\"Unheard\",\"a\":1}},"
                    + "{\"number\":2,\"message\":{\"@t\":\"Done\"}}]}"));
    assertEquals("x", parcel.answersTo());
    assertEquals(List.of(1L, 2L), parcel.items().stream().map(Item::number).toList());
    unreadable(parcel.items().get(0).message());
    assertEquals(Done.DONE, parcel.items().get(1).message());
  }

  private Message wire(int version, String json) {
    return codec.decodeFromWire(0, wireBuffer(version, json));
  }

  private static Buffer wireBuffer(int version, String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return Buffer.buffer()
        .appendByte((byte) version)
        .appendInt(bytes.length)
        .appendBytes(bytes)
        .appendInt(0);
  }

  private static void unreadable(Message read) {
    assertInstanceOf(Failure.Internal.class, assertInstanceOf(Failed.class, read).failure());
  }

  @Test
  void largestBodyTravels() {
    byte[] bytes = new byte[32 * 1024 * 1024];
    new Random(1).nextBytes(bytes);
    var message = new Body(null, bytes);
    var buffer = Buffer.buffer();
    codec.encodeToWire(buffer, message);
    var back = assertInstanceOf(Body.class, codec.decodeFromWire(0, buffer));
    assertArrayEquals(bytes, back.bytes());
  }

  @Test
  void messageStaysItselfInsideAJvm() {
    var message = new Body(null, new byte[] {1});
    assertSame(message, codec.transform(message));
  }

  @Test
  void addressesAreDistinct() {
    var names =
        Arrays.stream(Addresses.class.getFields())
            .map(MessageBytesTest::address)
            .map(Address::name)
            .toList();
    assertEquals(names.size(), Set.copyOf(names).size());
    assertTrue(names.stream().allMatch(name -> name.startsWith("perdure.")));
  }

  private static Address<?, ?> address(Field field) {
    try {
      return (Address<?, ?>) field.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
