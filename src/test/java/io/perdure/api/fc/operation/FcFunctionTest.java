package io.perdure.api.fc.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Props;
import io.perdure.client.FunctionSpec;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.invocation.RuntimeSpec.Language;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of a function is kept beside it, and how that is spelled. */
class FcFunctionTest {
  private static FcFunction of(RuntimeSpec runtime, String kept) {
    return FcFunction.of(
        new Function(
            1,
            "a",
            "s",
            "f",
            Function.Flavour.FC2,
            "LATEST",
            new About("", Map.of(), kept),
            runtime,
            3_000,
            100,
            RetryPolicy.NONE,
            0,
            RetentionPolicy.DEFAULT,
            null,
            1,
            1,
            1));
  }

  private static RuntimeSpec program(String... command) {
    ManagedBuilder program = new ManagedBuilder(Language.CUSTOM_HTTP, "custom");
    program.command = List.of(command);
    return program.build();
  }

  private static Props props(String json) {
    return Props.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theProgramIsShownAsItWasGiven() {
    ObjectNode kept = Kept.parse("");
    FcFunction.keepProgram(kept, Kept.parse("{\"command\":[\"run\"],\"args\":[\"-v\"]}"));
    assertEquals(
        "{\"command\":[\"run\"],\"args\":[\"-v\"]}",
        of(program("run", "-v"), kept.toString()).program().toString());
  }

  @Test
  void aCommandThatAnotherDialectHasSetIsShownInPlaceOfTheKeptOne() {
    ObjectNode kept = Kept.parse("");
    FcFunction.keepProgram(kept, Kept.parse("{\"command\":[\"run\"],\"args\":[\"-v\"]}"));
    assertEquals(
        "{\"command\":[\"other\",\"-x\"],\"args\":[]}",
        of(program("other", "-x"), kept.toString()).program().toString());
  }

  @Test
  void argumentsAloneAreForTheConventionalProgram() {
    assertEquals(
        List.of("/code/bootstrap", "-v"), FcFunction.words(Kept.parse("{\"args\":[\"-v\"]}")));
    assertEquals(List.of(), FcFunction.words(Kept.parse("{\"args\":[]}")));
  }

  @Test
  void whatAnotherDialectKeepsIsNotTakenForOurs() {
    FcFunction function = of(FunctionSpec.http("http://127.0.0.1:9/").runtime(), "[1,2");
    assertEquals(FcFunction.HOOK_SECONDS_DEFAULT, function.initializerSeconds());
    assertEquals("http", function.runtimeName());
  }

  @Test
  void namesWithinAreSpelledAsTheCloudDoesAndFreeOnesAreLeft() {
    Props given =
        props(
            "{'VPCCONFIG':{'VpcID':'v','vswitchids':['a']},"
                + "'tracingConfig':{'Type':'t','PARAMS':{'VPCID':'x'}},'other':{'vpcid':1}}");
    ObjectNode kept = Kept.parse("");
    KeptProps.SERVICE.take(given, kept);
    assertEquals(
        "{\"vpcConfig\":{\"vpcId\":\"v\",\"vSwitchIds\":[\"a\"]},"
            + "\"tracingConfig\":{\"type\":\"t\",\"params\":{\"VPCID\":\"x\"}}}",
        kept.toString());
  }

  @Test
  void aKeptPropertyOfTheWrongKindIsNamed() {
    FcError error =
        assertThrows(
            FcError.class, () -> KeptProps.FUNCTION.take(props("{'Layers':{}}"), Kept.parse("")));
    assertTrue(error.getMessage().startsWith("layers: expected a list"), error.getMessage());
  }

  @Test
  void idsAreTheSameForTheSameThingOnly() {
    assertEquals(Ids.of("a", "bc"), Ids.of("a", "bc"));
    assertNotEquals(Ids.of("a", "bc"), Ids.of("ab", "c"));
  }
}
