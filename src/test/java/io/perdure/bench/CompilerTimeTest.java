package io.perdure.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CompilerTimeTest {
  @Test
  void threadsThatBeganCountInFullAndThoseThatEndedNoMore() {
    Map<String, Long> before = Map.of("1", 500L, "2", 700L);
    Map<String, Long> after = Map.of("1", 600L, "3", 50L);

    assertEquals(150, CompilerTime.used(before, after));
  }

  @Test
  void theTimeOfAThreadIsThatOfUserAndSystem() {
    String stat = "12 (C2 Compiler) 1) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 1 0 100 0 0";

    assertEquals(3_000_000, ProcStats.cpuMicros(stat));
  }
}
