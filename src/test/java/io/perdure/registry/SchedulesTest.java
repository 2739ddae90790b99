package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.Addresses;
import io.perdure.bus.ScheduleMessages.DeleteSchedule;
import io.perdure.bus.ScheduleMessages.GetSchedule;
import io.perdure.bus.ScheduleMessages.ListSchedules;
import io.perdure.bus.ScheduleMessages.NoteSchedules;
import io.perdure.bus.ScheduleMessages.PutSchedule;
import io.perdure.bus.ScheduleMessages.ScheduleChanged;
import io.perdure.bus.ScheduleMessages.SchedulePut;
import io.perdure.bus.ScheduleMessages.SchedulesListed;
import io.perdure.invocation.About;
import io.perdure.invocation.Failure;
import io.perdure.invocation.Function;
import io.perdure.invocation.Schedule;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules of function "f". */
class SchedulesTest extends RegistryFixture {
  private final BlockingQueue<ScheduleChanged> told = new LinkedBlockingQueue<>();
  private Function f;

  @BeforeEach
  void listen() throws Exception {
    join(bus.listen(Addresses.SCHEDULE_CHANGED, told::add));
    f = function("f");
  }

  private static PutSchedule put(String name, String expression) {
    return new PutSchedule(
        ACCOUNT, "default", "f", name, expression, null, null, null, null, null, 0);
  }

  private static PutSchedule enable(String name, boolean enabled) {
    return new PutSchedule(ACCOUNT, "default", "f", name, null, null, null, null, enabled, null, 0);
  }

  private Schedule created(String name) throws Exception {
    return ask(Addresses.PUT_SCHEDULE, put(name, "0 2 * * MON")).schedule();
  }

  private Schedule get(String name) throws Exception {
    return ask(Addresses.GET_SCHEDULE, new GetSchedule(ACCOUNT, "default", "f", name)).schedule();
  }

  private void deleteSchedule(String name) throws Exception {
    ask(Addresses.DELETE_SCHEDULE, new DeleteSchedule(ACCOUNT, "default", "f", name, 0));
  }

  private long nextTold() throws InterruptedException {
    ScheduleChanged next = told.poll(10, TimeUnit.SECONDS);
    assertNotNull(next, "nothing was told");
    return next.scheduleUid();
  }

  @Test
  void newScheduleHasTheDefaultsAndItsExpressionInBothForms() throws Exception {
    SchedulePut answer = ask(Addresses.PUT_SCHEDULE, put("nightly", "0 2 * * MON"));
    Schedule expected =
        new Schedule(
            f.uid() + 1,
            ACCOUNT,
            "default",
            "f",
            f.uid(),
            "nightly",
            "0 2 * * MON",
            "0 0 2 * * 1 *",
            "UTC",
            "LATEST",
            "",
            true,
            About.NOTHING,
            START,
            START,
            START,
            1);
    assertEquals(new SchedulePut(expected, true), answer);
    assertEquals(expected.uid(), nextTold());
    reopen();
    assertEquals(expected, get("nightly"));
    assertEquals(expected, registry.schedules().byUid(expected.uid()));
  }

  @Test
  void everyPartCanBeSetAndWhatIsNotToldStays() throws Exception {
    publish("default", "f", "");
    About about = new About("d", Map.of("a", "b"), "{}");
    Schedule set =
        ask(
                Addresses.PUT_SCHEDULE,
                new PutSchedule(
                    ACCOUNT,
                    "default",
                    "f",
                    "s",
                    "* * * * *",
                    "Asia/Shanghai",
                    "1",
                    "hello",
                    false,
                    about,
                    -1))
            .schedule();
    assertEquals(
        List.of("Asia/Shanghai", "1", "hello", false, about),
        List.of(set.zone(), set.qualifier(), set.message(), set.enabled(), set.about()));
    clock.advance(Duration.ofSeconds(1));
    SchedulePut next = ask(Addresses.PUT_SCHEDULE, put("s", "*/5 * * * *"));
    assertFalse(next.created());
    Schedule changed = next.schedule();
    assertEquals(
        List.of("Asia/Shanghai", "1", "hello", false, about),
        List.of(
            changed.zone(),
            changed.qualifier(),
            changed.message(),
            changed.enabled(),
            changed.about()));
    assertEquals(
        List.of(set.uid(), 2L, START, START + 1_000),
        List.of(changed.uid(), changed.revision(), changed.createdAt(), changed.modifiedAt()));
    reopen();
    assertEquals(changed, get("s"));
  }

  @Test
  void onlyOtherTimesBeginAnew() throws Exception {
    created("s");
    clock.advance(Duration.ofSeconds(1));
    assertEquals(START, ask(Addresses.PUT_SCHEDULE, enable("s", true)).schedule().since());
    PutSchedule message =
        new PutSchedule(ACCOUNT, "default", "f", "s", null, null, null, "m", null, null, 0);
    assertEquals(START, ask(Addresses.PUT_SCHEDULE, message).schedule().since());
    ask(Addresses.PUT_SCHEDULE, enable("s", false));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(START + 2_000, ask(Addresses.PUT_SCHEDULE, enable("s", true)).schedule().since());
    clock.advance(Duration.ofSeconds(1));
    assertEquals(
        START + 3_000, ask(Addresses.PUT_SCHEDULE, put("s", "0 3 * * *")).schedule().since());
  }

  @Test
  void samePutTwiceChangesAndTellsNothing() throws Exception {
    Schedule first = created("s");
    clock.advance(Duration.ofSeconds(1));
    assertEquals(first, created("s"));
    Schedule other = created("other");
    assertEquals(first.uid(), nextTold());
    assertEquals(other.uid(), nextTold());
  }

  @Test
  void sameTimesWrittenAnotherWayAreKeptAsWritten() throws Exception {
    created("s");
    Schedule written = ask(Addresses.PUT_SCHEDULE, put("s", "0 0 2 * * 1 *")).schedule();
    assertEquals("0 0 2 * * 1 *", written.expression());
    assertEquals(START, written.since());
  }

  @Test
  void deletedScheduleIsGoneAndItsUidIsNotUsedAgain() throws Exception {
    Schedule before = created("s");
    deleteSchedule("s");
    assertEquals(before.uid(), nextTold());
    assertEquals(before.uid(), nextTold());
    assertNull(registry.schedules().byUid(before.uid()));
    reopen();
    assertEquals(new Failure.NotFound("schedule", "s"), failure("s"));
    assertNotEquals(before.uid(), created("s").uid());
  }

  private Failure failure(String name) {
    return failure(Addresses.GET_SCHEDULE, new GetSchedule(ACCOUNT, "default", "f", name));
  }

  @Test
  void scheduleGoesWithItsFunction() throws Exception {
    Schedule gone = created("s");
    nextTold();
    delete("f", 0);
    assertEquals(gone.uid(), nextTold());
    assertNull(registry.schedules().byUid(gone.uid()));
    function("f");
    reopen();
    assertEquals(new Failure.NotFound("schedule", "s"), failure("s"));
    assertTrue(registry.schedules().all().isEmpty());
  }

  @Test
  void functionAndItsSchedulesHaveUidsOfTheSameNumbers() throws Exception {
    Schedule schedule = created("s");
    reopen();
    assertEquals(schedule.uid() + 1, function("g").uid());
  }

  @Test
  void listIsByNameAndGoesOnBehindTheLast() throws Exception {
    List<Schedule> all = List.of(created("a"), created("b"), created("c"));
    assertEquals(new SchedulesListed(all, false), list(null, 3));
    assertEquals(new SchedulesListed(all.subList(0, 2), true), list(null, 2));
    assertEquals(new SchedulesListed(all.subList(2, 3), false), list("b", 2));
  }

  private SchedulesListed list(String after, int limit) throws Exception {
    return ask(Addresses.LIST_SCHEDULES, new ListSchedules(ACCOUNT, "default", "f", after, limit));
  }

  @Test
  void scheduleOfAMissingFunctionNamespaceOrVersionIsRefused() {
    assertEquals(
        new Failure.NotFound("function", "g"),
        failure(
            Addresses.PUT_SCHEDULE,
            new PutSchedule(
                ACCOUNT, "default", "g", "s", "* * * * *", null, null, null, null, null, 0)));
    assertEquals(
        new Failure.NotFound("namespace", "shop"),
        failure(Addresses.LIST_SCHEDULES, new ListSchedules(ACCOUNT, "shop", "f", null, 1)));
    assertEquals(
        new Failure.NotFound("qualifier", "7"),
        failure(
            Addresses.PUT_SCHEDULE,
            new PutSchedule(
                ACCOUNT, "default", "f", "s", "* * * * *", null, "7", null, null, null, 0)));
  }

  @Test
  void newScheduleNeedsAnExpression() {
    Failure failure = failure(Addresses.PUT_SCHEDULE, enable("s", true));
    assertEquals("cron", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  @ParameterizedTest
  @CsvSource({
    "'* * * *', , , cron",
    "'* * 25 * * * *', , , cron",
    "'* * * * *', Mars/North, , zone",
    "'* * * * *', '', , zone",
    "'* * * * *', , '\ud800', message"
  })
  void whatIsNotAllowedIsRefusedNamingTheField(
      String expression, String zone, String message, String field) {
    PutSchedule put =
        new PutSchedule(
            ACCOUNT, "default", "f", "s", expression, zone, null, message, null, null, 0);
    Failure failure = failure(Addresses.PUT_SCHEDULE, put);
    assertEquals(field, assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  @Test
  void messageBeyondItsLimitIsRefused() {
    String message = "\u00fc".repeat(ScheduleRules.MESSAGE_BYTES_MAX / 2 + 1);
    PutSchedule put =
        new PutSchedule(
            ACCOUNT, "default", "f", "s", "* * * * *", null, null, message, null, null, 0);
    assertEquals(
        new Failure.TooLarge("message", ScheduleRules.MESSAGE_BYTES_MAX),
        failure(Addresses.PUT_SCHEDULE, put));
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {"-a", "a b", "a.b", "\u00fc"})
  void nameThatIsNoneIsRefused(String name) {
    Failure failure = failure(Addresses.PUT_SCHEDULE, put(name, "* * * * *"));
    assertEquals("schedule", assertInstanceOf(Failure.Invalid.class, failure).field());
  }

  @Test
  void revisionOtherThanThePresentOneIsRefused() throws Exception {
    created("s");
    PutSchedule put =
        new PutSchedule(
            ACCOUNT, "default", "f", "s", "* * * * *", null, null, null, null, null, -1);
    assertInstanceOf(Failure.Precondition.class, failure(Addresses.PUT_SCHEDULE, put));
    assertInstanceOf(
        Failure.Precondition.class,
        failure(Addresses.DELETE_SCHEDULE, new DeleteSchedule(ACCOUNT, "default", "f", "s", 2)));
  }

  @Test
  void moreSchedulesThanAllowedAreRefused() throws Exception {
    reopen(new RegistryConfig(10, 10, 10, 10, 1, 10), UnaryOperator.identity());
    created("s");
    assertEquals(
        new Failure.Conflict("function 'f' has 1 schedules, the most it may have"),
        failure(Addresses.PUT_SCHEDULE, put("t", "* * * * *")));
    ask(Addresses.PUT_SCHEDULE, put("s", "* * * * *"));
  }

  @Test
  void noteOfWhenTheyWereLookedAfterIsKept() throws Exception {
    assertEquals(0, registry.schedules().lookedAfterUntil());
    ask(Addresses.NOTE_SCHEDULES, new NoteSchedules(START + 5));
    reopen();
    assertEquals(START + 5, registry.schedules().lookedAfterUntil());
  }

  @Test
  void scheduleWithoutItsFunctionIsADamagedStore() throws Exception {
    created("s");
    join(
        journal.commit(
            new Batch().delete(Family.REGISTRY, RecordKeys.function(registry.byUid(f.uid())))));
    ExecutionException refused = assertThrows(ExecutionException.class, this::reopen);
    assertInstanceOf(StoreException.class, refused.getCause());
  }
}
