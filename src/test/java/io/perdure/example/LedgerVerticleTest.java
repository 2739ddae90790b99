package io.perdure.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

class LedgerVerticleTest {
  @Test
  void lineIsTheNumberOfThePayload() {
    assertEquals("4711\n", line("{\"seq\":4711,\"data\":\"x\"}"));
  }

  @Test
  void numberAtTheEndIsRead() {
    assertEquals("7\n", line("\"seq\":7"));
  }

  @Test
  void payloadWithoutNumberGivesNoLine() {
    assertEquals("", line("{\"seq\":\"seven\"}"));
    assertEquals("", line("{\"seq"));
    assertEquals("", line(""));
  }

  private static String line(String payload) {
    return Buffer.buffer(LedgerVerticle.line(Buffer.buffer(payload))).toString();
  }
}
