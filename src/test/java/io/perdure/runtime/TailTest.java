package io.perdure.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TailTest {
  @Test
  void shortTextIsKeptWhole() {
    Tail tail = new Tail(10);
    add(tail, "abc");
    add(tail, "def");
    assertEquals("abcdef", text(tail));
  }

  @Test
  void ofALongTextTheEndIsKept() {
    Tail tail = new Tail(4);
    add(tail, "abcdefgh");
    add(tail, "i");
    assertEquals("fghi", text(tail));
  }

  @Test
  void itKeepsTheEndWhateverThePortions() {
    Random random = new Random(11);
    Tail tail = new Tail(100);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      String part = Integer.toString(random.nextInt()).repeat(random.nextInt(30));
      all.append(part);
      add(tail, part);
    }
    assertEquals(all.substring(all.length() - 100), text(tail));
  }

  @Test
  void cutTextBeginsWithAWholeCharacter() {
    Tail tail = new Tail(4);
    add(tail, "xäöü"); // seven bytes, the cut goes through the first umlaut kept
    assertEquals("öü", text(tail));
    Tail odd = new Tail(5);
    add(odd, "xäöü");
    assertEquals("öü", text(odd));
  }

  @Test
  void wholeTextIsNotTouchedThoughItIsNoUtf8() {
    Tail tail = new Tail(4);
    tail.add(new byte[] {(byte) 0x80, 1}, 2);
    assertEquals(2, tail.bytes().length);
  }

  @Test
  void nothingIsKeptWithoutRoom() {
    Tail tail = new Tail(0);
    add(tail, "abc");
    assertEquals("", text(tail));
  }

  private static void add(Tail tail, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    tail.add(bytes, bytes.length);
  }

  private static String text(Tail tail) {
    return new String(tail.bytes(), UTF_8);
  }
}
