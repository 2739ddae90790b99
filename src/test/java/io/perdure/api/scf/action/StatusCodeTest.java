package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusCodeTest {
  @ParameterizedTest
  @CsvSource({
    "FUNCTION, KeyError, 430",
    "FUNCTION, InitError, 430",
    "FUNCTION, HandlerNotFound, 437",
    "FUNCTION, CodeUnusable, 437",
    "FUNCTION, BootstrapMissing, 405",
    "FUNCTION, BootstrapNotExecutable, 405",
    "TIMEOUT, Timeout, 433",
    "TIMEOUT, InitTimeout, 450",
    "TIMEOUT, PortNotBound, 446",
    "CRASH, ProcessExit, 439",
    "CRASH, OutOfMemory, 434",
    "CRASH, InitExit, 405",
    "BAD_RESPONSE, BadResponse, 430",
    "BAD_RESPONSE, ResultTooLarge, 407",
    "PLATFORM, CannotStart, 445",
    "PLATFORM, InstanceStopped, 439",
    "PLATFORM, ConcurrencyExceeded, 432",
    "PLATFORM, EventAgeExceeded, 432",
    "PLATFORM, Paused, 438",
    "PLATFORM, QualifierNotFound, 442",
    "PLATFORM, FunctionDeleted, 435",
    "PLATFORM, InvalidParameterValue, 400",
    "PLATFORM, NodeLost, 500",
  })
  void failureHasTheCodeOfItsCause(Kind kind, String type, int code) {
    assertEquals(code, StatusCode.of(new RunError(kind, type, "")).number());
  }

  @Test
  void exceptionThatIsCalledAsAFailureOfThePlatformIsOne() {
    assertEquals(430, StatusCode.of(new RunError(Kind.FUNCTION, "Timeout", "")).number());
    assertEquals(430, StatusCode.of(new RunError(Kind.FUNCTION, "OutOfMemory", "")).number());
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void onlyWhatHasEndedHasACode(Status status) {
    InvocationBuilder of = new InvocationBuilder();
    of.id = InvocationId.floor(1);
    of.status = status;
    assertEquals(!status.terminal(), StatusCode.numberOf(of.build()) == StatusCode.RUNNING);
  }

  @ParameterizedTest
  @CsvSource({
    "ENQUEUED, RUNNING",
    "RUNNING, RUNNING",
    "RETRYING, RUNNING",
    "STOPPING, RUNNING",
    "SUCCEEDED, FINISHED",
    "STOPPED, ABORTED",
    "FAILED, FAILED",
    "EXPIRED, FAILED",
    "INVALID, FAILED",
  })
  void everyStatusIsOneOfTheFourStates(Status status, EventState state) {
    assertEquals(state, EventState.of(status));
    assertEquals(true, state.statuses().contains(status));
  }
}
