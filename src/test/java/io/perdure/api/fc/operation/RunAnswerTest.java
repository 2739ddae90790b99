package io.perdure.api.fc.operation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Query;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.Status;
import io.perdure.router.InvokeOutcome;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunAnswerTest {
  private static final byte[] NOTHING = {};

  private final InvocationBuilder run = new InvocationBuilder();

  RunAnswerTest() {
    run.id = new InvocationId.Minter(1, new Random(1)).next(1_000);
    run.namespace = "s";
    run.function = "f";
    run.qualifier = "prod";
    run.mode = Invocation.Mode.SYNC;
  }

  private FcReply answer(byte[] result) {
    FcCall call =
        new FcCall(
            null,
            "cn-hangzhou",
            Generation.V2,
            null,
            "of-the-request",
            null,
            null,
            Map.of("serviceName", "s", "functionName", "f"),
            Query.of("qualifier=prod"),
            null);
    return new RunAnswer(call, null).of(new InvokeOutcome(run.build(), true, result, NOTHING));
  }

  private FcError refused() {
    FcError error = assertThrows(FcError.class, () -> answer(NOTHING));
    assertEquals(run.id.toString(), error.requestId(), "what is on record is known by its own id");
    return error;
  }

  private void failed(Kind kind, String type, String message) {
    run.status = Status.FAILED;
    run.error = new RunError(kind, type, message);
  }

  @Test
  void functionThatWasDeletedMeanwhileDoesNotExist() {
    run.status = Status.INVALID;
    run.error = new RunError(Kind.PLATFORM, "FunctionDeleted", "");
    assertEquals("FunctionNotFound", refused().code());
    assertEquals("function 'f' does not exist in service 's'", refused().getMessage());
  }

  @Test
  void qualifierThatWasDeletedMeanwhileDoesNotExist() {
    run.status = Status.INVALID;
    run.error = new RunError(Kind.PLATFORM, "QualifierNotFound", "");
    assertEquals("AliasNotFound", refused().code());
  }

  @Test
  void runThatHasNotEndedIsNamed() {
    run.status = Status.RUNNING;
    FcError error = refused();
    assertEquals(500, error.status());
    assertTrue(error.getMessage().contains(run.id.toString()), error.getMessage());
  }

  @Test
  void functionThatSaidNothingOfItsFailureIsSpokenFor() {
    failed(Kind.FUNCTION, "EventBus 7", "no good");
    FcReply reply = answer(NOTHING);
    assertEquals(200, reply.status());
    assertEquals("UnhandledInvocationError", reply.headers().get("X-Fc-Error-Type"));
    assertEquals(
        "{\"errorMessage\":\"no good\",\"errorType\":\"EventBus 7\"}",
        reply.body().toString().strip());
  }

  @Test
  void whatItSaidIsPassedOnAsItIs() {
    failed(Kind.FUNCTION, "Mine", "no good");
    assertEquals("application/json", answer("{\"a\":1} ".getBytes(UTF_8)).type());
    for (String text : new String[] {"{\"a\":1", "{} {}", "[1]", "oh no"}) {
      FcReply reply = answer(text.getBytes(UTF_8));
      assertEquals("application/octet-stream", reply.type(), "clients parse what is JSON");
      assertEquals(text, reply.body().toString());
    }
  }

  @Test
  void endForAnotherReasonThanItsOwnExitIsNamedBehindTheCloudsWords() {
    failed(Kind.CRASH, "OutOfMemory", "300 MB of 256 MB");
    run.memoryBytes = (48L << 20) + 1;
    assertEquals(
        "{\"errorMessage\":\"Process exited unexpectedly before completing request"
            + " (duration: 0ms, maxMemoryUsage: 49MB): OutOfMemory: 300 MB of 256 MB\"}",
        answer(NOTHING).body().toString().strip());
  }
}
