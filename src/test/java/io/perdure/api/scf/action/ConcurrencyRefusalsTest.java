package io.perdure.api.scf.action;

import io.perdure.api.scf.ScfTester;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the actions on concurrency refuse, and in what words; nothing here changes anything. */
class ConcurrencyRefusalsTest {
  private static ScfTester scf;

  @BeforeAll
  static void start() {
    scf = ScfTester.start(Map.of());
    new ScfFunctions(scf).put("f");
  }

  @AfterAll
  static void stop() {
    scf.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PutReserved | {'FunctionName':'f'} | MissingParameter",
        "PutReserved | {'ReservedConcurrencyMem':128} | MissingParameter",
        "PutReserved | {'FunctionName':'f','ReservedConcurrencyMem':'128'} | InvalidParameter",
        "PutReserved | {'FunctionName':'f','ReservedConcurrencyMem':-1} | InvalidParameterValue",
        "PutReserved | {'FunctionName':'f','ReservedConcurrencyMem':127} | InvalidParameterValue",
        "PutReserved | {'FunctionName':'gone','ReservedConcurrencyMem':128}"
            + " | ResourceNotFound.Function",
        "PutReserved | {'FunctionName':'f','ReservedConcurrencyMem':128,'Namespace':'gone'}"
            + " | ResourceNotFound.Namespace",
        "GetReserved | {} | MissingParameter",
        "GetReserved | {'FunctionName':'gone'} | ResourceNotFound.Function",
        "GetReserved | {'FunctionName':'f','Namespace':'gone'} | ResourceNotFound.Namespace",
        "DeleteReserved | {} | MissingParameter",
        "DeleteReserved | {'FunctionName':'gone'} | ResourceNotFound.Function",
        "DeleteReserved | {'FunctionName':'f','Namespace':'gone'} | ResourceNotFound.Namespace",
        "PutTotal | {} | MissingParameter",
        "PutTotal | {'TotalConcurrencyMem':-1} | InvalidParameterValue",
        "PutTotal | {'TotalConcurrencyMem':128,'Namespace':'gone'} | ResourceNotFound.Namespace",
      })
  void refusalsHaveTheirDocumentedCodes(String what, String json, String code) {
    scf.refused(code, what + "ConcurrencyConfig", json);
  }
}
