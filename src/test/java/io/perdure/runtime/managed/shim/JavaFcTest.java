package io.perdure.runtime.managed.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Java functions as Function Compute's documentation tells people to write them, against the
 * vendor's library, which only the function has.
 */
class JavaFcTest {
  @TempDir Path code;

  private ShimPeer fc(String implementing, String members) throws IOException {
    String source =
        """
        package example;
        import com.aliyun.fc.runtime.*;
        import java.io.*;
        import java.util.*;
        """
            + "public class App implements "
            + implementing
            + " {\n"
            + members
            + "\n}\n";
    JavaShims.compile(code, List.of(JavaShims.fcLibrary()), source);
    JavaShims.addFcLibrary(code);
    return JavaShims.start(code)
        .with("flavour", "fc3")
        .with("handler", "example.App::handleRequest");
  }

  @Test
  void streamHandlerReadsThePayloadAndWritesTheResult() throws IOException {
    String members =
        """
        public void handleRequest(InputStream in, OutputStream out, Context context)
            throws IOException {
          out.write("hello ".getBytes());
          in.transferTo(out);
        }
        """;
    try (ShimPeer java = fc("StreamRequestHandler", members)) {
      assertEquals("hello world", java.ready().result("world"));
    }
  }

  @Test
  void pojoHandlerIsGivenAnObjectAndGivesOne() throws IOException {
    String members =
        """
        public static class Request { public String name; }
        public static class Response { public String greeting; }
        public Response handleRequest(Request request, Context context) {
          Response response = new Response();
          response.greeting = "hello " + request.name;
          return response;
        }
        """;
    try (ShimPeer java = fc("PojoRequestHandler<App.Request, App.Response>", members)) {
      assertEquals("{\"greeting\":\"hello you\"}", java.ready().result("{\"name\":\"you\"}"));
    }
  }

  @Test
  void pojoHandlerMayInheritItsMethodFromAGenericClass() throws IOException {
    String members =
        """
        public static class Request { public String name; }
        public static class Greeter extends Base<String, Request> {
          protected String answer(Request request) { return "hello " + request.name; }
        }
        public abstract static class Base<O, I> implements PojoRequestHandler<I, O> {
          public O handleRequest(I request, Context context) { return answer(request); }
          protected abstract O answer(I request);
        }
        public void initialize(Context context) {}
        """;
    try (ShimPeer java = fc("FunctionInitializer", members)) {
      java.with("handler", "example.App$Greeter::handleRequest").ready();
      assertEquals("\"hello you\"", java.result("{\"name\":\"you\"}"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fc2", "fc3", "native"})
  void contextTellsAllItsInterfaceHas(String flavour) throws IOException {
    String members =
        """
        public Object handleRequest(Map<String, String> event, Context c) {
          FunctionParam f = c.getFunctionParam();
          Service s = c.getService();
          return List.of(c.getRequestId(), c.getRetryCount(), f.getFunctionName(),
              f.getFunctionHandler(), f.getExecTimeLimitInMillis(), f.getMemoryLimitInMB(),
              f.getFunctionInitializer(), s.getName(), s.getQualifier(), s.getVersionId(),
              s.getLogProject(), c.getExecutionCredentials().getAccessKeyId(),
              c.getTracing().getSpanContext(), c.getTracing().getSpanBaggages().size());
        }
        """;
    try (ShimPeer java = fc("PojoRequestHandler<Map<String, String>, Object>", members)) {
      assertEquals(
          "[\"r-1\",1,\"resize\",\"example.App::handleRequest\",3000,256,\"\",\"pictures\",\"live\","
              + "\"7\",\"\",\"\",\"0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:1\",0]",
          java.with("flavour", flavour).ready().result("{}"));
    }
  }

  @Test
  void loggerWritesTimeRequestAndLevel() throws Exception {
    String members =
        """
        public String handleRequest(String event, Context context) {
          context.getLogger().setLogLevel(FunctionComputeLogger.Level.WARN);
          context.getLogger().info("not this");
          context.getLogger().error("but this");
          return event;
        }
        """;
    try (ShimPeer java = fc("PojoRequestHandler<String, String>", members)) {
      assertEquals("\"text\"", java.ready().result("text"));
      java.printed("but this\n");
      assertTrue(Pattern.matches("\\S+Z r-1 \\[ERROR\\] but this\n", java.output()), java.output());
    }
  }

  @Test
  void initializerAndPreStopPrepareAndEndTheHandlersObject() throws Exception {
    String members =
        """
        private String made = "nothing";
        public void initialize(Context context) { made = context.getFunctionParam().getFunctionName(); }
        public void preStop(Context context) { System.out.println("stopping " + made); }
        public void handleRequest(InputStream in, OutputStream out, Context context)
            throws IOException {
          out.write(made.getBytes());
        }
        """;
    try (ShimPeer java = fc("StreamRequestHandler, FunctionInitializer, PreStopHandler", members)) {
      java.with("initializer", "example.App::initialize")
          .with("preStop", "example.App::preStop")
          .ready();
      assertEquals("resize", java.result(""));
      java.send(ShimPeer.PRE_STOP, 0);
      java.expect(ShimPeer.PRE_STOPPED);
      java.printed("stopping resize");
    }
  }

  @Test
  void exceptionIsUnhandledAndNamedByItsClass() throws IOException {
    String members =
        """
        public void handleRequest(InputStream in, OutputStream out, Context context)
            throws IOException {
          throw new IOException("oops");
        }
        """;
    try (ShimPeer java = fc("StreamRequestHandler", members)) {
      JsonObject error = java.ready().error("").json();
      assertEquals("java.io.IOException", error.getString("errorType"));
      assertEquals("oops", error.getString("errorMessage"));
      assertEquals(false, error.getBoolean("handled"));
    }
  }
}
