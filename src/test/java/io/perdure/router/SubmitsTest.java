package io.perdure.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ShardMessages.Submit;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a submit becomes that its caller did not say. */
class SubmitsTest {
  private final KnownFunctions functions = new KnownFunctions();
  private final Submits submits = new Submits(functions, new RouterConfig(1_000));

  private Submit prepare(Flavour flavour, Boolean wish) {
    functions.add(1, "acc", "f", flavour);
    return submits.prepare(
        new SubmitRequest(
            "acc",
            "default",
            "f",
            null,
            null,
            0,
            0,
            Map.of(),
            null,
            Invocation.Origin.NATIVE,
            Invocation.Mode.ASYNC,
            wish,
            3,
            null,
            new byte[0]),
        1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Function.Flavour.class,
      names = {"NATIVE", "SCF"})
  void everyEventOfTheseDialectsIsShown(Flavour flavour) {
    assertTrue(prepare(flavour, null).tracked());
    assertTrue(prepare(flavour, false).tracked());
  }

  @ParameterizedTest
  @EnumSource(
      value = Function.Flavour.class,
      names = {"FC2", "FC3"})
  void taskOfFunctionComputeIsWhatItsCallerOrItsSettingsMakeOne(Flavour flavour) {
    assertFalse(prepare(flavour, null).tracked());
    assertTrue(prepare(flavour, true).tracked());
    functions.settings(1, new AsyncSettings(null, null, null, true, null, null, ""));
    assertTrue(prepare(flavour, null).tracked());
    functions.settings(1, new AsyncSettings(null, null, null, null, null, null, ""));
    assertFalse(prepare(flavour, null).tracked());
  }

  @Test
  void depthIsThatOfTheRequest() {
    assertEquals(3, prepare(Flavour.FC3, null).depth());
  }
}
