package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.ScfCall;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.invocation.About;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.FunctionBuilder;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeNames;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What CreateFunction is to make, with the cloud's defaults; without its code. */
final class NewFunctions {
  private static final long TIMEOUT_MILLIS_DEFAULT = 3_000;

  /** Name of a function and of its namespace together. */
  private static final int NAMES_MAX = 118;

  private static final int TAGS_MAX = 50;

  /** Where a function that is an HTTP server has to listen (section 9.5). */
  private static final int WEB_PORT = 9_000;

  private static final Pattern FILE_HANDLER =
      Pattern.compile("[A-Za-z0-9_./-]{2,60}\\.[A-Za-z_$][A-Za-z0-9_$]{1,59}");

  private NewFunctions() {}

  /** The function that {@code call} describes; it has no uid, and no code. */
  static Function of(ScfCall call) {
    Args args = call.args();
    checkNames("FunctionName", call.namespace(), call.function());
    boolean asyncRun = args.flag("AsyncRunEnable", false);
    Function base =
        new Function(
            0,
            call.accountId(),
            call.namespace(),
            call.function(),
            Flavour.SCF,
            Invocation.LATEST,
            new About("", tags(args), ""),
            runtime(args).build(),
            TIMEOUT_MILLIS_DEFAULT,
            ScfFunction.unreservedConcurrency(ScfFunction.MEMORY_MB_DEFAULT),
            asyncRun ? RetryPolicy.NONE : EventInvokeActions.policy(Limits.RETRY_NUM_MAX),
            asyncRun ? 0 : Limits.MSG_TTL_MAX * 1_000L,
            RetentionPolicy.DEFAULT,
            null,
            0,
            0,
            0);
    return FunctionSettings.over(base, args);
  }

  /** That the name leaves room for the namespace's. */
  static void checkNames(String parameter, String namespace, String function) {
    if (namespace.length() + function.length() > NAMES_MAX) {
      throw ScfError.invalidValue(
          "InvalidParameterValue.FunctionName",
          parameter,
          "expected at most " + NAMES_MAX + " characters together with the namespace");
    }
  }

  private static ManagedBuilder runtime(Args args) {
    String name = args.text("Runtime");
    if (name == null) {
      throw ScfError.invalidValue(
          "InvalidParameterValue.Runtime",
          "Runtime",
          "without it Python2.7 is meant, which is not run any more; set one such as Python3.10");
    }
    boolean web = args.text("Type", "Event").equals("HTTP");
    Language language = web ? Language.WEB : language(name);
    ManagedBuilder runtime = new ManagedBuilder(language, name);
    runtime.memoryMb = ScfFunction.MEMORY_MB_DEFAULT;
    runtime.handler = handler(language, args.text("Handler"));
    runtime.port = web ? WEB_PORT : 0;
    return runtime;
  }

  private static Language language(String name) {
    return RuntimeNames.languageOf(name, Flavour.SCF)
        .orElseThrow(
            () ->
                ScfError.invalidValue(
                    "InvalidParameterValue.Runtime",
                    "Runtime",
                    RuntimeNames.refusal(name, Flavour.SCF)));
  }

  /** The handler, checked; empty for programs of their own that have none. */
  static String handler(Language language, String handler) {
    if (!language.hasHandler()) {
      return handler == null ? "" : handler;
    }
    if (handler == null || handler.isEmpty()) {
      throw invalidHandler("expected one, a function of this runtime needs it");
    }
    if (language != Language.JAVA && !FILE_HANDLER.matcher(handler).matches()) {
      throw invalidHandler("expected file.function, each of 2 to 60 characters");
    }
    return handler; // the rest is judged where all dialects are
  }

  private static ScfError invalidHandler(String expected) {
    return ScfError.invalidValue("InvalidParameterValue.Handler", "Handler", expected);
  }

  private static Map<String, String> tags(Args args) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (Args tag : args.objects("Tags")) {
      if (tags.put(tag.text("Key"), tag.text("Value")) != null) {
        throw ScfError.invalidValue("Tags", "the key " + tag.text("Key") + " is there twice");
      }
    }
    if (tags.size() > TAGS_MAX) {
      throw ScfError.invalidValue("Tags", "expected at most " + TAGS_MAX);
    }
    return tags;
  }

  /** {@code function} with another handler, or as it is for null. */
  static Function withHandler(Function function, String handler) {
    ManagedBuilder runtime = new ManagedBuilder(managed(function));
    runtime.handler = handler == null ? runtime.handler : handler(runtime.language, handler);
    FunctionBuilder next = new FunctionBuilder(function);
    next.runtime = runtime.build();
    return next.build();
  }

  /** The code of {@code function}, with what runs it, under the settings of a new function. */
  static Function withDefaults(Function function) {
    FunctionBuilder next = new FunctionBuilder(function);
    next.about = About.NOTHING;
    next.timeoutMillis = TIMEOUT_MILLIS_DEFAULT;
    next.retry = EventInvokeActions.policy(Limits.RETRY_NUM_MAX);
    next.eventAgeMillis = Limits.MSG_TTL_MAX * 1_000L;
    next.retention = RetentionPolicy.DEFAULT;
    if (function.runtime() instanceof Managed from) {
      ManagedBuilder runtime = new ManagedBuilder(from.language(), from.name());
      runtime.handler = from.handler();
      runtime.code = from.code();
      runtime.command = from.command();
      runtime.port = from.port();
      runtime.memoryMb = ScfFunction.MEMORY_MB_DEFAULT;
      next.runtime = runtime.build();
    }
    return next.build();
  }

  /** How {@code function} is run from code; refused when it is not. */
  static Managed managed(Function function) {
    if (function.runtime() instanceof Managed managed) {
      return managed;
    }
    throw ScfError.unsupported(
        "A function of kind "
            + function.runtime().kind()
            + " has no code: it runs outside of the node.");
  }
}
