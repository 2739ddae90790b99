package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DeleteFunction and DeleteFunctionVersion. */
class RemoveFunctionTest {
  private static final String FUNCTION = "DeleteFunction";
  private static final String VERSION = "DeleteFunctionVersion";

  private static ScfTester scf;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  /** A function with versions 1 and 2. */
  private static void versions(String name) {
    Made.function(scf, name, "");
    scf.ok("PublishVersion", Made.named(name, ""));
    scf.ok("PublishVersion", Made.named(name, ",'Description':'two'"));
  }

  private static void alias(String name, String more) {
    scf.ok("CreateAlias", Made.named(name, ",'Name':'prod'" + more));
  }

  private static String listed(String name) {
    return scf.ok("ListVersionByFunction", Made.named(name, "")).path("FunctionVersion").toString();
  }

  @Test
  void aFunctionGoesWithAllItsVersions() {
    versions("whole");
    alias("whole", ",'FunctionVersion':'1'");

    JsonNode done = scf.ok(FUNCTION, Made.named("whole", ""));

    assertEquals(1, done.size(), "nothing but RequestId");
    scf.refused("ResourceNotFound.Function", "GetFunction", Made.named("whole", ""));
    Made.function(scf, "whole", "");
    scf.refused("ResourceNotFound.Version", "GetFunction", Made.named("whole", ",'Qualifier':'1'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {FUNCTION, VERSION})
  void aVersionGoesAloneWhenItIsNamed(String action) {
    String name = "alone" + action;
    versions(name);

    scf.ok(action, Made.named(name, ",'Qualifier':'1'"));

    assertFalse(listed(name).contains("\"1\""));
    assertTrue(listed(name).contains("\"2\""));
    scf.ok("GetFunction", Made.named(name, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {FUNCTION, VERSION})
  void aVersionThatAnAliasLeadsToStays(String action) {
    String name = "bound" + action;
    versions(name);
    alias(name, ",'FunctionVersion':'1'");

    String message =
        scf.refused("UnsupportedOperation.AliasBind", action, Made.named(name, ",'Qualifier':'1'"));

    assertTrue(message.contains("prod"), message);
    assertTrue(listed(name).contains("\"1\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {FUNCTION, VERSION})
  void theLatestCannotGoAlone(String action) {
    String name = "latest" + action;
    Made.function(scf, name, "");

    scf.refused(
        "FailedOperation.DeleteFunction", action, Made.named(name, ",'Qualifier':'$LATEST'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {FUNCTION, VERSION})
  void whatIsNotThereIsNamed(String action) {
    String name = "known" + action;
    Made.function(scf, name, "");

    scf.refused("ResourceNotFound.Qualifier", action, Made.named(name, ",'Qualifier':'7'"));
    scf.refused("ResourceNotFound.Qualifier", action, Made.named(name, ",'Qualifier':'prod'"));
    scf.refused("ResourceNotFound.Function", action, Made.named("nobody", ",'Qualifier':'1'"));
    scf.refused(
        "ResourceNotFound.Namespace",
        action,
        Made.named(name, ",'Qualifier':'1','Namespace':'none'"));
  }

  @Test
  void functionsThatAreNotThereAreNamed() {
    scf.refused("ResourceNotFound.Function", FUNCTION, Made.named("nobody", ""));
    scf.refused("ResourceNotFound.Namespace", FUNCTION, Made.named("nobody", ",'Namespace':'no'"));
    scf.refused("MissingParameter", FUNCTION, "{}");
    scf.refused("MissingParameter", VERSION, Made.named("nobody", ""));
  }

  @Test
  void byForceAVersionGoesWithTheAliasesThatLeadToIt() {
    versions("forced");
    alias("forced", ",'FunctionVersion':'1'");

    scf.ok(VERSION, Made.named("forced", ",'Qualifier':'1','ForceDelete':'TRUE'"));

    assertFalse(listed("forced").contains("\"1\""));
    scf.refused("ResourceNotFound.Alias", "GetAlias", Made.named("forced", ",'Name':'prod'"));
  }

  @Test
  void byForceAnAliasThatSendsAPartThereOnlyLosesThatPart() {
    versions("parted");
    alias(
        "parted",
        ",'FunctionVersion':'2',"
            + "'RoutingConfig':{'AdditionalVersionWeights':[{'Version':'1','Weight':0.5}]}");

    scf.ok(VERSION, Made.named("parted", ",'Qualifier':'1','ForceDelete':'TRUE'"));

    JsonNode alias = scf.ok("GetAlias", Made.named("parted", ",'Name':'prod'"));
    assertEquals("2", alias.path("FunctionVersion").textValue());
    assertEquals(
        0, alias.path("RoutingConfig").path("AdditionalVersionWeights").size(), alias::toString);
  }
}
