package io.perdure.runtime.managed.shim;

import static io.perdure.runtime.managed.shim.NodeShims.index;
import static io.perdure.runtime.managed.shim.NodeShims.start;
import static io.perdure.runtime.managed.shim.ShimPeer.CANCEL;
import static io.perdure.runtime.managed.shim.ShimPeer.ERROR;
import static io.perdure.runtime.managed.shim.ShimPeer.EXIT;
import static io.perdure.runtime.managed.shim.ShimPeer.LOG;
import static io.perdure.runtime.managed.shim.ShimPeer.PRE_STOP;
import static io.perdure.runtime.managed.shim.ShimPeer.PRE_STOPPED;
import static io.perdure.runtime.managed.shim.ShimPeer.RESULT;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.runtime.managed.shim.ShimPeer.Frame;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Node.js shim: loading, answers, errors, and the life of the process; native functions. */
class NodeShimTest {
  @TempDir Path code;

  // ---- events and results

  @Test
  void jsonEventIsParsedAndAnObjectComesBackAsJson() throws IOException {
    try (ShimPeer node =
        index(code, "exports.handler = async (event) => ({ twice: event.n * 2 });")) {
      assertEquals("{\"twice\":42}", node.ready().result("{\"n\":21}"));
    }
  }

  @Test
  void eventThatIsNoJsonIsABufferAndABufferComesBackAsItIs() throws IOException {
    String text = "exports.handler = async (event) => Buffer.from(event).reverse();";
    try (ShimPeer node = index(code, text)) {
      Frame answer = node.ready().call(new byte[] {1, -2, 3});
      assertEquals(RESULT, answer.type());
      assertArrayEquals(new byte[] {3, -2, 1}, answer.body());
    }
  }

  @Test
  void textComesBackWithoutQuotesAndNothingAsNothing() throws IOException {
    try (ShimPeer node = index(code, "exports.handler = async (e) => e.give;")) {
      node.ready();
      assertEquals("hello", node.result("{\"give\":\"hello\"}"));
      assertEquals("", node.result("{\"give\":null}"));
      assertEquals("", node.result("{}"));
    }
  }

  @Test
  void contextTellsWhatIsKnownAboutTheCall() throws IOException {
    String text =
        """
        exports.handler = async (event, context) =>
          ({ ...context, payload: context.payload.toString(), left: context.getRemainingTimeInMillis() });
        """;
    try (ShimPeer node = index(code, text)) {
      JsonObject context = new JsonObject(node.ready().result("{\"a\": 1}"));
      assertEquals("r-1", context.getString("requestId"));
      assertEquals("resize", context.getString("functionName"));
      assertEquals("pictures", context.getString("namespace"));
      assertEquals("7", context.getString("version"));
      assertEquals("live", context.getString("qualifier"));
      assertEquals(2, context.getInteger("attempt"));
      assertEquals(1, context.getInteger("retryCount"));
      assertEquals(256, context.getInteger("memoryLimitMb"));
      assertEquals("{\"a\": 1}", context.getString("payload"));
      assertTrue(context.getString("traceparent").startsWith("00-0af7"), context::encode);
      int left = context.getInteger("left");
      assertTrue(left > 30_000 && left <= 60_000, () -> "left " + left);
    }
  }

  @Test
  void synchronousReturnValueIsTheResult() throws IOException {
    try (ShimPeer node = index(code, "exports.handler = (event) => event + 1;")) {
      assertEquals("2", node.ready().result("1"));
    }
  }

  @Test
  void firstOfTwoCallbacksWins() throws IOException {
    String text =
        """
        exports.handler = (event, context, callback) => {
          callback(null, 'first');
          callback(null, 'second');
          setTimeout(() => callback(new Error('third')), 1);
        };
        """;
    try (ShimPeer node = index(code, text)) {
      node.ready();
      assertEquals("first", node.result("1"));
      assertEquals("first", node.result("2"));
    }
  }

  @Test
  void asyncHandlerMayLeaveItsAnswerToTheCallback() throws IOException {
    String text =
        """
        exports.handler = async (event, context, callback) => {
          setTimeout(() => callback(null, 'later'), 5);
        };
        """;
    try (ShimPeer node = index(code, text)) {
      assertEquals("later", node.ready().result("1"));
    }
  }

  @Test
  void largePayloadAndResultPassThrough() throws IOException {
    byte[] payload = new byte[6 << 20];
    new Random(1).nextBytes(payload);
    try (ShimPeer node = index(code, "exports.handler = async (event) => event;")) {
      assertArrayEquals(payload, node.ready().call(payload).body());
    }
  }

  @Test
  void resultAboveTheLimitIsRefused() throws IOException {
    try (ShimPeer node = index(code, "exports.handler = async () => 'x'.repeat(1001);")) {
      JsonObject error = node.with("resultBytesMax", 1000).ready().error("1").json();
      assertEquals("ResultTooLarge", error.getString("kind"));
      assertEquals("the result has 1001 bytes, more than 1000", error.getString("errorMessage"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"const a = {}; a.a = a; return a;", "return { big: 1n };"})
  void resultThatIsNoJsonIsABadResponse(String body) throws IOException {
    try (ShimPeer node = index(code, "exports.handler = async () => {" + body + "};")) {
      node.ready();
      assertEquals("BadResponse", node.error("1").json().getString("kind"));
      assertEquals(
          "BadResponse", node.error("2").json().getString("kind"), "the instance serves on");
    }
  }

  // ---- errors

  @Test
  void thrownErrorTellsItsClassTextAndStackWithoutOurFrames() throws IOException {
    String text =
        """
        class TooSmall extends Error {}
        function check() { throw new TooSmall('3 < 4'); }
        exports.handler = async () => check();
        """;
    try (ShimPeer node = index(code, text)) {
      Frame error = node.ready().error("1");
      assertEquals("TooSmall", error.json().getString("errorType"));
      assertEquals("3 < 4", error.json().getString("errorMessage"));
      assertEquals("Function", error.json().getString("kind"));
      assertFalse(error.json().getBoolean("handled"));
      assertTrue(error.stack().startsWith("at check ("), error::toString);
      assertFalse(
          error.stack().contains("shim.js") || error.stack().contains("node:"), error::toString);
    }
  }

  @Test
  void errorGivenToTheCallbackIsHandled() throws IOException {
    try (ShimPeer node =
        index(code, "exports.handler = (e, c, callback) => callback(new TypeError('no'));")) {
      JsonObject error = node.ready().error("1").json();
      assertTrue(error.getBoolean("handled"));
      assertEquals("TypeError", error.getString("errorType"));
      assertEquals("no", error.getString("errorMessage"));
    }
  }

  @Test
  void whatIsThrownNeedNotBeAnError() throws IOException {
    try (ShimPeer node = index(code, "exports.handler = () => { throw 'plain text'; };")) {
      JsonObject error = node.ready().error("1").json();
      assertEquals("plain text", error.getString("errorMessage"));
      assertEquals("Error", error.getString("errorType"));
      assertFalse(error.getBoolean("handled"));
    }
  }

  @Test
  void promiseThatNothingCanSettleFailsAtOnce() throws IOException {
    try (ShimPeer node =
        index(code, "exports.handler = (e) => e ? 'ok' : new Promise(() => {});")) {
      JsonObject error = node.ready().error("0").json();
      assertEquals("NeverAnswered", error.getString("errorType"));
      assertEquals("ok", node.result("1"), "the instance serves on");
    }
  }

  @Test
  void callbackThatNobodyCallsFailsAtOnce() throws IOException {
    try (ShimPeer node = index(code, "exports.handler = (event, context, callback) => {};")) {
      assertEquals("NeverAnswered", node.ready().error("0").json().getString("errorType"));
    }
  }

  @Test
  void uncaughtErrorFailsTheCallAndEndsTheInstance() throws Exception {
    String text =
        """
        exports.handler = (event, context, callback) => {
          setTimeout(() => { throw new RangeError('late'); }, 1);
        };
        """;
    try (ShimPeer node = index(code, text)) {
      JsonObject error = node.ready().error("1").json();
      assertEquals("RangeError", error.getString("errorType"));
      assertTrue(error.getBoolean("fatal"));
      assertEquals(1, node.exitCode());
      assertTrue(node.output().contains("RangeError: late"), node.output());
    }
  }

  @Test
  void unhandledRejectionFailsTheCallAndEndsTheInstance() throws Exception {
    String text =
        """
        exports.handler = (event, context, callback) => { Promise.reject(new Error('lost')); };
        """;
    try (ShimPeer node = index(code, text)) {
      JsonObject error = node.ready().error("1").json();
      assertEquals("lost", error.getString("errorMessage"));
      assertEquals(1, node.exitCode());
    }
  }

  @Test
  void uncaughtErrorOutsideOfACallEndsTheProcess() throws Exception {
    String text =
        """
        exports.handler = async () => { setTimeout(() => { throw new Error('too late'); }, 5); };
        """;
    try (ShimPeer node = index(code, text)) {
      node.ready().result("1");
      assertEquals(1, node.exitCode());
      assertTrue(node.output().contains("too late"), node.output());
    }
  }

  @Test
  void functionThatCatchesUncaughtErrorsItselfLivesOn() throws IOException {
    String text =
        """
        let seen = '';
        process.on('uncaughtException', (error) => { seen = error.message; });
        exports.handler = (event, context, callback) => {
          setTimeout(() => callback(null, seen), 5);
          setTimeout(() => { throw new Error('mine'); }, 1);
        };
        """;
    try (ShimPeer node = index(code, text)) {
      assertEquals("mine", node.ready().result("1"));
    }
  }

  @Test
  void exitInAHandlerIsSeenAsAnExit() throws Exception {
    try (ShimPeer node = index(code, "exports.handler = async () => process.exit(7);")) {
      node.ready().begin("1");
      assertEquals(-1, node.next().type());
      assertEquals(7, node.exitCode());
    }
  }

  @Test
  void fullHeapEndsTheProcessByAbort() throws Exception {
    String text =
        "exports.handler = () => { for (const all = [];;) all.push(new Array(10000).fill({})); };";
    try (ShimPeer node = index(code, text)) {
      node.ready().begin("1");
      assertEquals(-1, node.next().type());
      assertEquals(134, node.exitCode());
    }
  }

  @Test
  void largeErrorIsCut() throws IOException {
    String text =
        """
        exports.handler = () => {
          const error = new Error('\\u0001'.repeat(10000000));
          error.name = 'n'.repeat(1000);
          error.stack = 'at x'.padEnd(1000, '\\u0001').concat('\\n').repeat(1000);
          throw error;
        };
        """;
    try (ShimPeer node = index(code, text)) {
      Frame error = node.ready().error("1");
      assertEquals(16 * 1024, error.json().getString("errorMessage").length());
      assertEquals(100, error.json().getJsonArray("stackTrace").size());
      assertTrue(error.body().length < 256 * 1024);
    }
  }

  // ---- loading

  @Test
  void handlerMayLieInADirectory() throws IOException {
    Files.createDirectories(code.resolve("src/app"));
    Files.writeString(code.resolve("src/app/main.js"), "exports.run = async () => 'deep';");
    try (ShimPeer node = start(code, Map.of())) {
      assertEquals("deep", node.with("handler", "src/app/main.run").ready().result("1"));
    }
  }

  @Test
  void modulesOfEitherKindAreLoaded() throws IOException {
    String module =
        "import fs from 'fs';\nexport const handler = async () => typeof fs.readFileSync;";
    Files.writeString(code.resolve("one.mjs"), module);
    Files.createDirectories(code.resolve("esm"));
    Files.writeString(code.resolve("esm/package.json"), "{\"type\":\"module\"}");
    Files.writeString(code.resolve("esm/two.js"), module);
    Files.writeString(code.resolve("three.cjs"), "exports.handler = async () => typeof require;");
    for (String handler : Set.of("one.handler", "esm/two.handler", "three.handler")) {
      try (ShimPeer node = start(code, Map.of())) {
        assertEquals("function", node.with("handler", handler).ready().result("1"), handler);
      }
    }
  }

  @Test
  void dependenciesAreFoundInNodeModulesAndNodePath() throws IOException {
    Files.createDirectories(code.resolve("node_modules/inside"));
    Files.writeString(code.resolve("node_modules/inside/index.js"), "module.exports = 'in';");
    Files.createDirectories(code.resolve("layer/outside"));
    Files.writeString(code.resolve("layer/outside/index.js"), "module.exports = 'out';");
    Files.writeString(
        code.resolve("index.js"),
        "exports.handler = async () => require('inside') + require('outside');");
    try (ShimPeer node = start(code, Map.of("NODE_PATH", code.resolve("layer").toString()))) {
      assertEquals("inout", node.ready().result("1"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"absent.handler", "index.absent", "index.number", "index", "../index.handler"})
  void handlerThatIsNotThereIsNamed(String handler) throws IOException {
    try (ShimPeer node = index(code, "exports.handler = async () => 1; exports.number = 1;")) {
      JsonObject error = node.with("handler", handler).refused();
      assertEquals("HandlerNotFound", error.getString("kind"));
      assertTrue(error.getString("errorMessage").contains(handler), error::encode);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"throw new Error('no database');", "require('absent');", "const = 1;"})
  void codeThatFailsToLoadSaysWhy(String text) throws IOException {
    try (ShimPeer node = index(code, text)) {
      JsonObject error = node.refused();
      assertEquals("InitError", error.getString("kind"));
      assertTrue(
          error.getJsonArray("stackTrace").encode().contains("index.js:1")
              || error.getString("errorMessage").contains("absent"),
          error::encode);
    }
  }

  @Test
  void loadingThatNeverEndsIsAnErrorAtOnce() throws IOException {
    Files.writeString(
        code.resolve("index.mjs"), "await new Promise(() => {});\nexport const handler = () => 1;");
    try (ShimPeer node = start(code, Map.of())) {
      JsonObject error = node.refused();
      assertEquals("InitError", error.getString("kind"));
      assertTrue(error.getString("errorMessage").contains("never came to an end"), error::encode);
    }
  }

  @Test
  void variablesOfTheProtocolAreHidden() throws IOException {
    String text =
        "exports.handler = async () => Object.keys(process.env).filter((k) => /PERDURE/.test(k));";
    try (ShimPeer node = index(code, text)) {
      assertEquals("[]", node.ready().result("1"));
    }
  }

  // ---- output, several calls, the end

  @Test
  void outputIsWrittenBeforeTheAnswer() throws Exception {
    try (ShimPeer node = index(code, "exports.handler = async () => { console.log('seen'); };")) {
      node.ready().result("1");
      node.printed("seen\n");
      node.send(EXIT, 0);
      assertEquals(0, node.exitCode());
      assertEquals("seen\n", node.output());
    }
  }

  @Test
  void outputOfCallsAtOnceIsTaggedWithTheirNumber() throws IOException {
    String text =
        """
        const waiting = [];
        exports.handler = async (event) => {
          console.log('in', event);
          if (event < 2) await new Promise((done) => waiting.push(done, setTimeout(done, 60000)));
          for (const one of waiting) typeof one === 'function' ? one() : clearTimeout(one);
          process.stderr.write('out ' + event);
        };
        """;
    try (ShimPeer node = index(code, text)) {
      node.with("concurrency", 4).ready();
      int first = node.begin("1");
      assertEquals(new Said(LOG, first, "in 1\n"), said(node.next()));
      int second = node.begin("2");
      assertEquals(new Said(LOG, second, "in 2\n"), said(node.next()));
      assertEquals(
          Set.of(
              new Said(LOG, first, "out 1"),
              new Said(RESULT, first, ""),
              new Said(LOG, second, "out 2"),
              new Said(RESULT, second, "")),
          node.next(4).stream().map(NodeShimTest::said).collect(toSet()));
    }
  }

  private record Said(int type, int call, String text) {}

  private static Said said(Frame frame) {
    return new Said(frame.type(), frame.call(), frame.text());
  }

  @Test
  void cancelReachesWhoeverWaitsForTheSignal() throws IOException {
    String text =
        """
        exports.handler = (event, context, callback) => {
          context.signal.addEventListener('abort', () => callback(new Error('given up')));
        };
        """;
    try (ShimPeer node = index(code, text)) {
      int call = node.ready().begin("1");
      node.send(CANCEL, call);
      assertEquals("given up", node.expect(ERROR).json().getString("errorMessage"));
    }
  }

  @Test
  void hooksRunBeforeTheFirstCallAndBeforeTheEnd() throws Exception {
    String text =
        """
        let made = 'nothing';
        exports.initializer = (context, callback) => setTimeout(() => { made = 'all'; callback(); }, 1);
        exports.preStop = async (context) => { console.log('bye', made); };
        exports.handler = async () => made;
        """;
    try (ShimPeer node = index(code, text)) {
      node.with("initializer", "index.initializer").with("preStop", "index.preStop").ready();
      assertEquals("all", node.result("1"));
      node.send(PRE_STOP, 0);
      node.expect(PRE_STOPPED);
      node.printed("bye all");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(context, callback) => callback(new Error('no key'))",
        "async () => { throw new Error('no key'); }",
        "() => { setTimeout(() => { throw new Error('no key'); }, 1); }"
      })
  void initializerThatFailsIsAnInitError(String initializer) throws IOException {
    String text = "exports.handler = async () => 1; exports.initializer = " + initializer;
    try (ShimPeer node = index(code, text)) {
      JsonObject error = node.with("initializer", "index.initializer").refused();
      assertEquals("InitError", error.getString("kind"));
      assertEquals("no key", error.getString("errorMessage"));
    }
  }

  @Test
  void failingPreStopEndsAllTheSame() throws IOException {
    String text =
        "exports.handler = async () => 1; exports.preStop = () => { throw new Error('x'); };";
    try (ShimPeer node = index(code, text)) {
      node.with("preStop", "index.preStop").ready().send(PRE_STOP, 0);
      node.expect(PRE_STOPPED);
    }
  }

  @Test
  void processEndsWhenTheConnectionDoesEvenInACall() throws Exception {
    try (ShimPeer node =
        index(code, "exports.handler = () => new Promise((ok) => setTimeout(ok, 60000));")) {
      node.ready().begin("1");
      node.hangUp();
      assertEquals(0, node.exitCode());
    }
  }
}
