package io.perdure.api.scf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class EnvelopeTest {
  @Test
  void successHasItsFieldsAndTheIdOfTheRequest() {
    assertEquals(
        "{\"Response\":{\"A\":1,\"RequestId\":\"r\"}}\n",
        Envelope.of(Reply.of(json -> json.writeNumberField("A", 1)), "r").toString());
    assertEquals(
        "{\"Response\":{\"RequestId\":\"r\"}}\n", Envelope.of(Reply.NOTHING, "r").toString());
  }

  @Test
  void replyMayHaveAnIdOfItsOwn() {
    assertEquals(
        "{\"Response\":{\"RequestId\":\"own\"}}\n",
        Envelope.of(new Reply("own", json -> {}), "r").toString());
  }

  @Test
  void refusalHasACodeAMessageAndTheIdOfTheRequest() {
    assertEquals(
        "{\"Response\":{\"Error\":{\"Code\":\"C.D\",\"Message\":\"a \\\"b\\\"\"},"
            + "\"RequestId\":\"r\"}}\n",
        Envelope.of(new ScfError("C.D", "a \"b\""), "r").toString());
  }
}
