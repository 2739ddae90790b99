package io.perdure.runtime.managed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.Attempts;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.shim.LanguageBench;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SurroundingsTest {
  private final Surroundings surroundings = new Surroundings(Regions.DEFAULT, "/bin");

  @Test
  void nativeFunctionsKnowWhoTheyAre() {
    Map<String, String> expected =
        Map.of(
            "PATH", "/bin",
            "HOME", "/work",
            "TMPDIR", "/work",
            "LANG", "C.UTF-8",
            "PERDURE_FUNCTION", "fn",
            "PERDURE_NAMESPACE", "default",
            "PERDURE_VERSION", "LATEST",
            "PERDURE_INSTANCE_ID", "i-1",
            "PERDURE_ACCOUNT", "1234567890123456");
    assertEquals(expected, of(Flavour.NATIVE, Map.of()));
  }

  @Test
  void functionsOfScfHaveTheDocumentedVariables() {
    Map<String, String> env = of(Flavour.SCF, Map.of());
    assertEquals("SCF", env.get("TENCENTCLOUD_RUNENV"));
    assertEquals("/code/", env.get("USER_CODE_ROOT"));
    assertEquals("Python3.9", env.get("SCF_RUNTIME"));
    assertEquals("$LATEST", env.get("SCF_FUNCTIONVERSION"));
    assertEquals("ap-guangzhou", env.get("TENCENTCLOUD_REGION"));
    assertEquals("UTC", env.get("TENCENTCLOUD_TZ"));
    assertEquals("/code:/code/node_modules", env.get("NODE_PATH"));
  }

  @Test
  void functionsOfFunctionComputeHaveTheDocumentedVariables() {
    Map<String, String> second = of(Flavour.FC2, Map.of());
    Map<String, String> third = of(Flavour.FC3, Map.of());
    assertEquals("/code", second.get("FC_FUNC_CODE_PATH"));
    assertEquals("cn-hangzhou", third.get("FC_REGION"));
    assertEquals("default", second.get("FC_SERVICE_NAME"));
    assertEquals("LATEST", second.get("FC_QUALIFIER"));
    assertFalse(third.containsKey("FC_SERVICE_NAME"));
    assertEquals("LATEST", third.get("FC_VER_ID"));
  }

  @Test
  void ownVariablesReplaceWhatOnlyHasToMakeSenseButNoFacts() {
    Map<String, String> env =
        of(
            Flavour.SCF,
            Map.of("PYTHONPATH", "/mine", "HOME", "/mine", "SCF_FUNCTIONNAME", "x", "OWN", "1"));
    assertEquals("/mine", env.get("PYTHONPATH"));
    assertEquals("/mine", env.get("HOME"));
    assertEquals("fn", env.get("SCF_FUNCTIONNAME"));
    assertEquals("1", env.get("OWN"));
  }

  @ParameterizedTest
  @EnumSource(Flavour.class)
  void nothingOfTheServersEnvironmentIsPassedOn(Flavour flavour) {
    TreeSet<String> common = new TreeSet<>(of(flavour, Map.of()).values());
    common.retainAll(System.getenv().values());
    common.removeAll(List.of("C.UTF-8", "/bin/bash"));
    assertEquals(new TreeSet<>(), common);
  }

  private Map<String, String> of(Flavour flavour, Map<String, String> own) {
    Managed spec =
        new Managed(
            Language.PYTHON,
            "Python3.9",
            "index.handler",
            null,
            own,
            256,
            512,
            1,
            null,
            10_000,
            null,
            List.of(),
            0,
            60_000);
    return surroundings.of(
        new Blueprint(
            "i-1",
            LanguageBench.flavoured(Attempts.function(1, "fn", spec), flavour),
            spec,
            Path.of("/code"),
            Path.of("/work"),
            1000));
  }
}
