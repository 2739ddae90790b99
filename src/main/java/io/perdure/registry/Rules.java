package io.perdure.registry;

import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What names and settings must be. Each check fails with {@link Failure.Invalid}, which names the
 * field as the native API spells it and says what was expected. Pure.
 */
final class Rules {
  static final int NAME_MAX = 64;
  static final int DESCRIPTION_MAX = 1024;
  static final int URL_MAX = 2048;
  static final int ARGS_MAX = 64;
  static final int ARG_MAX = 4096;
  static final int ENV_BYTES_MAX = 4096;
  static final int ADDRESS_MAX = 256;
  static final int LIST_MAX = 1000;
  static final int CONCURRENCY_MAX = 100_000;

  private static final int ACCOUNT_MAX = 256;
  private static final int PORT_MAX = 65_535;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,63}");
  private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private Rules() {}

  static void check(PutNamespace namespace) {
    account(namespace.account());
    name("namespace", namespace.name());
    given("about", namespace.about());
    String description = namespace.about().description();
    if (description.length() > DESCRIPTION_MAX) {
      throw invalid("description", "at most " + DESCRIPTION_MAX + " characters");
    }
  }

  static void check(PutFunction function) {
    account(function.account());
    name("namespace", function.namespace());
    name("function", function.name());
    given("flavour", function.flavour());
    given("runtime", function.runtime());
    runtime(function.runtime());
    within("timeoutMs", function.timeoutMillis(), 1, Function.TIMEOUT_MILLIS_MAX);
    within("concurrency", function.concurrency(), 1, CONCURRENCY_MAX);
    given("retry", function.retry());
    within("retry.backoffMs", function.retry().backoffMillis(), 0, RetryPolicy.BACKOFF_MILLIS_MAX);
    within("eventAgeMs", function.eventAgeMillis(), 0, RetentionPolicy.MILLIS_MAX);
    given("retention", function.retention());
    within("ifRevision", function.ifRevision(), -1, Long.MAX_VALUE);
  }

  /** Of a list: 1 to {@value #LIST_MAX}. */
  static void limit(int limit) {
    within("limit", limit, 1, LIST_MAX);
  }

  private static void account(String account) {
    if (account == null
        || account.isEmpty()
        || account.length() > ACCOUNT_MAX
        || account.chars().anyMatch(Character::isISOControl)) {
      throw invalid("account", "1 to " + ACCOUNT_MAX + " characters, none of them a control one");
    }
  }

  private static void name(String field, String name) {
    if (name == null || !NAME.matcher(name).matches()) {
      throw invalid(
          field,
          "1 to " + NAME_MAX + " of the characters A-Z a-z 0-9 _ -, the first one not a '-'");
    }
  }

  private static void runtime(RuntimeSpec runtime) {
    if (runtime instanceof RuntimeSpec.Http http) {
      url(http.url());
    } else if (runtime instanceof RuntimeSpec.Command command) {
      argv(command.argv());
      env(command.env());
    } else if (runtime instanceof RuntimeSpec.EventBus bus) {
      address(bus.address());
    }
  }

  private static void url(String url) {
    String expected =
        "an absolute http or https URL with a host, at most " + URL_MAX + " characters";
    if (url == null || url.length() > URL_MAX) {
      throw invalid("runtime.url", expected);
    }
    try {
      URI uri = new URI(url);
      boolean http =
          "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      if (!http || uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > PORT_MAX) {
        throw invalid("runtime.url", expected);
      }
    } catch (URISyntaxException e) {
      throw invalid("runtime.url", expected + ": " + e.getReason());
    }
  }

  private static void argv(List<String> argv) {
    if (argv.isEmpty() || argv.size() > ARGS_MAX || argv.get(0).isBlank()) {
      throw invalid("runtime.command", "a program and its arguments, 1 to " + ARGS_MAX + " texts");
    }
    for (int i = 0; i < argv.size(); i++) {
      if (argv.get(i).length() > ARG_MAX || argv.get(i).indexOf('\0') >= 0) {
        throw invalid(
            "runtime.command[" + i + "]", "at most " + ARG_MAX + " characters, none of them a NUL");
      }
    }
  }

  private static void env(Map<String, String> env) {
    long bytes = 0;
    for (Map.Entry<String, String> variable : env.entrySet()) {
      String name = variable.getKey();
      if (!ENV_NAME.matcher(name).matches()) {
        throw invalid("runtime.env", "names of letters, digits and _, not beginning with a digit");
      }
      if (name.startsWith("PERDURE_")) {
        throw invalid("runtime.env." + name, "another name: PERDURE_ is reserved");
      }
      if (variable.getValue().indexOf('\0') >= 0) {
        throw invalid("runtime.env." + name, "no NUL character");
      }
      bytes += utf8(name) + utf8(variable.getValue());
    }
    if (bytes > ENV_BYTES_MAX) {
      throw invalid(
          "runtime.env", "at most " + ENV_BYTES_MAX + " bytes, names and values together");
    }
  }

  private static void address(String address) {
    if (address == null || address.isEmpty() || address.length() > ADDRESS_MAX) {
      throw invalid("runtime.address", "1 to " + ADDRESS_MAX + " characters");
    }
    boolean ours = address.startsWith("perdure.") && !address.startsWith("perdure.fn.");
    if (ours || address.startsWith("__vertx.")) {
      throw invalid(
          "runtime.address", "no internal address: of those with perdure. only perdure.fn.*");
    }
  }

  private static void within(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw invalid(field, most == Long.MAX_VALUE ? least + " or more" : least + " to " + most);
    }
  }

  private static void given(String field, Object value) {
    if (value == null) {
      throw invalid(field, "a value");
    }
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static FailureException invalid(String field, String expected) {
    return new FailureException(new Failure.Invalid(field, "expected " + expected));
  }
}
