package io.perdure.runtime.managed.shim;

import static io.perdure.runtime.Attempts.await;
import static io.perdure.runtime.managed.shim.LanguageBench.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.Conversation.Answer;
import io.perdure.runtime.managed.Conversation.Answer.Lost;
import io.perdure.runtime.managed.Conversation.Answer.Raised;
import io.perdure.runtime.managed.Conversation.Answer.Returned;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.shim.LanguageBench.Instance;
import io.perdure.runtime.managed.shim.LanguageBench.Spec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions in Python by our own conventions, in real processes. */
@ExtendWith(VertxExtension.class)
class PythonShimTest {
  private LanguageBench python;

  @BeforeEach
  void open(Vertx vertx, @TempDir Path directory) {
    python = new LanguageBench(vertx, directory, Language.PYTHON);
  }

  @AfterEach
  void close() throws Exception {
    python.close();
  }

  /** A file with the given lines and a handler that consists of {@code body}. */
  private Spec handler(String... body) {
    return python
        .spec()
        .file("index.py", "def handler(event, context):", "    " + String.join("\n    ", body));
  }

  @Test
  void jsonIsParsedAndWhatIsReturnedIsJson() throws Exception {
    Instance instance = handler("return {'sum': sum(event)}").ready();
    assertEquals("{\"sum\": 6}", instance.returns("[1, 2, 3]"));
  }

  @Test
  void whatIsNoJsonComesAsBytes() throws Exception {
    Instance instance = handler("return type(event).__name__ + ' ' + event.decode()").ready();
    assertEquals("bytes {no json", instance.returns("{no json"));
  }

  @Test
  void jsonThatIsNestedTooDeeplyComesAsBytes() throws Exception {
    Instance instance = handler("return type(event).__name__").ready();
    assertEquals("bytes", instance.returns("[".repeat(50_000) + "]".repeat(50_000)));
  }

  @Test
  void payloadIsThereAsItCameInAnyCase() throws Exception {
    Instance instance = handler("return context.payload").ready();
    assertEquals("[1,  2]", instance.returns("[1,  2]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'text' | text",
        "b'bytes' | bytes",
        "bytearray(b'array') | array",
        "None | ``",
        "7 | 7",
        "1.5 | 1.5",
        "True | true",
        "[1, None] | [1, null]",
        "'\\u4f60\\u597d' | 你好",
        "{'a': '\\u4f60'} | {\"a\": \"你\"}",
        "{'half': '\\ud83d'} | {\"half\": \"\\ud83d\"}",
      })
  void resultIsAsItIsOrJson(String value, String expected) throws Exception {
    assertEquals(expected, handler("return " + value).ready().returns("1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{1, 2}", "(x for x in [1])", "object()", "'\\ud83d'", "{(1, 2): 3}"})
  void whatCannotBeSentIsABadResponseAndTheInstanceGoesOn(String value) throws Exception {
    Instance instance = handler("return " + value + " if event == 1 else 'next'").ready();
    Raised raised = instance.raises("1");
    assertEquals(Kind.BAD_RESPONSE, raised.error().kind());
    assertEquals("BadResponse", raised.error().type());
    assertFalse(raised.fatal());
    assertEquals("next", instance.returns("2"));
  }

  @Test
  void resultUpToTheLimitIsReturnedAndALargerOneIsTooLarge() throws Exception {
    Instance instance = handler("return 'x' * event").ready();
    int most = LanguageBench.RESULT_BYTES_MAX;
    assertEquals(most, instance.bytes(Integer.toString(most)).length());
    Raised raised = instance.raises(Integer.toString(most + 1));
    assertEquals(Kind.BAD_RESPONSE, raised.error().kind());
    assertEquals("ResultTooLarge", raised.error().type());
  }

  @Test
  void largePayloadArrivesWhole() throws Exception {
    Instance instance = handler("return len(context.payload)").ready();
    assertEquals("3000000", instance.returns("x".repeat(3_000_000)));
  }

  @Test
  void contextTellsWhatIsRun() throws Exception {
    Instance instance =
        handler(
                "c = context",
                "return [c.request_id, c.function_name, c.namespace, c.version, c.qualifier,",
                "    c.account_id, c.instance_id, c.memory_mb, c.timeout_ms, c.deadline_ms,",
                "    c.remaining_ms(), c.attempt, c.retry_count, c.traceparent[:36]]")
            .ready();
    Call call = instance.call("1");
    Returned returned = assertInstanceOf(Returned.class, await(instance.send(call)));
    JsonArray expected =
        new JsonArray()
            .add(call.invocation().id().toString())
            .add("fn")
            .add("default")
            .add("LATEST")
            .add("LATEST")
            .add("1234567890123456")
            .add("i-0")
            .add(256)
            .add(60_000)
            .add(61_000)
            .add(0)
            .add(2)
            .add(1)
            .add(Attempts.TRACE.substring(0, 36));
    assertEquals(expected, new JsonArray(returned.result()));
  }

  @Test
  void moduleIsLoadedOnceAndKeepsItsState() throws Exception {
    Instance instance =
        python
            .spec()
            .file(
                "index.py",
                "calls = 0",
                "def handler(event, context):",
                "    global calls",
                "    calls += 1",
                "    return calls")
            .ready();
    instance.returns("1");
    assertEquals("2", instance.returns("1"));
  }

  @ParameterizedTest
  @CsvSource({
    "main.run, main.py",
    "src/main.run, src/main.py",
    "src.deep.main.run, src/deep/main.py",
    "with-dash.run, with-dash.py",
    "json.run, json.py",
    "queue.run, queue.py",
  })
  void handlerIsFoundInFilesDirectoriesAndPackages(String handler, String file) throws Exception {
    Instance instance =
        python
            .spec()
            .handler(handler)
            .file(file, "def run(event, context):", "    return 'ran'")
            .ready();
    assertEquals("ran", instance.returns("1"));
  }

  @Test
  void codeIsFirstOnTheImportPathAndTheWorkingDirectory() throws Exception {
    Instance instance =
        handler("import helper, os", "return [helper.NAME, os.getcwd() == helper.HERE]")
            .file("helper.py", "import os", "NAME = 'mine'", "HERE = os.path.dirname(__file__)")
            .ready();
    assertEquals("[\"mine\", true]", instance.returns("1"));
  }

  @ParameterizedTest
  @CsvSource({
    "handler, file.function",
    "nowhere.handler, no file 'nowhere.py'",
    "deep/nowhere.handler, no file 'deep/nowhere.py'",
    "index.missing, no 'missing'",
    "index.CONSTANT, cannot be called",
  })
  void missingHandlerIsNamed(String handler, String told) throws Exception {
    StartFailure failure =
        failure(python.spec().handler(handler).file("index.py", "CONSTANT = 1").start());
    assertEquals("HandlerNotFound", failure.error().type());
    assertEquals(Kind.FUNCTION, failure.error().kind());
    assertTrue(failure.error().message().contains(told), failure.error().message());
  }

  @ParameterizedTest
  @CsvSource({
    "import nothing_of_that_name, ModuleNotFoundError: No module named 'nothing_of_that_name'",
    "1 / 0, ZeroDivisionError: division by zero",
    "def broken(:, SyntaxError: ",
  })
  void codeThatCannotBeLoadedIsAnInitErrorWithItsStack(String line, String told) throws Exception {
    Instance instance =
        python.spec().file("index.py", line, "def handler(e, c):", "    return 1").start();
    StartFailure failure = failure(instance);
    assertEquals("InitError", failure.error().type());
    assertEquals(Kind.FUNCTION, failure.error().kind());
    assertTrue(failure.error().message().startsWith(told), failure.error().message());
    JsonObject result = new JsonObject(failure.result());
    assertEquals(told.substring(0, told.indexOf(':')), result.getString("errorType"));
    String stack = result.getJsonArray("stackTrace").encode();
    assertTrue(stack.contains("index.py") && stack.contains(line.substring(0, 5)), stack);
    assertFalse(stack.contains("shim.py") || stack.contains("importlib"), stack);
    instance.exitCode();
    assertTrue(instance.output().contains(told), instance.output());
  }

  @Test
  void initializerRunsBeforeTheFirstCallAndItsFailureIsAnInitError() throws Exception {
    String[] code = {
      "state = []",
      "def initialize(context):",
      "    state.append('initialized')",
      "def fail(context):",
      "    raise ValueError('no')",
      "def handler(event, context):",
      "    return state",
    };
    Spec good = python.spec().file("index.py", code).initializer("index.initialize");
    assertEquals("[\"initialized\"]", good.ready().returns("1"));
    StartFailure failure =
        failure(python.spec().file("index.py", code).initializer("index.fail").start());
    assertEquals("InitError", failure.error().type());
    assertEquals("ValueError: no", failure.error().message());
  }

  @Test
  void exceptionIsTheFunctionsFailureWithItsClassMessageAndStack() throws Exception {
    Instance instance =
        python
            .spec()
            .file(
                "index.py",
                "class Refused(Exception):",
                "    pass",
                "def handler(event, context):",
                "    inner(event)",
                "def inner(event):",
                "    raise Refused('no ' + event)")
            .ready();
    Raised raised = instance.raises("\"way\"");
    assertEquals(Kind.FUNCTION, raised.error().kind());
    assertEquals("Refused", raised.error().type());
    assertEquals("no way", raised.error().message());
    assertFalse(raised.error().handled());
    assertFalse(raised.fatal());
    assertEquals("Refused", json(raised).getString("errorType"));
    assertEquals("no way", json(raised).getString("errorMessage"));
    List<?> stack = json(raised).getJsonArray("stackTrace").getList();
    assertEquals("Traceback (most recent call last):", stack.get(0));
    assertTrue(stack.get(1).toString().endsWith("index.py\", line 4, in handler"), "" + stack);
    assertEquals("index.Refused: no way", stack.get(stack.size() - 1));
    assertFalse(stack.toString().contains("shim.py"), stack.toString());
    assertTrue(instance.output().contains("index.Refused: no way"));
  }

  @Test
  void causeOfAnErrorIsInItsStack() throws Exception {
    Instance instance =
        handler("try: {}['key']", "except KeyError as e: raise ValueError('outer') from e").ready();
    String stack = json(instance.raises("1")).getJsonArray("stackTrace").encode();
    assertTrue(stack.contains("KeyError") && stack.contains("direct cause"), stack);
    assertFalse(stack.contains("shim.py"), stack);
  }

  @Test
  void hugeErrorIsCutAndReported() throws Exception {
    Instance instance =
        handler("def deep(n): return deep(n + 1)", "deep(0) if event else 1 / 0").ready();
    assertEquals("RecursionError", instance.raises("1").error().type());
    Instance talkative = handler("raise ValueError('x' * 10000000)").ready();
    assertEquals("ValueError", talkative.raises("1").error().type());
  }

  @Test
  void errorThatCannotBeShownIsReportedAllTheSame() throws Exception {
    Instance instance =
        handler(
                "class Odd(Exception):",
                "    def __str__(self): raise RuntimeError('never')",
                "raise Odd()")
            .ready();
    assertEquals("Odd", instance.raises("1").error().type());
  }

  @Test
  void memoryErrorEndsTheInstanceAsOutOfMemory() throws Exception {
    Instance instance = handler("raise MemoryError('no 4 GB')").ready();
    Raised raised = instance.raises("1");
    assertEquals(new RunError(Kind.CRASH, "OutOfMemory", "no 4 GB"), raised.error());
    assertTrue(raised.fatal());
  }

  @ParameterizedTest
  @CsvSource({"sys.exit(3), 3", "sys.exit(), 0", "sys.exit('bye'), 1", "os._exit(4), 4"})
  void exitEndsTheProcessAndTheCallIsLost(String exit, int code) throws Exception {
    Instance instance = handler("import os, sys", "print('last words')", exit).ready();
    assertInstanceOf(Lost.class, await(instance.send("1")));
    assertEquals(code, instance.exitCode());
    assertTrue(instance.output().contains("last words"));
  }

  @Test
  void exitWhileTheCodeIsLoadedEndsTheProcess() throws Exception {
    Instance instance = python.spec().file("index.py", "import sys", "sys.exit(5)").start();
    assertEquals("InitExit", failure(instance).error().type());
    assertEquals(5, instance.exitCode());
  }

  @Test
  void outputIsWrittenBeforeTheAnswer() throws Exception {
    Instance instance =
        handler(
                "import logging, sys",
                "print('printed', end='')",
                "sys.stderr.write('complained')",
                "logging.info('logged')",
                "logging.debug('not shown')",
                "context.logger.warning('warned')",
                "return 1")
            .ready();
    Call call = instance.call("1");
    await(instance.send(call));
    String output = instance.output();
    assertTrue(output.contains("printed") && output.contains("complained"), output);
    String id = call.invocation().id().toString();
    assertTrue(output.contains("Z " + id + " [INFO] logged\n"), output);
    assertTrue(output.contains("Z " + id + " [WARNING] warned\n"), output);
    assertFalse(output.contains("not shown"), output);
  }

  @Test
  void coroutineRunsToItsEndOnALoopThatStays() throws Exception {
    Instance instance =
        python
            .spec()
            .file(
                "index.py",
                "import asyncio",
                "loops = set()",
                "async def handler(event, context):",
                "    await asyncio.sleep(0)",
                "    loops.add(id(asyncio.get_event_loop()))",
                "    if event == 'fail': raise ValueError('async')",
                "    return len(loops)")
            .ready();
    assertEquals("ValueError", instance.raises("\"fail\"").error().type());
    assertEquals("1", instance.returns("1"));
  }

  @Test
  void handlerHasTheMainThreadSoThatItMayInstallSignalHandlers() throws Exception {
    Instance instance =
        handler(
                "import os, signal, threading",
                "got = []",
                "signal.signal(signal.SIGTERM, lambda s, f: got.append(s))",
                "os.kill(os.getpid(), signal.SIGTERM)",
                "return [got, threading.current_thread() is threading.main_thread()]")
            .ready();
    assertEquals("[[15], true]", instance.returns("1"));
    assertFalse(python.on(() -> instance.conversation.cancel(instance.call("1"))));
  }

  @Test
  void processHasNoInputAndKnowsNothingOfTheSocket() throws Exception {
    Instance instance =
        handler(
                "import os, sys",
                "return [sys.stdin.read(), [k for k in os.environ if 'TOKEN' in k or 'SOCK' in k]]")
            .ready();
    assertEquals("[\"\", []]", instance.returns("1"));
  }

  @Test
  void commandLineShowsNeitherTheCodeNorATokenNorTheSocket() throws Exception {
    Instance instance = handler("return 1").ready();
    String line = String.join(" ", instance.conversation.argv());
    assertFalse(line.contains("code-0"), line);
    instance.conversation.environment().values().forEach(v -> assertFalse(line.contains(v), line));
  }

  @Test
  void childThatComesBackFromTheHandlerAnswersNothing() throws Exception {
    Instance instance =
        handler(
                "import os",
                "child = os.fork()",
                "if child == 0: return 'child'",
                "os.waitpid(child, 0)",
                "return 'parent'")
            .ready();
    assertEquals("parent", instance.returns("1"));
    assertEquals("parent", instance.returns("1"));
  }

  @Test
  void preStopHookRunsWhenItIsAskedFor() throws Exception {
    Instance instance =
        handler("return 1")
            .file("hooks.py", "def stop(context):", "    print('stopping', context.function_name)")
            .preStop("hooks.stop")
            .ready();
    await(python.on(instance.conversation::preStop));
    assertTrue(instance.output().contains("stopping fn"));
  }

  @Test
  void preStopHookIsNotWaitedForWhileACallHasTheOnlyThread() throws Exception {
    Instance instance =
        handler("import time", "open(event, 'w').close()", "time.sleep(60)")
            .file("hooks.py", "def stop(context):", "    pass")
            .preStop("hooks.stop")
            .ready();
    Path begun = python.file("begun");
    Future<Answer> answer = instance.send("\"" + begun + "\"");
    LanguageBench.awaitFile(begun);
    await(python.on(instance.conversation::preStop));
    assertFalse(answer.isComplete());
  }

  @Test
  void processExitsWhenTheServerCloses() throws Exception {
    Instance instance =
        handler("return 1")
            .file(
                "extra.py",
                "import atexit",
                "def initialize(context):",
                "    atexit.register(print, 'tidied up')")
            .initializer("extra.initialize")
            .ready();
    python.on(instance.conversation::close);
    assertEquals(0, instance.exitCode());
    assertTrue(instance.output().contains("tidied up"));
  }

  @Test
  void callsOfOneInstanceRunAtTheSameTimeAndEachHasItsLog() throws Exception {
    Instance instance =
        python
            .spec()
            .concurrency(2)
            .file(
                "index.py",
                "import threading",
                "both = threading.Barrier(2, timeout=15)",
                "def handler(event, context):",
                "    both.wait()",
                "    print('this is', event)",
                "    return event")
            .ready();
    Future<Answer> one = instance.send("1");
    Future<Answer> two = instance.send("2");
    assertEquals("1", text(await(one)));
    assertEquals("2", text(await(two)));
    assertEquals(List.of("this is 1\n", "this is 2\n"), instance.log.stream().sorted().toList());
    assertEquals("", instance.output());
  }

  @Test
  void coroutinesOfOneInstanceShareALoopAndEachHasItsLog() throws Exception {
    Instance instance =
        python
            .spec()
            .concurrency(2)
            .initializer("index.initialize")
            .file(
                "index.py",
                "import asyncio, sys",
                "here = []",
                "def initialize(context):",
                "    print('version', sys.version_info >= (3, 7))",
                "async def handler(event, context):",
                "    here.append(event)",
                "    while len(here) < 2: await asyncio.sleep(0.001)",
                "    print('this is', event)",
                "    return event")
            .ready();
    Future<Answer> one = instance.send("1");
    Future<Answer> two = instance.send("2");
    assertEquals("1", text(await(one)));
    assertEquals("2", text(await(two)));
    assumeTrue(instance.output().contains("True"), "Python 3.6 cannot tell tasks apart");
    assertEquals(List.of("this is 1\n", "this is 2\n"), instance.log.stream().sorted().toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"context.cancelled.wait(15)", "await asyncio.sleep(15)"})
  void callAmongSeveralCanBeCancelled(String waits) throws Exception {
    String kind = waits.startsWith("await") ? "async def" : "def";
    Instance instance =
        python
            .spec()
            .concurrency(2)
            .file(
                "index.py",
                "import asyncio",
                kind + " handler(event, context):",
                "    open(event, 'w').close()",
                "    try:",
                "        " + waits,
                "        return 'told'",
                "    except asyncio.CancelledError:",
                "        return 'told'")
            .ready();
    Path begun = python.file("begun");
    Call call = instance.call("\"" + begun + "\"");
    Future<Answer> answer = instance.send(call);
    LanguageBench.awaitFile(begun);
    assertTrue(python.on(() -> instance.conversation.cancel(call)));
    assertEquals("told", text(await(answer)));
  }

  @Test
  void exitOfOneAmongSeveralEndsTheProcess() throws Exception {
    Instance instance =
        python
            .spec()
            .concurrency(2)
            .file("index.py", "import sys", "async def handler(event, context):", "    sys.exit(9)")
            .ready();
    assertInstanceOf(Lost.class, await(instance.send("1")));
    assertEquals(9, instance.exitCode());
  }

  private static String text(Answer answer) {
    return assertInstanceOf(Returned.class, answer).result().toString(StandardCharsets.UTF_8);
  }

  private static StartFailure failure(Instance instance) {
    ExecutionException e = assertThrows(ExecutionException.class, instance::awaitReady);
    return assertInstanceOf(StartFailure.class, e.getCause());
  }
}
