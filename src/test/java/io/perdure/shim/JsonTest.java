package io.perdure.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java shim's mapper between JSON and values. */
class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "-0.5",
        "[1,[2,{\"a\":[]}],\"x\"]",
        "{\"a\":{\"b\":null},\"c\":\"\\\"\\\\\\n\\t\"}",
        "\"\\u0001ü\uD83D\uDE00\"",
        "123456789012345678901234567890"
      })
  void whatIsReadIsWrittenTheSame(String json) {
    assertEquals(json, ToJson.text(Json.parse(json)));
  }

  @Test
  void escapesAreUnderstood() {
    assertEquals("/\b\f\r\u20AC\uD83D\uDE00", Json.parse("\"\\/\\b\\f\\r\\u20ac\\uD83D\\ude00\""));
  }

  @Test
  void spaceIsPassedOver() {
    assertEquals("{\"a\":[1,2]}", ToJson.text(Json.parse(" {\n\"a\" :\t[ 1 , 2 ]\r} ")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nul",
        "tru",
        "[1",
        "[1,]",
        "{\"a\"}",
        "{\"a\":1,}",
        "{a:1}",
        "\"x",
        "\"\\x\"",
        "\"\\u12\"",
        "01",
        "1.",
        "-",
        "1e",
        "+1",
        "1 2",
        "\"\n\""
      })
  void whatIsNoJsonIsRefused(String text) {
    assertThrows(Json.Malformed.class, () -> Json.parse(text));
  }

  @Test
  void nestingHasALimit() {
    String deep = "[".repeat(501) + "]".repeat(501);
    assertThrows(Json.Malformed.class, () -> Json.parse(deep));
    List<Object> circle = new ArrayList<>();
    circle.add(circle);
    assertThrows(ToJson.Unwritable.class, () -> ToJson.text(circle));
  }

  @Test
  void numbersAreAsSmallAsTheyMayBe() {
    assertEquals(7, Json.parse("7"));
    assertEquals(3_000_000_000L, Json.parse("3000000000"));
    assertEquals(Long.MAX_VALUE, Json.parse("9223372036854775807"));
    assertEquals(new BigInteger("9223372036854775808"), Json.parse("9223372036854775808"));
    assertEquals(new BigDecimal("1.50"), Json.parse("1.50"));
  }

  private static <T> T read(Class<T> type, String json) {
    return type.cast(FromJson.to(type, Json.parse(json)));
  }

  @Test
  void fractionsAreDoublesForWhoAsksForNothing() {
    assertEquals(List.of(1.5, 2), read(Object.class, "[1.5, 2]"));
    assertEquals(
        new BigDecimal("12345678901234567.89"), read(BigDecimal.class, "12345678901234567.89"));
  }

  enum Color {
    RED,
    BLUE
  }

  record Point(int x, Long y, Color color) {}

  static class Base {
    private String inherited;

    public String getInherited() {
      return inherited;
    }

    public void setInherited(String value) {
      inherited = value;
    }
  }

  static class Bean extends Base {
    public int[] numbers;
    public Map<Integer, Point> points;
    public Set<String> names;
    public Instant at;
    public UUID id;
    public boolean done;
    public List<? extends Number> list;

    @SuppressWarnings("unused") // it must not be written, since it has no getter
    private String secret = "s";
  }

  @Test
  void objectsAreFilledByTheirGenericTypes() {
    Bean bean =
        read(
            Bean.class,
            """
            {"inherited": "i", "numbers": [1, 2], "points": {"7": {"x": 1, "y": 2, "color": "BLUE"}},
             "names": ["b", "a"], "at": "2026-01-02T03:04:05Z", "done": true, "list": [1],
             "id": "00000000-0000-0001-0000-000000000002", "unknown": {}}
            """);
    assertEquals("i", bean.getInherited());
    assertEquals("[1, 2]", Arrays.toString(bean.numbers));
    assertEquals(Map.of(7, new Point(1, 2L, Color.BLUE)), bean.points);
    assertEquals(Set.of("a", "b"), bean.names);
    assertEquals(Instant.parse("2026-01-02T03:04:05Z"), bean.at);
    assertEquals(new UUID(1, 2), bean.id);
    assertTrue(bean.done);
  }

  @Test
  void objectsAreWrittenByTheirGettersAndPublicFields() {
    Bean bean = new Bean();
    bean.setInherited("i");
    bean.numbers = new int[] {1};
    bean.points = Map.of(7, new Point(1, null, Color.RED));
    bean.at = Instant.EPOCH;
    assertEquals(
        "{\"inherited\":\"i\",\"numbers\":[1],\"points\":{\"7\":{\"x\":1,\"y\":null,\"color\":\"RED\"}},"
            + "\"names\":null,\"at\":\"1970-01-01T00:00:00Z\",\"id\":null,\"done\":false,\"list\":null}",
        ToJson.text(bean));
  }

  static class Bare {
    @SuppressWarnings("unused") // read and written without an accessor
    private int a = 1;
  }

  @Test
  void classWithoutAccessorsShowsItsFields() {
    assertEquals("{\"a\":1}", ToJson.text(new Bare()));
    assertEquals("{\"a\":5}", ToJson.text(read(Bare.class, "{\"a\": 5}")));
  }

  @interface Other {}

  @Retention(RetentionPolicy.RUNTIME)
  @interface JsonProperty {
    String value();
  }

  static class Named {
    @JsonProperty("display-name")
    @Other
    public String name;
  }

  @Test
  void namesOfAnnotationsCount() {
    Named named = read(Named.class, "{\"display-name\": \"n\"}");
    assertEquals("n", named.name);
    assertEquals("{\"display-name\":\"n\"}", ToJson.text(named));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "java.lang.Integer|1.5",
        "java.lang.Integer|3000000000",
        "java.lang.Boolean|1",
        "java.util.List|{}",
        "java.util.Map|[]",
        "java.time.Instant|\"x\"",
        "java.lang.Character|\"ab\""
      })
  void whatDoesNotFitIsSaid(Class<?> type, String json) {
    FromJson.Mismatch mismatch = assertThrows(FromJson.Mismatch.class, () -> read(type, json));
    assertTrue(mismatch.getMessage().contains(type.getName()), mismatch.getMessage());
  }

  @Test
  void mismatchTellsWhereItIs() {
    FromJson.Mismatch mismatch =
        assertThrows(
            FromJson.Mismatch.class, () -> read(Bean.class, "{\"points\":{\"1\":{\"x\":\"q\"}}}"));
    assertEquals(
        "io.perdure.shim.JsonTest$Bean.points: io.perdure.shim.JsonTest$Point.x: a value of int is"
            + " wanted, not \"q\"",
        mismatch.getMessage());
  }

  @Test
  void mapsMayBeOfAnyClass() {
    assertEquals(LinkedHashMap.class, read(Object.class, "{}").getClass());
    assertEquals(TreeMap.class, read(SortedMap.class, "{\"a\":1}").getClass());
    assertEquals(ConcurrentHashMap.class, read(ConcurrentHashMap.class, "{\"a\":1}").getClass());
  }
}
