package io.perdure.invocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Destination.ToFunction;
import io.perdure.invocation.Destination.ToWebhook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
  @Test
  void aUrlIsAWebhook() {
    String url = "https://hooks.example:8443/in?a=b";
    assertEquals(new Destination(url, new ToWebhook(url)), Destination.parse(url).orElseThrow());
  }

  @Test
  void anAddressIsOfTheEventBus() {
    assertEquals(
        new ToAddress("orders.done"),
        Destination.parse("event-bus:orders.done").orElseThrow().target());
  }

  @Test
  void aFunctionMayHaveAQualifier() {
    assertEquals(
        new ToFunction("default", "audit", null),
        Destination.parse("function:default/audit").orElseThrow().target());
    assertEquals(
        new ToFunction("default", "audit", "prod"),
        Destination.parse("function:default/audit/prod").orElseThrow().target());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "acs:mns:::queues/q",
        "ftp://hooks.example/",
        "http://",
        "http:///path",
        "http://hooks.example:99999/",
        "http://hooks.example/a b",
        "event-bus:",
        "event-bus:a b",
        "event-bus:perdure.shard.submit.0",
        "function:audit",
        "function:/audit",
        "function:a/b/c/d",
        "function:a/b/"
      })
  void anythingElseIsNone(String text) {
    assertTrue(Destination.parse(text).isEmpty());
  }

  @Test
  void aTextThatIsTooLongIsNone() {
    assertTrue(Destination.parse("http://h/" + "a".repeat(Destination.TEXT_MAX)).isEmpty());
  }
}
