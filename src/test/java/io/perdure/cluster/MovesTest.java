package io.perdure.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;

class MovesTest {
  private static final long START = 1_000_000;

  private final Moves moves = new Moves();

  @Test
  void aShardThatWasMovedStaysForAWhile() {
    moves.begun(3, START);
    assertEquals(Set.of(3), moves.staying(START + Moves.PAUSE_MILLIS - 1));
    assertEquals(Set.of(), moves.staying(START + Moves.PAUSE_MILLIS));
  }

  @Test
  void eachFurtherTimeDoublesThatUpToALimit() {
    moves.begun(3, START);
    moves.begun(3, START + Moves.PAUSE_MILLIS);
    long again = START + Moves.PAUSE_MILLIS;
    assertEquals(Set.of(3), moves.staying(again + 2 * Moves.PAUSE_MILLIS - 1));
    assertEquals(Set.of(), moves.staying(again + 2 * Moves.PAUSE_MILLIS));
    for (int i = 0; i < 20; i++) {
      moves.begun(3, again + i);
    }
    assertEquals(Set.of(3), moves.staying(again + 19 + Moves.PAUSE_MILLIS_MAX - 1));
    assertEquals(Set.of(), moves.staying(again + 19 + Moves.PAUSE_MILLIS_MAX));
  }

  @Test
  void whatWasLongAgoIsForgotten() {
    moves.begun(3, START);
    moves.begun(3, START + Moves.FORGET_MILLIS + 1);
    long again = START + Moves.FORGET_MILLIS + 1;
    assertEquals(Set.of(), moves.staying(again + Moves.PAUSE_MILLIS));
  }
}
