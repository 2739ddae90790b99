package io.perdure.api.fc.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperationsTest {
  private static final Set<Generation> SERVICES = EnumSet.of(Generation.V1, Generation.V2);
  private final Operations operations =
      new Operations(
          List.of(
              operation("GetFunction", "GET /services/{serviceName}/functions/{functionName}"),
              operation("ListThem", "GET /services/{serviceName}/functions/list"),
              operation("PutFunction", "PUT /services/{serviceName}/functions/{functionName}"),
              Operation.of(
                  "GetNew", "GET /functions/{functionName}", Set.of(Generation.V3), call -> null)));

  private static Operation operation(String name, String request) {
    return Operation.of(name, request, SERVICES, call -> Future.succeededFuture());
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /2021-04-06/services/s/functions/f, V2, GetFunction",
    "GET, /2016-08-15/services/s/functions/f, V1, GetFunction",
    "PUT, /2016-08-15/services/s/functions/f, V1, PutFunction",
    "GET, /2023-03-30/functions/f, V3, GetNew",
    "GET, /2021-04-06/services/s/functions/list, V2, ListThem",
  })
  void findsTheOperationOfItsGeneration(
      String method, String path, Generation generation, String name) {
    Operations.Match match = operations.match(method, path);
    assertEquals(generation, match.generation());
    assertEquals(name, match.operation().name());
  }

  @Test
  void decodesEachSegmentOnce() {
    Operations.Match match =
        operations.match("GET", "/2021-04-06/services/a%2Fb/functions/c+%25%C3%BC");
    assertEquals(Map.of("serviceName", "a/b", "functionName", "c+%ü"), match.path());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/2021-04-06",
        "/2021-04-06/",
        "/2021-04-06/functions/f",
        "/2023-03-30/services/s/functions/f",
        "/2021-04-06/services/s/functions/f/",
        "/2021-04-06/services/s/functions/f/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p",
        "/2021-04-07/services/s/functions/f",
        "/",
      })
  void refusesAnUnknownPath(String path) {
    FcError error = assertThrows(FcError.class, () -> operations.match("GET", path));
    assertEquals("PathNotSupported", error.code());
    assertEquals(400, error.status());
  }

  @Test
  void refusesAMethodThatThePathHasNot() {
    FcError error =
        assertThrows(
            FcError.class, () -> operations.match("PATCH", "/2021-04-06/services/s/functions/f"));
    assertEquals("PathNotSupported", error.code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"%FF", "%C3", "%zz", "a%2"})
  void refusesASegmentThatIsNoText(String segment) {
    FcError error =
        assertThrows(
            FcError.class,
            () -> operations.match("GET", "/2021-04-06/services/" + segment + "/functions/f"));
    assertEquals("InvalidArgument", error.code());
    assertTrue(error.getMessage().startsWith("serviceName: expected "), error.getMessage());
  }

  @Test
  void ownsItsGenerationsAndNothingElse() {
    assertTrue(Operations.owns("/2021-04-06"));
    assertTrue(Operations.owns("/2023-03-30/anything"));
    assertFalse(Operations.owns("/2021-04-060/x"));
    assertFalse(Operations.owns("/v1/invocations"));
    assertFalse(Operations.owns("/"));
    assertFalse(Operations.owns(""));
  }
}
