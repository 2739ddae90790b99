package io.perdure.api.scf.action;

import io.perdure.api.scf.ScfTester;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the actions on namespaces refuse, and in what words; nothing here changes anything. */
class NamespaceRefusalsTest {
  private static ScfTester scf;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
    scf.ok("CreateNamespace", "{'Namespace':'taken'}");
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CreateNamespace | {'Namespace':'taken'} | ResourceInUse.Namespace",
        "CreateNamespace | {'Namespace':'default'} | InvalidParameterValue.DefaultNamespace",
        "CreateNamespace | {'Description':'d'} | MissingParameter",
        "CreateNamespace | {'Namespace':7} | InvalidParameter",
        "UpdateNamespace | {'Namespace':'taken'} | MissingParameter",
        "UpdateNamespace | {'Namespace':'gone','Description':''} | ResourceNotFound.Namespace",
        "DeleteNamespace | {'Namespace':'gone'} | ResourceNotFound.Namespace",
        "DeleteNamespace | {'Namespace':'default'} | FailedOperation.DeleteNamespace",
        "DeleteNamespace | {} | MissingParameter",
        "ListNamespaces | {'Limit':-1} | InvalidParameterValue.Limit",
        "ListNamespaces | {'Limit':1001} | InvalidParameterValue.Limit",
        "ListNamespaces | {'Limit':'5'} | InvalidParameter",
        "ListNamespaces | {'Offset':-1} | InvalidParameterValue.Offset",
        "ListNamespaces | {'Order':'UP'} | InvalidParameterValue.Order",
        "ListNamespaces | {'Orderby':'Description'} | InvalidParameterValue.OrderBy",
        "ListNamespaces | {'OrderBy':'Name'} | UnknownParameter",
        "ListNamespaces | {'SearchKey':[{'Key':'Type','Value':''}]} | InvalidParameterValue.SearchKey",
        "ListNamespaces | {'SearchKey':[{'Key':'Namespace'}]} | MissingParameter",
      })
  void refusalsHaveTheirDocumentedCodes(String action, String json, String code) {
    scf.refused(code, action, json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a b", "a.b", "ü"})
  void nameThatIsNotAllowedIsRefused(String name) {
    scf.refused(
        "InvalidParameterValue.NamespaceInvalid",
        "CreateNamespace",
        "{'Namespace':'" + name + "'}");
  }
}
