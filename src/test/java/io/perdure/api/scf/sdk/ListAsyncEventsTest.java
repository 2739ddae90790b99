package io.perdure.api.scf.sdk;

import static io.perdure.api.scf.sdk.Customer.TIME_MILLIS;
import static io.perdure.api.scf.sdk.Customer.refused;
import static io.perdure.api.scf.sdk.Customer.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentcloudapi.scf.v20180416.ScfClient;
import com.tencentcloudapi.scf.v20180416.models.AsyncEvent;
import com.tencentcloudapi.scf.v20180416.models.ListAsyncEventsRequest;
import com.tencentcloudapi.scf.v20180416.models.ListAsyncEventsResponse;
import com.tencentcloudapi.scf.v20180416.models.PublishVersionRequest;
import com.tencentcloudapi.scf.v20180416.models.TimeInterval;
import io.perdure.testkit.Gate;
import io.perdure.testkit.Python;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(90)
class ListAsyncEventsTest {
  @RegisterExtension static final ScfNode NODE = ScfNode.real();

  private static final DateTimeFormatter TEXT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  /** Fails or waits as the event says. */
  private static final String ANY =
      """
      import socket
      def main_handler(event, context):
          if event.get("fail"):
              raise ValueError("asked for")
          if event.get("port"):
              socket.create_connection(("127.0.0.1", event["port"])).recv(1)
          return "ok"
      """;

  private Customer customer;
  private ScfClient scf;
  private String name;

  @BeforeAll
  static void needPython() {
    Python.require();
  }

  @BeforeEach
  void connect() throws Exception {
    customer = new Customer(NODE);
    scf = customer.client();
    name =
        customer.create(
            "events", ANY, "AsyncRunEnable", "TRUE", "TraceEnable", "TRUE", "Timeout", 600);
  }

  @Test
  void anEventHasTheDocumentedFields() throws Exception {
    String id = run("{}");
    ListAsyncEventsResponse page = list();
    assertEquals(1, page.getTotalCount());
    AsyncEvent event = page.getEventList()[0];
    assertEquals(id, event.getInvokeRequestId());
    assertEquals("TRIGGER_API", event.getInvokeType());
    assertEquals("$LATEST", event.getQualifier());
    assertEquals("FINISHED", event.getStatus());
    assertTrue(event.getStartTime().matches(TIME_MILLIS), event.getStartTime());
    assertTrue(event.getEndTime().matches(TIME_MILLIS), event.getEndTime());
    assertTrue(event.getStartTime().compareTo(event.getEndTime()) <= 0);
  }

  @Test
  void timesAreThoseOfBeijing() throws Exception {
    run("{}");
    String shown = list().getEventList()[0].getStartTime();
    String now = TEXT.format(LocalDateTime.now(ZoneId.of("Asia/Shanghai")).plusSeconds(2));
    String before = TEXT.format(LocalDateTime.now(ZoneId.of("Asia/Shanghai")).minusMinutes(2));
    assertTrue(shown.compareTo(before) > 0 && shown.compareTo(now) < 0, shown);
  }

  @Test
  void newestComeFirstUnlessAskedOtherwise() throws Exception {
    List<String> ids = runs(3);
    assertEquals(ids, ids(list("Order", "ASC")));
    assertEquals(ids, ids(list("Order", "ASC", "Orderby", "StartTime")));
    assertEquals(ids, ids(list("Order", "ASC", "Orderby", "EndTime")));
    Collections.reverse(ids);
    assertEquals(ids, ids(list()));
    assertEquals(ids, ids(list("Order", "DESC", "Orderby", "EndTime")));
  }

  @Test
  void pagesFollowOneAnother() throws Exception {
    List<String> ids = runs(5);
    List<String> paged = new ArrayList<>();
    for (int offset = 0; offset < 6; offset += 2) {
      ListAsyncEventsResponse page = list("Order", "ASC", "Offset", offset, "Limit", 2);
      assertEquals(5, page.getTotalCount());
      paged.addAll(ids(page));
    }
    assertEquals(ids, paged);
    assertEquals(List.of(), ids(list("Offset", 5)));
  }

  @Test
  void twentyAreShownUnlessMoreAreAskedFor() throws Exception {
    List<String> ids = runs(22);
    assertEquals(20, list().getEventList().length);
    assertEquals(22, list().getTotalCount());
    assertEquals(new TreeSet<>(ids), new TreeSet<>(ids(list("Limit", 100))));
  }

  @Test
  void statusesAreFiltered() throws Exception {
    try (Gate gate = new Gate()) {
      String finished = run("{}");
      String failed = run("{\"fail\": true}");
      String aborted = customer.event(name, gate.event());
      gate.reached();
      scf.TerminateAsyncEvent(
          with(
              com.tencentcloudapi.scf.v20180416.models.TerminateAsyncEventRequest.class,
              name,
              "InvokeRequestId",
              aborted));
      String running = customer.event(name, gate.event());
      gate.reached();
      assertEquals(Set.of(finished), set("Status", List.of("FINISHED")));
      assertEquals(Set.of(failed), set("Status", List.of("FAILED")));
      assertEquals(Set.of(aborted), set("Status", List.of("ABORTED")));
      assertEquals(Set.of(running), set("Status", List.of("RUNNING")));
      assertEquals(Set.of(failed, aborted), set("Status", List.of("FAILED", "ABORTED")));
      AsyncEvent shown = list("Status", List.of("RUNNING")).getEventList()[0];
      assertEquals("", shown.getEndTime());
      assertEquals("RUNNING", shown.getStatus());
    }
  }

  @Test
  void intervalsHaveTheirStartAndNotTheirEnd() throws Exception {
    String id = run("{}");
    AsyncEvent event = list().getEventList()[0];
    LocalDateTime start = LocalDateTime.parse(event.getStartTime().substring(0, 19), TEXT);
    LocalDateTime end = LocalDateTime.parse(event.getEndTime().substring(0, 19), TEXT);
    assertEquals(Set.of(id), set("StartTimeInterval", interval(start, start.plusSeconds(1))));
    assertEquals(Set.of(), set("StartTimeInterval", interval(start.minusSeconds(5), start)));
    assertEquals(
        Set.of(), set("StartTimeInterval", interval(start.plusSeconds(1), start.plusSeconds(9))));
    assertEquals(Set.of(id), set("EndTimeInterval", interval(end, end.plusSeconds(1))));
    assertEquals(Set.of(), set("EndTimeInterval", interval(end.minusSeconds(9), end)));
    assertEquals(
        Set.of(id),
        set(
            "StartTimeInterval",
            interval(start, start.plusSeconds(1)),
            "EndTimeInterval",
            interval(end, end.plusSeconds(1)),
            "Status",
            List.of("FINISHED"),
            "InvokeType",
            List.of("TRIGGER_API")));
  }

  @Test
  void aRunningEventIsInNoEndInterval() throws Exception {
    try (Gate gate = new Gate()) {
      customer.event(name, gate.event());
      gate.reached();
      LocalDateTime now = LocalDateTime.now(ZoneId.of("Asia/Shanghai"));
      assertEquals(Set.of(), set("EndTimeInterval", interval(now.minusDays(1), now.plusDays(1))));
    }
  }

  @Test
  void qualifiersAreFiltered() throws Exception {
    String latest = run("{}");
    scf.PublishVersion(with(PublishVersionRequest.class, name));
    String first = customer.event(name, "{}", "Qualifier", "1");
    customer.ended(first);
    assertEquals(Set.of(first), set("Qualifier", "1"));
    assertEquals(Set.of(latest), set("Qualifier", "$LATEST"));
    assertEquals(Set.of(first, latest), set());
    refused("ResourceNotFound.Version", () -> list("Qualifier", "9"));
  }

  @Test
  void oneEventIsFoundByItsId() throws Exception {
    List<String> ids = runs(3);
    ListAsyncEventsResponse page = list("InvokeRequestId", ids.get(1));
    assertEquals(List.of(ids.get(1)), ids(page));
    assertEquals(1, page.getTotalCount());
    assertEquals(0, list("InvokeRequestId", "nothing").getTotalCount());
    String other = customer.create("other", ANY, "AsyncRunEnable", "TRUE");
    String elsewhere = customer.event(other, "{}");
    assertEquals(0, list("InvokeRequestId", elsewhere).getTotalCount());
  }

  @Test
  void typesAreFiltered() throws Exception {
    String id = run("{}");
    assertEquals(Set.of(id), set("InvokeType", List.of("TRIGGER_API", "TRIGGER_TIMER")));
    assertEquals(Set.of(), set("InvokeType", List.of("TRIGGER_TIMER")));
  }

  @Test
  void eventsOfPlainFunctionsAreListedAndCallsAreNot() throws Exception {
    String plain = customer.create("plain", ANY);
    String id = customer.event(plain, "{}");
    customer.ended(id);
    customer.call(plain, "{}");
    ListAsyncEventsResponse page = scf.ListAsyncEvents(with(ListAsyncEventsRequest.class, plain));
    assertEquals(List.of(id), ids(page));
  }

  @ParameterizedTest
  @CsvSource({
    "Limit, 101, InvalidParameterValue.Limit",
    "Limit, -1, InvalidParameterValue.Limit",
    "Offset, -1, InvalidParameterValue.Offset",
  })
  void aWrongPageIsRefused(String field, int value, String code) {
    refused(code, () -> list(field, value));
  }

  @Test
  void wrongWordsAreRefused() {
    refused("InvalidParameterValue.Order", () -> list("Order", "UP"));
    refused("InvalidParameterValue.Order", () -> list("Orderby", "Size"));
    refused("InvalidParameterValue.Status", () -> list("Status", List.of("DONE")));
    refused("InvalidParameterValue.InvokeType", () -> list("InvokeType", List.of("POST")));
    refused(
        "MissingParameter",
        () ->
            list(
                "StartTimeInterval",
                Models.of(TimeInterval.class, "Start", "2026-01-01 00:00:00")));
    refused(
        "InvalidParameterValue",
        () ->
            list(
                "StartTimeInterval",
                Models.of(TimeInterval.class, "Start", "yesterday", "End", "today")));
  }

  @Test
  void whatIsUnknownIsNotFound() {
    refused(
        "ResourceNotFound.Function",
        () -> scf.ListAsyncEvents(with(ListAsyncEventsRequest.class, "nobody")));
    refused("ResourceNotFound.Namespace", () -> list("Namespace", "nowhere"));
    refused("MissingParameter", () -> scf.ListAsyncEvents(new ListAsyncEventsRequest()));
  }

  private String run(String event) throws Exception {
    String id = customer.event(name, event);
    customer.ended(id);
    return id;
  }

  /** One after the other, so that their order is known. */
  private List<String> runs(int count) throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(run("{}"));
    }
    return ids;
  }

  private ListAsyncEventsResponse list(Object... fields) throws Exception {
    return scf.ListAsyncEvents(with(ListAsyncEventsRequest.class, name, fields));
  }

  private Set<String> set(Object... fields) throws Exception {
    ListAsyncEventsResponse page = list(fields);
    assertEquals(page.getEventList().length, page.getTotalCount());
    return new TreeSet<>(ids(page));
  }

  private static List<String> ids(ListAsyncEventsResponse page) {
    return Arrays.stream(page.getEventList()).map(AsyncEvent::getInvokeRequestId).toList();
  }

  private static TimeInterval interval(LocalDateTime start, LocalDateTime end) {
    return Models.of(TimeInterval.class, "Start", TEXT.format(start), "End", TEXT.format(end));
  }
}
