package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Target;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Destination.ToFunction;
import java.util.Locale;

/**
 * Where outcomes are delivered to, as callers write it: the name of a function as the cloud has it,
 * or one of this node's own forms. The function need not be there yet; whether it is shows when
 * something is delivered.
 */
final class Destinations {
  private static final String FORMS =
      "acs:fc:{region}:{account}:services/{service}[.{qualifier}]/functions/{function},"
          + " acs:fc:{region}:{account}:functions/{function}[/{qualifier}], a URL that begins with"
          + " http:// or https://, or event-bus:{address}";

  private Destinations() {}

  /**
   * What {@code text} means.
   *
   * @param field for messages
   * @throws FcError when it is no destination that is supported
   */
  static Destination parse(FcCall call, String field, String text) {
    if (text.length() > Destination.TEXT_MAX) {
      throw FcError.invalid(field, "at most " + Destination.TEXT_MAX + " characters");
    }
    if (isOurs(text)) {
      return Destination.parse(text).orElseThrow(() -> FcError.invalid(field, FORMS));
    }
    if (!text.startsWith("acs:fc:")) {
      throw FcError.invalid(field, FORMS + "; other products are not connected");
    }
    Target target = Arns.parse(call, field, text);
    if (target.function() == null) {
      throw FcError.invalid(field, FORMS);
    }
    return new Destination(
        text, new ToFunction(target.namespace(), target.function(), target.qualifier()));
  }

  private static boolean isOurs(String text) {
    String start = text.substring(0, Math.min(10, text.length())).toLowerCase(Locale.ROOT);
    return start.startsWith("http://")
        || start.startsWith("https://")
        || text.startsWith("event-bus:");
  }
}
