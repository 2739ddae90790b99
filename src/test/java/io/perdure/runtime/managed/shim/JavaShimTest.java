package io.perdure.runtime.managed.shim;

import static io.perdure.runtime.managed.shim.ShimPeer.CANCEL;
import static io.perdure.runtime.managed.shim.ShimPeer.ERROR;
import static io.perdure.runtime.managed.shim.ShimPeer.EXIT;
import static io.perdure.runtime.managed.shim.ShimPeer.LOG;
import static io.perdure.runtime.managed.shim.ShimPeer.PRE_STOP;
import static io.perdure.runtime.managed.shim.ShimPeer.PRE_STOPPED;
import static io.perdure.runtime.managed.shim.ShimPeer.RESULT;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.runtime.managed.shim.ShimPeer.Frame;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java shim: loading, answers, errors, and the life of the process; native functions. */
class JavaShimTest {
  @TempDir Path code;

  /** An instance whose handler is the method {@code handle} of a class with these members. */
  private ShimPeer app(String members) throws IOException {
    String source = "import java.util.*;\npublic class App {\n" + members + "\n}\n";
    return JavaShims.of(code, source).with("handler", "App::handle");
  }

  // ---- the package

  @Test
  void indexNamesAllClassesOfTheShim() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target/classes/io/perdure/shim"))) {
      Set<String> built =
          files
              .map(file -> file.getFileName().toString().replaceFirst("\\.class$", ""))
              .filter(name -> !name.equals("package-info"))
              .collect(toCollection(TreeSet::new));
      assertEquals(new ArrayList<>(built), JavaShim.CLASSES);
    }
  }

  // ---- events and results

  @Test
  void mapIsTheParsedEventAndComesBackAsJson() throws IOException {
    try (ShimPeer java =
        app(
            "public Object handle(Map<String, Object> e) { e.put(\"b\", List.of(1, 2.5)); return e; }")) {
      assertEquals("{\"a\":\"x\",\"b\":[1,2.5]}", java.ready().result("{\"a\":\"x\"}"));
    }
  }

  @Test
  void textIsTakenAndGivenAsItIs() throws IOException {
    try (ShimPeer java = app("public String handle(String e) { return e + '!'; }")) {
      assertEquals("\"é\"!", java.ready().result("\"é\""));
    }
  }

  @Test
  void bytesAreTakenAndGivenAsTheyAre() throws IOException {
    try (ShimPeer java =
        app("public byte[] handle(byte[] e) { return new byte[] {e[1], e[0]}; }")) {
      assertArrayEquals(new byte[] {-2, 1}, java.ready().call(new byte[] {1, -2}).body());
    }
  }

  @Test
  void streamsAreTakenAndGivenAsTheyAre() throws IOException {
    String members =
        """
        public void handle(java.io.InputStream in, java.io.OutputStream out) throws Exception {
          in.transferTo(out);
        }
        """;
    try (ShimPeer java = app(members)) {
      byte[] payload = new byte[6 << 20];
      new Random(1).nextBytes(payload);
      assertArrayEquals(payload, java.ready().call(payload).body());
    }
  }

  @Test
  void objectsAreFilledAndReadByTheirProperties() throws IOException {
    String members =
        """
        public static class Order {
          private String name;
          private List<Item> items;
          public int count;
          public String getName() { return name; }
          public void setName(String name) { this.name = name; }
          public List<Item> getItems() { return items; }
          public void setItems(List<Item> items) { this.items = items; }
        }
        public record Item(String id, long price) {}
        public Order handle(Order order) {
          order.count = order.items.size();
          order.items.add(new Item("gift", 0));
          return order;
        }
        """;
    try (ShimPeer java = app(members)) {
      assertEquals(
          "{\"name\":\"n\",\"items\":[{\"id\":\"a\",\"price\":5},{\"id\":\"gift\",\"price\":0}],"
              + "\"count\":1}",
          java.ready()
              .result("{\"name\":\"n\",\"items\":[{\"id\":\"a\",\"price\":5}],\"more\":1}"));
    }
  }

  @Test
  void nothingIsNothing() throws IOException {
    try (ShimPeer java = app("public void handle() {}")) {
      assertEquals("", java.ready().result("{}"));
    }
  }

  @Test
  void eventThatDoesNotFitIsNamed() throws IOException {
    try (ShimPeer java = app("public int handle(int e) { return e + 1; }")) {
      java.ready();
      assertEquals("42", java.result("41"));
      Frame error = java.error("\"x\"");
      assertEquals("InvalidParameterValue", error.json().getString("errorType"));
      assertEquals(
          "the event does not fit: a value of int is wanted, not \"x\"",
          error.json().getString("errorMessage"));
      assertTrue(java.error("{").json().getString("errorMessage").contains("not JSON"));
    }
  }

  @Test
  void contextIsAnInterfaceOfTheFunctionsOwn() throws IOException {
    String members =
        """
        public interface Context {
          String getRequestId();
          int getAttempt();
          long getRemainingTimeInMillis();
          String getFunctionName();
          byte[] getPayload();
          Object getUnheardOf();
          default String twice() { return getRequestId() + getRequestId(); }
        }
        public List<Object> handle(Object event, Context context) {
          return Arrays.asList(context.twice(), context.getAttempt(),
              context.getRemainingTimeInMillis() > 30_000, context.getFunctionName(),
              context.getPayload().length, context.getUnheardOf());
        }
        """;
    try (ShimPeer java = app(members)) {
      assertEquals("[\"r-1r-1\",2,true,\"resize\",2,null]", java.ready().result("{}"));
    }
  }

  @Test
  void resultAboveTheLimitIsRefused() throws IOException {
    try (ShimPeer java = app("public String handle() { return \"x\".repeat(1001); }")) {
      JsonObject error = java.with("resultBytesMax", 1000).ready().error("").json();
      assertEquals("ResultTooLarge", error.getString("kind"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Map<String, Object> m = new HashMap<>(); m.put(\"m\", m); return m;",
        "return Double.NaN;"
      })
  void resultThatIsNoJsonIsABadResponse(String body) throws IOException {
    try (ShimPeer java = app("public Object handle() { " + body + " }")) {
      java.ready();
      assertEquals("BadResponse", java.error("").json().getString("kind"));
      assertEquals("BadResponse", java.error("").json().getString("kind"), "it serves on");
    }
  }

  // ---- errors

  @Test
  void exceptionTellsItsClassTextAndStackWithoutOurFrames() throws IOException {
    String members =
        """
        public static class TooSmall extends RuntimeException {
          TooSmall(String text, Throwable cause) { super(text, cause); }
        }
        public void handle() { check(); }
        private static void check() { throw new TooSmall("3 < 4", new Exception("why")); }
        """;
    try (ShimPeer java = app(members)) {
      Frame error = java.ready().error("");
      assertEquals("App$TooSmall", error.json().getString("errorType"));
      assertEquals("3 < 4", error.json().getString("errorMessage"));
      assertEquals("Function", error.json().getString("kind"));
      assertFalse(error.json().getBoolean("handled"));
      List<String> stack = error.stack().lines().toList();
      assertTrue(stack.get(0).matches("at .*App\\.check\\(.*\\)"), error::toString);
      assertTrue(stack.get(1).matches("at .*App\\.handle\\(.*\\)"), error::toString);
      assertEquals("Caused by: java.lang.Exception: why", stack.get(2));
      assertFalse(
          error.stack().contains("reflect") || error.stack().contains("shim"), error::toString);
    }
  }

  @Test
  void stackOverflowFailsTheCallAlone() throws IOException {
    try (ShimPeer java =
        app("public int handle(boolean deep) { return deep ? handle(deep) + 1 : 7; }")) {
      java.ready();
      assertEquals(
          "java.lang.StackOverflowError", java.error("true").json().getString("errorType"));
      assertEquals("7", java.result("false"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "List<byte[]> all = new ArrayList<>(); while (true) all.add(new byte[1 << 20]);",
        "throw new OutOfMemoryError(\"as direct buffers do\");"
      })
  void outOfMemoryEndsTheProcessWithItsOwnCode(String body) throws Exception {
    try (ShimPeer java = app("public void handle() { " + body + " }")) {
      java.ready().begin("");
      assertEquals(-1, java.next().type());
      assertEquals(3, java.exitCode());
    }
  }

  @Test
  void exitInAHandlerIsSeenAsAnExit() throws Exception {
    try (ShimPeer java = app("public void handle() { System.exit(7); }")) {
      java.ready().begin("");
      assertEquals(-1, java.next().type());
      assertEquals(7, java.exitCode());
    }
  }

  // ---- loading

  @Test
  void classesAreFoundInJarsOfTheRootAndOfLib() throws IOException {
    Path built = Files.createDirectories(code.resolve("built"));
    JavaShims.compile(
        built,
        List.of(),
        "package a;\npublic class One { public static String x() { return \"1\"; } }");
    JavaShims.compile(
        built,
        List.of(built),
        "package b;\npublic class Two { public String y() { return a.One.x(); } }");
    Files.createDirectories(code.resolve("lib"));
    jar(code.resolve("lib/one.jar"), built, "a/One.class");
    jar(code.resolve("two.jar"), built, "b/Two.class");
    try (ShimPeer java = JavaShims.start(code)) {
      assertEquals("1", java.with("handler", "b.Two::y").ready().result(""));
    }
  }

  private static void jar(Path jar, Path classes, String file) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(file));
      out.write(Files.readAllBytes(classes.resolve(file)));
    }
  }

  @Test
  void functionSeesNothingOfTheShimNorOfItsVariables() throws IOException {
    String members =
        """
        public List<Object> handle() {
          boolean sees;
          try {
            Class.forName("io.perdure.shim.Main");
            sees = true;
          } catch (ClassNotFoundException e) {
            sees = false;
          }
          return List.of(sees, System.getenv().toString().contains("PERDURE"),
              Thread.currentThread().getContextClassLoader() == App.class.getClassLoader());
        }
        """;
    try (ShimPeer java = app(members)) {
      assertEquals("[false,false,true]", java.ready().result(""));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Absent::handle",
        "App::absent",
        "app",
        "App::",
        "App::three",
        "App::twice",
        "App$Made::it"
      })
  void handlerThatIsNotThereIsNamed(String handler) throws IOException {
    String members =
        """
        public void three(String a, String b, String c) {}
        public void twice(String a) {}
        public void twice(Integer a) {}
        public static class Made { Made(int i) {} public void it() {} }
        """;
    try (ShimPeer java = app(members)) {
      JsonObject error = java.with("handler", handler).refused();
      assertEquals("HandlerNotFound", error.getString("kind"));
      assertTrue(error.getString("errorMessage").contains(handler), error::encode);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "static { if (true) throw new IllegalStateException(\"no key\"); } public void handle() {}",
        "public App() { throw new IllegalStateException(\"no key\"); } public void handle() {}"
      })
  void codeThatFailsToLoadSaysWhy(String members) throws IOException {
    try (ShimPeer java = app(members)) {
      JsonObject error = java.refused();
      assertEquals("InitError", error.getString("kind"));
      assertEquals("java.lang.IllegalStateException", error.getString("errorType"));
      assertEquals("no key", error.getString("errorMessage"));
      assertTrue(error.getJsonArray("stackTrace").getString(0).contains("App."), error::encode);
    }
  }

  @Test
  void handlerMayBeStaticAndPrivate() throws IOException {
    try (ShimPeer java = app("private static String handle() { return \"yes\"; }")) {
      assertEquals("yes", java.ready().result(""));
    }
  }

  // ---- output, several calls, the end

  @Test
  void outputIsUtf8AndWrittenBeforeTheAnswer() throws Exception {
    try (ShimPeer java =
        app("public void handle() { System.out.print(\"große\"); System.err.print(\" Welt\"); }")) {
      java.ready().result("");
      java.send(EXIT, 0);
      assertEquals(0, java.exitCode());
      assertEquals("große Welt", java.output());
    }
  }

  @Test
  void outputOfCallsAtOnceIsTaggedWithTheirNumber() throws IOException {
    String members =
        """
        final java.util.concurrent.CountDownLatch both = new java.util.concurrent.CountDownLatch(2);
        public void handle(int event) throws Exception {
          System.out.println("in " + event);
          both.countDown();
          both.await();
        }
        """;
    try (ShimPeer java = app(members)) {
      java.with("concurrency", 2).ready();
      int first = java.begin("1");
      assertEquals(new Said(LOG, first, "in 1\n"), said(java.next()));
      int second = java.begin("2");
      assertEquals(new Said(LOG, second, "in 2\n"), said(java.next()));
      assertEquals(
          Set.of(new Said(RESULT, first, ""), new Said(RESULT, second, "")),
          Set.copyOf(java.next(2).stream().map(JavaShimTest::said).toList()));
    }
  }

  @Test
  void largeOutputComesInParts() throws IOException {
    String members =
        "public void handle() throws Exception { System.out.write(new byte[100_000]); }";
    try (ShimPeer java = app(members)) {
      java.with("concurrency", 2).ready().begin("");
      assertEquals(65_536, java.expect(LOG).body().length);
      assertEquals(34_464, java.expect(LOG).body().length);
      java.expect(RESULT);
    }
  }

  @Test
  void largeErrorIsCut() throws IOException {
    String members =
        """
        public void handle(int depth) {
          if (depth == 0) throw new RuntimeException("\\u0001".repeat(10_000_000));
          handle(depth - 1);
        }
        """;
    try (ShimPeer java = app(members)) {
      Frame error = java.ready().error("500");
      assertEquals(16 * 1024, error.json().getString("errorMessage").length());
      assertEquals(100, error.json().getJsonArray("stackTrace").size());
      assertTrue(error.body().length < 256 * 1024);
    }
  }

  private record Said(int type, int call, String text) {}

  private static Said said(Frame frame) {
    return new Said(frame.type(), frame.call(), frame.text());
  }

  @Test
  void cancelInterruptsTheCallAndNothingAfterIt() throws IOException {
    String members =
        """
        public String handle(boolean wait) throws Exception {
          if (wait) {
            System.out.println("waiting");
            new java.util.concurrent.CountDownLatch(1).await();
          }
          return "" + Thread.currentThread().isInterrupted();
        }
        """;
    try (ShimPeer java = app(members)) {
      int call = java.ready().begin("true");
      java.printed("waiting");
      java.send(CANCEL, call);
      assertEquals(
          "java.lang.InterruptedException", java.expect(ERROR).json().getString("errorType"));
      java.send(CANCEL, call);
      assertEquals("false", java.result("false"));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void interruptThatTheFunctionSendsItselfDoesNotCostTheConnection() throws IOException {
    String members =
        """
        public String handle() {
          Thread.currentThread().interrupt();
          System.out.println("still here");
          return "x".repeat(1_000_000);
        }
        """;
    try (ShimPeer java = app(members)) {
      java.with("concurrency", 2).ready();
      for (int i = 0; i < 3; i++) {
        java.begin("");
        assertEquals("still here\n", java.expect(LOG).text());
        assertEquals(1_000_000, java.expect(RESULT).body().length);
      }
    }
  }

  @Test
  void hooksRunOnTheSameObjectBeforeTheFirstCallAndBeforeTheEnd() throws Exception {
    String members =
        """
        private String made = "nothing";
        public void prepare() { made = "all"; }
        public void bye() { System.out.println("bye " + made); }
        public String handle() { return made; }
        """;
    try (ShimPeer java = app(members)) {
      java.with("initializer", "App::prepare").with("preStop", "App::bye").ready();
      assertEquals("all", java.result(""));
      java.send(PRE_STOP, 0);
      java.expect(PRE_STOPPED);
      java.printed("bye all");
    }
  }

  @Test
  void initializerThatFailsIsAnInitError() throws IOException {
    try (ShimPeer java =
        app(
            "public void handle() {} public void prepare() throws Exception { throw new Exception(\"x\"); }")) {
      JsonObject error = java.with("initializer", "App::prepare").refused();
      assertEquals("InitError", error.getString("kind"));
      assertEquals("x", error.getString("errorMessage"));
    }
  }

  @Test
  void processEndsWhenTheConnectionDoesEvenInACall() throws Exception {
    try (ShimPeer java = app("public void handle() { while (true) Thread.onSpinWait(); }")) {
      java.ready().begin("");
      java.hangUp();
      assertEquals(0, java.exitCode());
    }
  }
}
