package io.perdure.api.scf.action;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.NodeApi;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the actions on aliases refuse, and in what words; nothing here changes anything. */
class AliasRefusalsTest {
  private static ScfTester scf;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
    ScfFunctions functions = new ScfFunctions(scf);
    functions.put("f");
    functions.publish("f");
    functions.publish("f");
    scf.ok("CreateAlias", "{'Name':'old','FunctionName':'f','FunctionVersion':'1'}");
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'AdditionalVersionWeights':[{'Version':'1','Weight':0.1},{'Version':'2','Weight':0.1}]}"
            + " | InvalidParameterValue.AdditionalVersionWeights",
        "{'AdditionalVersionWeights':[{'Version':'2','Weight':1.5}]}"
            + " | InvalidParameterValue.AdditionalVersionWeights",
        "{'AdditionalVersionWeights':[{'Version':'2','Weight':-0.1}]}"
            + " | InvalidParameterValue.AdditionalVersionWeights",
        "{'AdditionalVersionWeights':[{'Version':'2','Weight':'1'}]} | InvalidParameter",
        "{'AdditionalVersionWeights':[{'Version':'2'}]} | MissingParameter",
        "{'AdditionalVersionWeights':[{'Version':'9','Weight':0.1}]}"
            + " | ResourceNotFound.FunctionVersion",
        "{'AdditionVersionMatchs':[]} | UnknownParameter",
        "{'AddtionVersionMatchs':[{'Version':'2','Key':'User','Method':'exact','Expression':'a'}]}"
            + " | InvalidParameterValue.RoutingConfig",
        "{'AddtionVersionMatchs':[{'Version':'2','Key':'invoke.headers.U','Method':'prefix',"
            + "'Expression':'a'}]} | InvalidParameterValue.RoutingConfig",
        "{'AddtionVersionMatchs':[{'Version':'2','Key':'invoke.headers.U','Method':'range',"
            + "'Expression':'1-5'}]} | InvalidParameterValue.RoutingConfig",
        "{'AddtionVersionMatchs':[{'Version':'2','Key':'invoke.headers.U','Method':'exact',"
            + "'Expression':''}]} | InvalidParameterValue.RoutingConfig",
        "{'AddtionVersionMatchs':[{'Version':'9','Key':'invoke.headers.U','Method':'exact',"
            + "'Expression':'a'}]} | ResourceNotFound.FunctionVersion",
        "{'AddtionVersionMatchs':[{'Version':'2','Key':'invoke.headers.U','Method':'exact'}]}"
            + " | MissingParameter",
      })
  void routingThatIsNotAllowedIsRefused(String routing, String code) {
    scf.refused(
        code,
        "CreateAlias",
        "{'Name':'a','FunctionName':'f','FunctionVersion':'1','RoutingConfig':" + routing + "}");
    scf.refused(
        code,
        "UpdateAlias",
        "{'Name':'$DEFAULT','FunctionName':'f','FunctionVersion':'1','RoutingConfig':"
            + routing
            + "}");
  }

  @Test
  void moreThanTenMatchesAreRefused() {
    String match = "{'Version':'2','Key':'invoke.headers.U','Method':'exact','Expression':'a'}";
    scf.refused(
        "InvalidParameterValue.RoutingConfig",
        "CreateAlias",
        "{'Name':'a','FunctionName':'f','FunctionVersion':'1','RoutingConfig':"
            + "{'AddtionVersionMatchs':["
            + (match + ",").repeat(10)
            + match
            + "]}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CreateAlias | {'Name':'old','FunctionName':'f','FunctionVersion':'1'} | ResourceInUse.Alias",
        "CreateAlias | {'Name':'1a','FunctionName':'f','FunctionVersion':'1'}"
            + " | InvalidParameterValue.Name",
        "CreateAlias | {'Name':'$DEFAULT','FunctionName':'f','FunctionVersion':'1'}"
            + " | InvalidParameterValue.Name",
        "CreateAlias | {'Name':'a','FunctionName':'f','FunctionVersion':'9'}"
            + " | ResourceNotFound.FunctionVersion",
        "CreateAlias | {'Name':'a','FunctionName':'f','FunctionVersion':'old'}"
            + " | ResourceNotFound.FunctionVersion",
        "CreateAlias | {'Name':'a','FunctionName':'gone','FunctionVersion':'1'}"
            + " | ResourceNotFound.Function",
        "CreateAlias | {'Name':'a','FunctionName':'f','FunctionVersion':'1','Namespace':'gone'}"
            + " | ResourceNotFound.Namespace",
        "CreateAlias | {'FunctionName':'f','FunctionVersion':'1'} | MissingParameter",
        "CreateAlias | {'Name':'a','FunctionName':'f'} | MissingParameter",
        "UpdateAlias | {'Name':'gone','FunctionName':'f','FunctionVersion':'1'}"
            + " | ResourceNotFound.Alias",
        "UpdateAlias | {'Name':'a b','FunctionName':'f','FunctionVersion':'1'}"
            + " | InvalidParameterValue.Name",
        "UpdateAlias | {'Name':'old','FunctionName':'f','FunctionVersion':'9'}"
            + " | ResourceNotFound.FunctionVersion",
        "UpdateAlias | {'Name':'old','FunctionName':'f'} | MissingParameter",
        "UpdateAlias | {'Name':'old','FunctionName':'gone','FunctionVersion':'1'}"
            + " | ResourceNotFound.Function",
        "GetAlias | {'FunctionName':'f'} | MissingParameter",
        "GetAlias | {'FunctionName':'gone','Name':'old'} | ResourceNotFound.Function",
        "GetAlias | {'FunctionName':'f','Name':'ol'} | ResourceNotFound.Alias",
        "GetAlias | {'FunctionName':'f','Name':'old','Namespace':'gone'}"
            + " | ResourceNotFound.Namespace",
        "DeleteAlias | {'FunctionName':'f','Name':'$DEFAULT'} | InvalidParameterValue.Alias",
        "DeleteAlias | {'FunctionName':'f','Name':'gone'} | ResourceNotFound.Alias",
        "DeleteAlias | {'FunctionName':'gone','Name':'old'} | ResourceNotFound.Function",
        "ListAliases | {} | MissingParameter",
        "ListAliases | {'FunctionName':'gone'} | ResourceNotFound.Function",
        "ListAliases | {'FunctionName':'f','Limit':5} | InvalidParameter",
        "ListAliases | {'FunctionName':'f','Limit':'x'} | InvalidParameterValue.Limit",
        "ListAliases | {'FunctionName':'f','Limit':'1001'} | InvalidParameterValue.Limit",
        "ListAliases | {'FunctionName':'f','Offset':'-1'} | InvalidParameterValue.Offset",
      })
  void refusalsHaveTheirDocumentedCodes(String action, String json, String code) {
    scf.refused(code, action, json);
  }

  @Test
  void functionThatHasTheAliasesOfItsNamespaceIsLeftToItsOwnApi() {
    String path = "/v1/namespaces/default/functions/fc";
    String body = "{\"flavour\":\"fc2\",\"runtime\":{\"kind\":\"event-bus\",\"address\":\"a\"}}";
    NodeApi.of(scf.node()).send("PUT", path, body.getBytes(UTF_8)).expect(201);
    for (String action : List.of("CreateAlias", "UpdateAlias")) {
      scf.refused(
          "UnsupportedOperation",
          action,
          "{'Name':'a','FunctionName':'fc','FunctionVersion':'$LATEST'}");
    }
    scf.refused("FailedOperation", "ListAliases", "{'FunctionName':'fc'}");
    scf.refused("FailedOperation.PublishVersion", "PublishVersion", "{'FunctionName':'fc'}");
  }
}
