package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.invocation.RuntimeSpec.Managed.Hook;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the runtime of a function from a code package must be. */
class RuntimeRulesTest {
  /** A runtime whose parts a test changes. */
  private static final class Draft {
    Language language = Language.PYTHON;
    String name = "Python3.10";
    String handler = "index.handler";
    Map<String, String> env = Map.of();
    int memoryMb = 256;
    int diskMb = 512;
    int instanceConcurrency = 1;
    String initializer;
    long initTimeoutMillis = 65_000;
    Hook preStop;
    List<String> command = List.of();
    int port;
    long idleMillis = 60_000;

    Managed made() {
      return new Managed(
          language,
          name,
          handler,
          null,
          env,
          memoryMb,
          diskMb,
          instanceConcurrency,
          initializer,
          initTimeoutMillis,
          preStop,
          command,
          port,
          idleMillis);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PYTHON, index.handler",
    "PYTHON, pkg/sub/index.main_handler",
    "PYTHON, pkg.module.handler",
    "NODEJS, index.main_handler",
    "NODEJS, dist/index.$default",
    "JAVA, example.Hello",
    "JAVA, example.Hello::mainHandler",
    "JAVA, Hello::handle",
    "JAVA, a.b.Outer$Inner::run",
    "CUSTOM_API, ''",
    "CUSTOM_HTTP, index.handler",
    "WEB, anything at all"
  })
  void handlerOfTheFormOfItsLanguageIsAccepted(Language language, String handler) {
    accepted(
        draft -> {
          draft.language = language;
          draft.handler = handler;
        });
  }

  @ParameterizedTest
  @CsvSource({
    "PYTHON, ''",
    "PYTHON, index",
    "PYTHON, .handler",
    "PYTHON, index.",
    "PYTHON, /abs/index.handler",
    "PYTHON, ../index.handler",
    "PYTHON, a/../../index.handler",
    "NODEJS, 'index.han dler'",
    "NODEJS, example.Hello::handle",
    "JAVA, ''",
    "JAVA, example.",
    "JAVA, example.Hello:handle",
    "JAVA, example.Hello::",
    "JAVA, ::handle",
    "JAVA, example/Hello"
  })
  void otherHandlerIsRefused(Language language, String handler) {
    refused(
        "runtime.handler",
        draft -> {
          draft.language = language;
          draft.handler = handler;
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\0b", "\ud800"})
  void handlerOfAProgramIsTextAllTheSame(String handler) {
    refused(
        "runtime.handler",
        draft -> {
          draft.language = Language.WEB;
          draft.handler = handler;
        });
  }

  @Test
  void missingHandlerIsRefused() {
    refused("runtime.handler", draft -> draft.handler = null);
    refused("runtime.handler", draft -> draft.handler = "a".repeat(250) + ".handler");
  }

  @Test
  void initializerAndPreStopHaveTheFormOfAHandler() {
    accepted(
        draft -> {
          draft.initializer = "index.init";
          draft.preStop = new Hook("index.stop", 90_000);
        });
    refused("runtime.initializer", draft -> draft.initializer = "init");
    refused("runtime.preStop.handler", draft -> draft.preStop = new Hook("stop", 1_000));
    refused("runtime.preStop.timeoutMs", draft -> draft.preStop = new Hook("index.stop", 999));
    refused("runtime.preStop.timeoutMs", draft -> draft.preStop = new Hook("index.stop", 90_001));
  }

  @Test
  void numbersHaveTheirRanges() {
    accepted(draft -> draft.memoryMb = 64);
    accepted(draft -> draft.memoryMb = 32_768);
    refused("runtime.memoryMb", draft -> draft.memoryMb = 63);
    refused("runtime.memoryMb", draft -> draft.memoryMb = 32_769);
    accepted(draft -> draft.diskMb = 16);
    accepted(draft -> draft.diskMb = 10_240);
    refused("runtime.diskMb", draft -> draft.diskMb = 15);
    refused("runtime.diskMb", draft -> draft.diskMb = 10_241);
    accepted(draft -> draft.instanceConcurrency = 200);
    refused("runtime.instanceConcurrency", draft -> draft.instanceConcurrency = 0);
    refused("runtime.instanceConcurrency", draft -> draft.instanceConcurrency = 201);
    accepted(draft -> draft.initTimeoutMillis = 300_000);
    refused("runtime.initTimeoutMs", draft -> draft.initTimeoutMillis = 999);
    refused("runtime.initTimeoutMs", draft -> draft.initTimeoutMillis = 300_001);
    accepted(draft -> draft.idleMillis = 86_400_000);
    refused("runtime.idleMs", draft -> draft.idleMillis = 999);
    refused("runtime.idleMs", draft -> draft.idleMillis = 86_400_001);
  }

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(strings = {" ", "a\tb"})
  void nameOfARuntimeThatSaysNothingIsRefused(String name) {
    refused("runtime.name", draft -> draft.name = name);
  }

  @Test
  void programsOfTheirOwnMayNameACommandAndAPort() {
    accepted(
        draft -> {
          draft.language = Language.WEB;
          draft.command = List.of("./server", "--fast");
          draft.port = 65_535;
        });
    refused("runtime.command", draft -> draft.command = List.of("./server"));
    refused("runtime.port", draft -> draft.port = 9_000);
    refused(
        "runtime.port",
        draft -> {
          draft.language = Language.WEB;
          draft.port = 65_536;
        });
    refused(
        "runtime.command",
        draft -> {
          draft.language = Language.CUSTOM_API;
          draft.command = Collections.nCopies(65, "x");
        });
  }

  @ParameterizedTest
  @CsvSource({
    "SCF, SCF_X",
    "SCF, QCLOUD_X",
    "SCF, TENCENTCLOUD_X",
    "FC2, FC_X",
    "FC3, FC_X",
    "NATIVE, PERDURE_X",
    "SCF, PERDURE_X",
    "FC3, PERDURE_X"
  })
  void reservedVariableOfTheFlavourIsRefused(Flavour flavour, String name) {
    Draft draft = new Draft();
    draft.env = Map.of(name, "1");
    Failure.Invalid invalid = refusedBy(draft, flavour);
    assertEquals("runtime.env." + name, invalid.field());
    assertTrue(invalid.message().endsWith("is reserved"), invalid::message);
  }

  @ParameterizedTest
  @CsvSource({"NATIVE, SCF_X", "NATIVE, FC_X", "SCF, FC_X", "FC3, SCF_X", "SCF, a1_b"})
  void otherVariableIsAccepted(Flavour flavour, String name) {
    Draft draft = new Draft();
    draft.env = Map.of(name, "1");
    assertDoesNotThrow(() -> RuntimeRules.check(draft.made(), flavour));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "_A", "1A", "A-B", "A B", "\u00c4"})
  void nameOfAVariableBeginsWithALetter(String name) {
    refused("runtime.env", draft -> draft.env = Map.of(name, "1"));
  }

  @Test
  void variablesMayTake4096BytesInAll() {
    accepted(draft -> draft.env = Map.of("A", "\u00fc".repeat(2047), "B", ""));
    refused("runtime.env", draft -> draft.env = Map.of("A", "\u00fc".repeat(2047), "BC", ""));
    refused("runtime.env.A", draft -> draft.env = Map.of("A", "\0"));
    refused("runtime.env.A", draft -> draft.env = Map.of("A", "\udc00"));
  }

  private static void accepted(Consumer<Draft> change) {
    Draft draft = new Draft();
    change.accept(draft);
    assertDoesNotThrow(() -> RuntimeRules.check(draft.made(), Flavour.NATIVE));
  }

  private static void refused(String field, Consumer<Draft> change) {
    Draft draft = new Draft();
    change.accept(draft);
    assertEquals(field, refusedBy(draft, Flavour.NATIVE).field());
  }

  private static Failure.Invalid refusedBy(Draft draft, Flavour flavour) {
    FailureException refused =
        assertThrows(FailureException.class, () -> RuntimeRules.check(draft.made(), flavour));
    return assertInstanceOf(Failure.Invalid.class, refused.failure());
  }
}
