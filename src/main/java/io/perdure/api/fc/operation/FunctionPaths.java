package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Operation;
import java.util.Set;
import java.util.stream.Stream;

/** Where functions are: in services, and in the newest generation by themselves. */
final class FunctionPaths {
  private static final String FUNCTIONS = "/functions";
  private static final String NAME = "/{" + FcCall.FUNCTION + "}";
  private static final String IN_SERVICE = "/services/{" + FcCall.SERVICE + "}" + FUNCTIONS;

  private FunctionPaths() {}

  /** Operations that exist in both places. */
  interface There {
    /**
     * Those in one of them.
     *
     * @param functions path of all functions
     * @param function path of one
     */
    Stream<Operation> operations(String functions, String function, Set<Generation> generations);
  }

  /** {@code there} in both. */
  static Stream<Operation> both(There there) {
    return Stream.concat(
        there.operations(IN_SERVICE, IN_SERVICE + NAME, Set.of(Generation.V1, Generation.V2)),
        there.operations(FUNCTIONS, FUNCTIONS + NAME, Set.of(Generation.V3)));
  }
}
