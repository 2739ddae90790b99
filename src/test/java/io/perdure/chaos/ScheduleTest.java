package io.perdure.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final List<Fault> ALL = List.of(Fault.values());

  @Test
  void theSameSeedGivesTheSameFaults() {
    assertEquals(steps(7, ALL, 50), steps(7, ALL, 50));
  }

  @Test
  void anotherSeedGivesOthers() {
    assertNotEquals(steps(7, ALL, 50), steps(8, ALL, 50));
  }

  @Test
  void eachFaultComesBeforeAnyComesAgain() {
    List<Schedule.Step> steps = steps(3, ALL, ALL.size());
    EnumSet<Fault> met = EnumSet.noneOf(Fault.class);
    steps.forEach(step -> met.add(step.fault()));
    assertEquals(EnumSet.allOf(Fault.class), met);
  }

  @Test
  void aFaultIsAboutANodeThatExists() {
    assertTrue(steps(5, ALL, 200).stream().allMatch(step -> step.node() >= 0 && step.node() < 3));
  }

  @Test
  void faultsAreNamedAsOnTheCommandLine() {
    assertEquals(List.of(Fault.KILL_LEADER, Fault.CUT_ONE), Fault.parse("kill-leader,cut-one"));
  }

  @Test
  void aWordThatIsNoFaultIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Fault.parse("kill-leader,earthquake"));
  }

  private static List<Schedule.Step> steps(long seed, List<Fault> faults, int count) {
    Schedule schedule = new Schedule(seed, faults, 3);
    List<Schedule.Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      steps.add(schedule.next());
    }
    return steps;
  }
}
