package io.perdure.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Utf8Test {
  private static final String TEXT = "a\u00e9\u20ac\ud83d\ude00"; // of 1, 2, 3 and 4 bytes

  private static String beginning(int most) {
    return new String(Utf8.beginning(TEXT.getBytes(UTF_8), most), UTF_8);
  }

  @Test
  void textIsRead() {
    assertEquals(Optional.of(TEXT), Utf8.decode(TEXT.getBytes(UTF_8)));
    assertEquals(Optional.of(""), Utf8.decode(new byte[0]));
  }

  @Test
  void nothingIsReplacedInWhatIsNoText() {
    assertEquals(Optional.empty(), Utf8.decode(new byte[] {'a', (byte) 0xFF}));
    assertEquals(Optional.empty(), Utf8.decode(new byte[] {(byte) 0xE2, (byte) 0x82}));
  }

  @Test
  void beginningEndsBetweenTwoCharacters() {
    String[] expected = {
      "",
      "a",
      "a",
      "a\u00e9",
      "a\u00e9",
      "a\u00e9",
      "a\u00e9\u20ac",
      "a\u00e9\u20ac",
      "a\u00e9\u20ac",
      "a\u00e9\u20ac",
      TEXT
    };
    for (int most = 0; most < expected.length; most++) {
      assertEquals(expected[most], beginning(most), "of " + most + " bytes");
    }
  }

  @Test
  void beginningOfWhatIsShortEnoughIsAllOfIt() {
    byte[] bytes = TEXT.getBytes(UTF_8);
    assertSame(bytes, Utf8.beginning(bytes, bytes.length));
  }

  @Test
  void beginningOfWhatIsNoTextLosesLittle() {
    byte[] bytes = new byte[20];
    Arrays.fill(bytes, (byte) 0x80);
    assertArrayEquals(Arrays.copyOf(bytes, 6), Utf8.beginning(bytes, 10));
  }
}
