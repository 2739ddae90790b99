package io.perdure.registry;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc64Test {
  private static Crc64 of(byte[] bytes) {
    Crc64 crc = new Crc64();
    crc.update(bytes, 0, bytes.length);
    return crc;
  }

  @Test
  void theCheckValueOfTheCatalogueIsMet() {
    assertEquals(0x995DC9BBDF1939FAL, of("123456789".getBytes(US_ASCII)).value());
    assertEquals("11051210869376104954", of("123456789".getBytes(US_ASCII)).decimal());
    assertEquals("0", of(new byte[0]).decimal());
  }

  @Test
  void piecesGiveTheSameAsTheWhole() {
    byte[] bytes = new byte[1000];
    new Random(64).nextBytes(bytes);
    for (int cut = 0; cut < 40; cut++) {
      Crc64 pieces = new Crc64();
      pieces.update(bytes, 0, cut);
      pieces.update(bytes, cut, bytes.length - cut);
      assertEquals(of(bytes).value(), pieces.value());
    }
  }
}
