package io.perdure.api.scf.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {
  private static final Shape SHAPE =
      Shape.of(
          Field.text("Text"),
          Field.object("Code", Shape.of(Field.base64("ZipFile").code("ZipFile"))));

  @Test
  void emptyBodyIsAnEmptyObject() {
    assertTrue(JsonBody.read(new byte[0], SHAPE).isEmpty());
  }

  @Test
  void bytesAreDecodedAsTheyAreRead() throws IOException {
    byte[] zip = new byte[100_000];
    zip[99_999] = 7;
    ObjectNode read =
        read("{\"Code\":{\"ZipFile\":\"" + Base64.getEncoder().encodeToString(zip) + "\"}}", UTF_8);
    assertArrayEquals(zip, read.at("/Code/ZipFile").binaryValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "AQI", "AQ=I", "A*==", "-_8="})
  void whatIsNoBase64IsRefusedWithTheCodeOfTheField(String text) {
    ScfError error = refused("{\"Code\":{\"ZipFile\":\"" + text + "\"}}", UTF_8);
    assertEquals("InvalidParameterValue.ZipFile", error.code());
    assertTrue(error.getMessage().contains("`Code.ZipFile`"), error::getMessage);
  }

  @Test
  void nestingWithoutEndIsRefused() {
    assertEquals("InvalidParameter", refused("{\"Text\":" + "[".repeat(100_000), UTF_8).code());
  }

  @Test
  void textThatIsNoUtf8IsRefused() {
    assertEquals("InvalidParameter", refused("{\"Text\":\"\u00fc\"}", ISO_8859_1).code());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "7", "\"a\"", "[{}]", "{", "}", "{}}", "{\"Text\":NaN}", "{'a':1}"})
  void whatIsNoObjectOfJsonIsRefused(String body) {
    assertEquals("InvalidParameter", refused(body, UTF_8).code());
  }

  private static ScfError refused(String body, Charset charset) {
    return assertThrows(ScfError.class, () -> read(body, charset));
  }

  private static ObjectNode read(String body, Charset charset) {
    return JsonBody.read(body.getBytes(charset), SHAPE);
  }
}
