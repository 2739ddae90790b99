package io.perdure.api.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.auth.Hmacs.Algorithm;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HmacsTest {
  @ParameterizedTest
  @CsvSource({ // RFC 2202 and RFC 4231, test case 2
    "SHA1, effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "SHA256, 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  })
  void publishedExamplesComeOut(Algorithm algorithm, String expected) {
    byte[] hmac =
        Hmacs.hmac(
            algorithm, "Jefe".getBytes(UTF_8), "what do ya want for nothing?".getBytes(UTF_8));
    assertEquals(expected, HexFormat.of().formatHex(hmac));
  }

  @Test
  void digestIsInLowerCaseHexadecimal() {
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", // FIPS 180-2, B.1
        Hmacs.sha256Hex("abc".getBytes(UTF_8)));
  }

  @Test
  void sameIsByContent() {
    assertTrue(Hmacs.same(new byte[] {1, 2}, new byte[] {1, 2}));
    assertFalse(Hmacs.same(new byte[] {1, 2}, new byte[] {1, 3}));
    assertFalse(Hmacs.same(new byte[] {1, 2}, new byte[] {1}));
  }
}
