package io.perdure.api.scf.action;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.vertx.core.Future;

/**
 * The parameter {@code TriggerDesc} of timers: a cron expression as it is, or in an object of JSON,
 * {@code {"cron":"..."}}.
 */
final class TriggerDesc {
  private static final String NAME = "TriggerDesc";
  private static final String CODE = "InvalidParameterValue.TriggerDesc";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private TriggerDesc() {}

  /** The expression in {@code text}. */
  static String expression(String text) {
    if (!text.stripLeading().startsWith("{")) {
      return text;
    }
    try {
      JsonNode cron = JSON.readTree(text).path("cron");
      if (cron.isTextual()) {
        return cron.textValue();
      }
    } catch (JsonProcessingException e) {
      throw refused("expected a cron expression or {\"cron\":\"...\"}");
    }
    throw refused("expected a member cron with a cron expression");
  }

  /** For {@link Future#recover}: what the node does not take of the expression. */
  static <T> Future<T> onRefusal(Throwable cause) {
    return Future.failedFuture(
        cause instanceof FailureException e
                && e.failure() instanceof Failure.Invalid invalid
                && invalid.field().equals("cron")
            ? refused(invalid.message())
            : cause);
  }

  private static ScfError refused(String expected) {
    return ScfError.invalidValue(CODE, NAME, expected);
  }
}
