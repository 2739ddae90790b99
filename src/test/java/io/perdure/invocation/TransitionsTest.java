package io.perdure.invocation;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TransitionsTest {
  static Stream<Arguments> pairs() {
    return Arrays.stream(Invocation.Mode.values())
        .flatMap(
            mode ->
                Arrays.stream(Status.values())
                    .flatMap(
                        status ->
                            Arrays.stream(Signal.Kind.values())
                                .map(signal -> Arguments.of(mode, status, signal))));
  }

  @ParameterizedTest(name = "{0}: {1} x {2}")
  @MethodSource("pairs")
  void tableIsAsExpected(Invocation.Mode mode, Status status, Signal.Kind signal) {
    List<Status> expected = ExpectedTable.after(mode, status, signal);
    Optional<Transitions.Cell> cell = Transitions.next(mode, status, signal);
    assertEquals(!expected.isEmpty(), cell.isPresent());
    cell.ifPresent(
        c -> {
          assertEquals(expected.get(0), c.next());
          assertEquals(expected.get(expected.size() - 1), c.exhausted());
        });
  }

  @ParameterizedTest
  @EnumSource(Invocation.Mode.class)
  void everyStatusHasARowInTheExpectation(Invocation.Mode mode) {
    assertEquals(Set.of(Status.values()), ExpectedTable.statuses(mode));
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void nothingHappensAfterTheEnd(Status status) {
    boolean ended =
        Arrays.stream(Signal.Kind.values())
            .allMatch(s -> refused(Invocation.Mode.ASYNC, status, s));
    assertEquals(ended, status.terminal());
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void nothingHappensAfterTheEndOfWhatWasWaitedFor(Status status) {
    boolean ended =
        Arrays.stream(Signal.Kind.values()).allMatch(s -> refused(Invocation.Mode.SYNC, status, s));
    assertEquals(ended, status.terminal() || status == Status.RETRYING);
  }

  private static boolean refused(Invocation.Mode mode, Status status, Signal.Kind signal) {
    return Transitions.next(mode, status, signal).isEmpty();
  }

  @Test
  void everyStatusCanBeReached() {
    assertEquals(EnumSet.allOf(Status.class), reached(Invocation.Mode.ASYNC));
  }

  @Test
  void whatIsWaitedForIsNeverRepeatedAndNeverTooOld() {
    Set<Status> expected = EnumSet.allOf(Status.class);
    expected.remove(Status.RETRYING);
    expected.remove(Status.EXPIRED);
    assertEquals(expected, reached(Invocation.Mode.SYNC));
  }

  private static Set<Status> reached(Invocation.Mode mode) {
    Set<Status> reached = EnumSet.of(Status.ENQUEUED);
    for (Status status : Status.values()) {
      for (Signal.Kind signal : Signal.Kind.values()) {
        Transitions.next(mode, status, signal)
            .ifPresent(cell -> reached.addAll(List.of(cell.next(), cell.exhausted())));
      }
    }
    return reached;
  }

  @Test
  void storedCodesAreReadBack() {
    codes(Status.values(), Status::code, Status::of);
    codes(Event.Type.values(), Event.Type::code, Event.Type::of);
    codes(StopMode.values(), StopMode::code, StopMode::of);
    codes(RunError.Kind.values(), RunError.Kind::code, RunError.Kind::of);
    codes(Invocation.Origin.values(), Invocation.Origin::code, Invocation.Origin::of);
    codes(Invocation.Mode.values(), Invocation.Mode::code, Invocation.Mode::of);
    codes(Delivery.State.values(), Delivery.State::code, Delivery.State::of);
  }

  private static <E extends Enum<E>> void codes(
      E[] values, ToIntFunction<E> code, IntFunction<E> of) {
    for (E value : values) {
      assertEquals(value, of.apply(code.applyAsInt(value)));
    }
    for (int unknown : new int[] {-1, 0, values.length + 1}) {
      assertThrows(IllegalArgumentException.class, () -> of.apply(unknown));
    }
  }

  @Test
  void storedCodesNeverChange() {
    assertEquals(
        "ENQUEUED 1, RUNNING 2, RETRYING 3, STOPPING 4, STOPPED 5, SUCCEEDED 6, FAILED 7,"
            + " EXPIRED 8, INVALID 9",
        list(Status.values(), Status::code));
    assertEquals(
        "ENQUEUED 1, RUNNING 2, RETRYING 3, STOPPING 4, STOPPED 5, SUCCEEDED 6, FAILED 7,"
            + " EXPIRED 8, INVALID 9, PLATFORM_RETRY 10, STOP_REQUESTED 11, STOP_DELIVERED 12,"
            + " STOP_ACKNOWLEDGED 13, STOP_GONE 14, RESULT_DISCARDED 15, REDRIVEN 16,"
            + " DELIVERED 17, DELIVERY_RETRY 18, DELIVERY_FAILED 19",
        list(Event.Type.values(), Event.Type::code));
    assertEquals(
        "FUNCTION 1, TIMEOUT 2, CRASH 3, BAD_RESPONSE 4, PLATFORM 5",
        list(RunError.Kind.values(), RunError.Kind::code));
    assertEquals(
        "NATIVE 1, SCF 2, FC 3, BUS 4, DESTINATION 5, REDRIVE 6, SCHEDULE 7",
        list(Invocation.Origin.values(), Invocation.Origin::code));
    assertEquals("ASYNC 1, SYNC 2", list(Invocation.Mode.values(), Invocation.Mode::code));
    assertEquals("CANCEL 1, GRACEFUL 2", list(StopMode.values(), StopMode::code));
  }

  private static <E extends Enum<E>> String list(E[] values, ToIntFunction<E> code) {
    return Arrays.stream(values)
        .map(value -> value.name() + " " + code.applyAsInt(value))
        .collect(joining(", "));
  }
}
