package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.api.scf.wire.ScfError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " [1, 2] ",
        "\"text\"",
        "null",
        "-1.5e3",
        "{\"a\":{\"b\":[]}}",
        "\"\u00e9\""
      })
  void anyValueOfJsonIsTakenAsItIs(String text) {
    assertArrayEquals(text.getBytes(UTF_8), Payload.of("Event", text).result());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ", "{", "{}{}", "{} x", "nope", "{'a':1}", "[1,]", "\"open", "01", "NaN", "{\"a\"}"
      })
  void whatIsNoJsonIsRefusedNamingTheParameter(String text) {
    ScfError error = (ScfError) Payload.of("ClientContext", text).cause();
    assertEquals("InvalidParameterValue.Param", error.code());
    assertEquals(true, error.getMessage().contains("`ClientContext`"));
  }

  @ParameterizedTest
  @NullAndEmptySource
  void whatIsNotGivenIsAnEmptyObject(String text) {
    assertEquals("{}", new String(Payload.of("Event", text).result(), UTF_8));
  }

  @Test
  void sizeIsThatOfTheBytes() {
    byte[] three = "\u20ac".getBytes(UTF_8);
    Payload.checkSize(three, "Event", 3);
    ScfError error = assertThrows(ScfError.class, () -> Payload.checkSize(three, "Event", 2));
    assertEquals("InvalidParameter.RequestTooLarge", error.code());
  }
}
