package io.perdure.api.fc.wire;

/** What does not exist, in the cloud's codes and words (spec alibaba-fc, section 4). */
public final class Missing {
  private Missing() {}

  /** No such service. */
  public static FcError service(String name) {
    return FcError.notFound("ServiceNotFound", "service '" + name + "' does not exist");
  }

  /** No such function where {@code target} looks for it. */
  public static FcError function(Generation generation, Target target) {
    String where = generation.hasServices() ? " in service '" + target.namespace() + "'" : "";
    return FcError.notFound(
        "FunctionNotFound", "function '" + target.function() + "' does not exist" + where);
  }

  /** No such version, when it is a number, or alias. */
  public static FcError qualifier(String qualifier) {
    boolean number = qualifier.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? version(qualifier) : alias(qualifier);
  }

  /** No such version. */
  public static FcError version(String id) {
    return FcError.notFound("VersionNotFound", "version '" + id + "' does not exist");
  }

  /** No such alias. */
  public static FcError alias(String name) {
    return FcError.notFound("AliasNotFound", "alias '" + name + "' does not exist");
  }

  /** No such task, or one that task mode was off for. */
  public static FcError task(Generation generation, String id) {
    return generation.hasServices()
        ? FcError.notFound(
            "StatefulAsyncInvocationNotFound",
            "stateful async invocation '" + id + "' does not exist")
        : FcError.notFound("AsyncTaskNotFound", "async task '" + id + "' does not exist");
  }
}
