package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Target;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of services and functions as the cloud writes them: {@code
 * acs:fc:{region}:{account}:services/{service}[.{qualifier}]/functions/{function}} and {@code
 * acs:fc:{region}:{account}:functions/{function}[/{qualifier}]} (spec alibaba-fc, 8.2).
 */
final class Arns {
  private static final String START = "acs:fc:";
  private static final int PARTS = 5;
  private static final String NAME = "([A-Za-z0-9_-]{1,128})";
  private static final Pattern IN_SERVICE =
      Pattern.compile("services/" + NAME + "(?:\\." + NAME + ")?(?:/functions/" + NAME + ")?");
  private static final Pattern ALONE = Pattern.compile("functions/" + NAME + "(?:/" + NAME + ")?");

  private Arns() {}

  /** That of a service. */
  static String service(FcCall call, String service) {
    return prefix(call) + "services/" + service;
  }

  /** That of a function, whichever generation is spoken. */
  static String function(FcCall call, String namespace, String function) {
    return namespace.equals(Function.FC3_NAMESPACE)
        ? prefix(call) + "functions/" + function
        : service(call, namespace) + "/functions/" + function;
  }

  /** That of {@code function}. */
  static String of(FcCall call, Function function) {
    return function(call, function.namespace(), function.name());
  }

  private static String prefix(FcCall call) {
    return START + call.region() + ":" + call.account().id() + ":";
  }

  /**
   * What {@code text} names: a function, or a service when the function is null. Region and account
   * may be empty, and are else those of {@code call}.
   *
   * @param field for messages
   * @throws FcError for anything else
   */
  static Target parse(FcCall call, String field, String text) {
    String[] parts = text.split(":", PARTS);
    if (!text.startsWith(START) || parts.length < PARTS) {
      throw FcError.invalid(field, "a name that begins with acs:fc:{region}:{account}:");
    }
    if (!parts[2].isEmpty() && !parts[2].equals(call.region())) {
      throw FcError.invalid(field, "region " + call.region() + " or none, not another one");
    }
    if (!parts[3].isEmpty() && !parts[3].equals(call.account().id())) {
      throw FcError.invalid(field, "account " + call.account().id() + " or none, not another one");
    }
    return resource(field, parts[4]);
  }

  /**
   * What the last part of such a name means.
   *
   * @throws FcError when it names no service and no function
   */
  static Target resource(String field, String text) {
    Matcher inService = IN_SERVICE.matcher(text);
    if (inService.matches()) {
      return new Target(inService.group(1), inService.group(3), qualifier(inService.group(2)));
    }
    Matcher alone = ALONE.matcher(text);
    if (alone.matches()) {
      return new Target(Function.FC3_NAMESPACE, alone.group(1), qualifier(alone.group(2)));
    }
    throw FcError.invalid(
        field,
        "services/{service}[.{qualifier}]/functions/{function} or"
            + " functions/{function}[/{qualifier}] behind the account");
  }

  private static String qualifier(String given) {
    return Functions.isLatest(given) ? null : given;
  }
}
