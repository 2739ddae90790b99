package io.perdure.api.fc.operation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.api.Kept;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Props;
import io.perdure.invocation.ManagedBuilder;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.List;

/**
 * What is called in an instance besides its handler. The older generations have the initializer by
 * itself and hooks before a freeze and a stop, the newest has all together; no instance is ever
 * frozen here.
 */
final class LifecycleSettings {
  private static final String HOOKS = "instanceLifecycleConfig";
  private static final int INITIALIZER_SECONDS_MAX = 300;
  private static final int HOOK_SECONDS_MAX = 90;

  /** From the start of a process until its initializer is called. */
  private static final long START_MILLIS = 10_000;

  /** The same of a program of the user's own (spec alibaba-fc, 10.3). */
  private static final long PROGRAM_START_MILLIS = 120_000;

  private static final long INIT_MILLIS_MAX = 300_000;

  private final Generation generation;
  private final Props props;

  LifecycleSettings(Generation generation, Props props) {
    this.generation = generation;
    this.props = props;
  }

  /** Lays what the request has over {@code next} and {@code kept}. */
  void lay(ManagedBuilder next, ObjectNode kept) {
    Props hooks = props.object(HOOKS);
    Long seconds = null;
    if (generation.hasServices()) {
      if (props.has("initializer")) {
        next.initializer = unlessEmpty(props.text("initializer"));
      }
      seconds = props.number("initializationTimeout", 1, INITIALIZER_SECONDS_MAX);
      if (hooks != null) {
        FcFunction.keepPreFreeze(kept, preFreeze(hooks.object("preFreeze")));
      }
    } else if (hooks != null) {
      Props initializer = hooks.object("initializer");
      next.initializer = handler(initializer);
      seconds =
          initializer == null ? null : initializer.number("timeout", 1, INITIALIZER_SECONDS_MAX);
    }
    if (hooks != null) {
      next.preStop = preStop(hooks.object("preStop"));
    }
    FcFunction.keepInitializerSeconds(kept, seconds);
    if (hooks != null || props.has("initializer") || seconds != null || props.has("runtime")) {
      next.initTimeoutMillis = startMillis(next, kept);
    }
  }

  private static long startMillis(ManagedBuilder next, ObjectNode kept) {
    boolean program = !next.language.hasHandler();
    if (next.initializer == null) {
      return program ? PROGRAM_START_MILLIS : Managed.INIT_TIMEOUT_MILLIS_DEFAULT;
    }
    long initializer = FcFunction.initializerSeconds(kept) * 1_000;
    return Math.min(INIT_MILLIS_MAX, (program ? PROGRAM_START_MILLIS : START_MILLIS) + initializer);
  }

  private static Managed.Hook preStop(Props hook) {
    String handler = handler(hook);
    return handler == null ? null : new Managed.Hook(handler, seconds(hook) * 1_000);
  }

  private static ObjectNode preFreeze(Props hook) {
    String handler = handler(hook);
    return handler == null
        ? null
        : Kept.parse("").put("handler", handler).put("timeout", seconds(hook));
  }

  private static long seconds(Props hook) {
    Long seconds = hook.number("timeout", 1, HOOK_SECONDS_MAX);
    return seconds == null ? FcFunction.HOOK_SECONDS_DEFAULT : seconds;
  }

  /** What the hook calls; null when there is no hook, or it calls nothing. */
  private static String handler(Props hook) {
    if (hook == null) {
      return null;
    }
    List<String> command = hook.texts("command");
    if (command != null && !command.isEmpty()) {
      throw hook.invalid("command", "none: a hook calls a handler of the function's code");
    }
    return unlessEmpty(hook.text("handler"));
  }

  private static String unlessEmpty(String text) {
    return text == null || text.isEmpty() ? null : text;
  }
}
