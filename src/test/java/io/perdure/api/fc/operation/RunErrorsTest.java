package io.perdure.api.fc.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.fc.wire.FcError;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunErrorsTest {
  private static final RuntimeSpec CUSTOM = managed(Language.CUSTOM_HTTP);
  private static final RuntimeSpec PYTHON = managed(Language.PYTHON);
  private static final RuntimeSpec HTTP = new RuntimeSpec.Http("http://localhost/");

  private static RuntimeSpec managed(Language language) {
    ManagedBuilder next = new ManagedBuilder(language, language.kind());
    next.handler = language.hasHandler() ? "index.handler" : null;
    return next.build();
  }

  @ParameterizedTest
  @CsvSource({
    "ConcurrencyExceeded, 429, ResourceExhausted",
    "QueueFull, 429, ResourceExhausted",
    "Paused, 503, ResourceThrottled",
    "Throttled, 503, ResourceThrottled",
    "NoHandler, 503, ResourceThrottled",
    "ConnectionRefused, 503, ResourceThrottled",
    "NodeShutdown, 503, ResourceThrottled",
    "CannotStart, 412, FunctionNotStarted",
    "NodeLost, 500, InternalServerError",
    "AnythingElse, 500, InternalServerError"
  })
  void failureOfThePlatformIsAnErrorWhateverRan(String type, int status, String code) {
    RunError error = new RunError(Kind.PLATFORM, type, "why");
    for (RuntimeSpec ran : new RuntimeSpec[] {CUSTOM, PYTHON, HTTP, null}) {
      FcError told = RunErrors.ofApi(error, ran).orElseThrow();
      assertEquals(status, told.status());
      assertEquals(code, told.code());
      assertEquals(type + ": why", told.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CRASH, InitExit, CAExited",
    "FUNCTION, BootstrapMissing, CAFileNotFound",
    "FUNCTION, BootstrapNotExecutable, CAFilePermission",
    "TIMEOUT, PortNotBound, FunctionNotStarted",
    "TIMEOUT, InitTimeout, FunctionNotStarted"
  })
  void startThatFailsIsAnErrorOfCustomRuntimesAlone(Kind kind, String type, String code) {
    RunError error = new RunError(kind, type, "why");
    FcError told = RunErrors.ofApi(error, CUSTOM).orElseThrow();
    assertEquals(412, told.status());
    assertEquals(code, told.code());
    assertTrue(RunErrors.ofApi(error, PYTHON).isEmpty(), "a class of the function's own");
  }

  @Test
  void whatIsNoHttpIsABadResponseOfThoseWhoShouldSpeakIt() {
    RunError error = new RunError(Kind.BAD_RESPONSE, "BadResponse", "no HTTP");
    for (RuntimeSpec ran : new RuntimeSpec[] {CUSTOM, HTTP}) {
      FcError told = RunErrors.ofApi(error, ran).orElseThrow();
      assertEquals(502, told.status());
      assertEquals("BadResponse", told.code());
      assertTrue(
          RunErrors.ofApi(new RunError(Kind.BAD_RESPONSE, "ResultTooLarge", ""), ran).isEmpty());
    }
    assertTrue(RunErrors.ofApi(error, PYTHON).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"FUNCTION, ValueError", "TIMEOUT, Timeout", "CRASH, ProcessExit"})
  void whatRanAndFailedIsTheFunctionsOwn(Kind kind, String type) {
    RunError error = new RunError(kind, type, "why");
    for (RuntimeSpec ran : new RuntimeSpec[] {CUSTOM, PYTHON, HTTP, null}) {
      assertTrue(RunErrors.ofApi(error, ran).isEmpty());
    }
  }

  @Test
  void errorReportedOnPurposeWasHandled() {
    assertEquals(
        "HandledInvocationError", RunErrors.type(new RunError(Kind.FUNCTION, "E", "", true)));
    assertEquals("UnhandledInvocationError", RunErrors.type(new RunError(Kind.FUNCTION, "E", "")));
  }
}
