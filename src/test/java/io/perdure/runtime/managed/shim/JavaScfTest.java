package io.perdure.runtime.managed.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java functions as SCF's documentation tells people to write them. */
class JavaScfTest {
  /** As in com.tencentcloudapi:scf-java-events, which functions bring along. */
  private static final String CONTEXT =
      """
      package com.qcloud.scf.runtime;
      public interface Context {
        String getRequestId();
        int getTimeLimitInMs();
        int getMemoryLimitInMb();
      }
      """;

  @TempDir Path code;

  private ShimPeer scf(String members) throws IOException {
    String source =
        "package example;\nimport com.qcloud.scf.runtime.Context;\nimport java.util.*;\n"
            + "public class Hello {\n"
            + members
            + "\n}\n";
    return JavaShims.of(code, CONTEXT, source)
        .with("flavour", "scf")
        .with("handler", "example.Hello::mainHandler")
        .ready();
  }

  @Test
  void eventIsFilledIntoAClassAndTheResultIsJson() throws IOException {
    String members =
        """
        public static class KeyValue {
          private String key1;
          public String getKey1() { return key1; }
          public void setKey1(String key1) { this.key1 = key1; }
        }
        public String mainHandler(KeyValue kv) { return String.format("hello %s", kv.getKey1()); }
        """;
    try (ShimPeer java = scf(members)) {
      assertEquals("\"hello world\"", java.result("{\"key1\": \"world\"}"));
    }
  }

  @Test
  void textEventIsUnquotedAndOtherEventsAreTheirJson() throws IOException {
    try (ShimPeer java = scf("public String mainHandler(String event) { return event; }")) {
      assertEquals("\"plain\"", java.result("\"plain\""));
      assertEquals("\"{\\\"a\\\": 1}\"", java.result("{\"a\": 1}"));
    }
  }

  @Test
  void contextTellsRequestTimeAndMemory() throws IOException {
    String members =
        """
        public Map<String, Object> mainHandler(Map<String, Object> event, Context context) {
          Map<String, Object> all = new LinkedHashMap<>();
          all.put("id", context.getRequestId());
          all.put("ms", context.getTimeLimitInMs());
          all.put("mb", context.getMemoryLimitInMb());
          return all;
        }
        """;
    try (ShimPeer java = scf(members)) {
      assertEquals("{\"id\":\"r-1\",\"ms\":3000,\"mb\":256}", java.result("{}"));
    }
  }

  @Test
  void nothingIsNullAndAnAbsentEventIsAnEmptyObject() throws IOException {
    try (ShimPeer java =
        scf("public Object mainHandler(Map<String, Object> e) { return e.get(\"a\"); }")) {
      assertEquals("null", java.result(""));
    }
  }

  @Test
  void eventsOfTriggersAreMatchedWhateverTheirCase() throws IOException {
    String members =
        """
        public static class CosEvent {
          private List<Record> records;
          public List<Record> getRecords() { return records; }
          public void setRecords(List<Record> records) { this.records = records; }
        }
        public static class Record {
          private String eventName;
          public void setEventName(String name) { eventName = name; }
        }
        public String mainHandler(CosEvent event) { return event.getRecords().get(0).eventName; }
        """;
    try (ShimPeer java = scf(members)) {
      assertEquals("\"put\"", java.result("{\"Records\": [{\"eventName\": \"put\"}]}"));
    }
  }

  @Test
  void exceptionIsNotHandled() throws IOException {
    try (ShimPeer java =
        scf(
            "public void mainHandler(String e) throws Exception { throw new Exception(\"no\"); }")) {
      JsonObject error = java.error("{}").json();
      assertEquals("java.lang.Exception", error.getString("errorType"));
      assertEquals("no", error.getString("errorMessage"));
      assertTrue(
          error.getJsonArray("stackTrace").getString(0).contains("example.Hello.mainHandler"));
    }
  }
}
