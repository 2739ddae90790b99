package io.perdure.runtime.managed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ErrorObjectTest {
  @ParameterizedTest
  @MethodSource("texts")
  void whatAProgramWroteIsUnderstood(String text, ErrorObject expected) {
    assertEquals(expected, ErrorObject.read(Buffer.buffer(text)));
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        arguments("", new ErrorObject(null, "", List.of())),
        arguments("it failed\n", new ErrorObject(null, "it failed", List.of())),
        arguments("{ \"half", new ErrorObject(null, "{ \"half", List.of())),
        arguments("{\"a\":1}", new ErrorObject(null, "{\"a\":1}", List.of())),
        arguments(
            "{\"errorMessage\":\"no\",\"errorType\":\"Mine\",\"stackTrace\":[\"a\",\"b\"]}",
            new ErrorObject("Mine", "no", List.of("a", "b"))),
        arguments(
            "{\"errorMessage\":\"no\",\"stackTrace\":\"a\\nb\"}",
            new ErrorObject(null, "no", List.of("a", "b"))),
        arguments(
            "{\"errorMessage\":\"no\",\"errorType\":7,\"stackTrace\":null}",
            new ErrorObject(null, "no", List.of())));
  }

  @Test
  void ofMuchTextTheBeginningIsTheMessage() {
    ErrorObject read = ErrorObject.read(Buffer.buffer("x".repeat(1_000_000)));
    assertEquals("x".repeat(4096), read.message());
  }

  @Test
  void objectIsWrittenAsItIsKept() {
    assertEquals(
        "{\"errorMessage\":\"no\",\"errorType\":\"Mine\",\"stackTrace\":[\"a\"]}",
        new ErrorObject("Mine", "no", List.of("a")).json().toString());
  }
}
