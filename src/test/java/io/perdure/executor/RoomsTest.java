package io.perdure.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Attempts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoomsTest {
  private final HandRuntime runtime = new HandRuntime(true);
  private final Function function =
      Attempts.function(1, "f", new RuntimeSpec.Command(List.of("x"), Map.of()));
  private final FunctionQueue queue = new FunctionQueue(1);
  private final Rooms rooms = new Rooms(Map.of(function.runtime().kind(), runtime));

  @BeforeEach
  void fill() {
    runtime.full.add(function.version());
  }

  @Test
  void aRuntimeWithoutRoomIsAskedOnceUntilThereMayBeSome() {
    assertFalse(rooms.here(queue, function));
    runtime.full.clear();
    assertFalse(rooms.here(queue, function));
    assertEquals(1, runtime.asked.size());
    queue.unblock();
    assertTrue(rooms.here(queue, function));
  }

  @Test
  void whatNoRuntimeIsForStartsAndFails() {
    assertTrue(new Rooms(Map.of()).here(queue, function));
  }

  @Test
  void aNodeThatStandsAloneHasNoOther() {
    assertEquals(0, rooms.elsewhere());
    assertNull(rooms.otherNode(queue, function, false));
  }

  @Test
  void anotherNodeIsForWhatThisNodeHasNoRoomFor() {
    rooms.inCluster(new One());
    assertEquals(1, rooms.elsewhere());
    assertEquals("b", rooms.otherNode(queue, function, false));
    assertFalse(queue.lacksNode);
  }

  @Test
  void anotherNodeIsNotForWhatIsAMatterOfTime() {
    rooms.inCluster(new One());
    assertNull(rooms.otherNode(queue, function, true));
    assertFalse(queue.lacksNode);
  }

  /** A node with a slot. */
  private static final class One implements Elsewhere {
    @Override
    public int slots() {
      return 1;
    }

    @Override
    public String pick(long functionUid) {
      return "b";
    }
  }
}
