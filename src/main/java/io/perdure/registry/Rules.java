package io.perdure.registry;

import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.PutAlias;
import io.perdure.bus.RegistryMessages.PutAsync;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.invocation.About;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Destination;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RouteMatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What names and settings must be. Each check fails with {@link Failure.Invalid}, which names the
 * field as the native API spells it and says what was expected. Pure.
 */
final class Rules {
  static final int NAMESPACE_NAME_MAX = 128;
  static final int NAME_MAX = 64;
  static final int DESCRIPTION_MAX = 1024;
  static final int TAGS_MAX = 50;
  static final int TAG_KEY_MAX = 128;
  static final int TAG_VALUE_MAX = 256;
  static final int EXTRA_BYTES_MAX = 64 * 1024;
  static final int WEIGHTS_MAX = 10;
  static final int MATCHES_MAX = 10;
  static final int MATCH_KEY_MAX = 128;
  static final int EXPRESSION_MAX = 256;
  static final int LIST_MAX = 1000;
  static final int CONCURRENCY_MAX = 100_000;

  private static final int ACCOUNT_MAX = 256;
  private static final int NUMBER_DIGITS_MAX = 18;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");

  /** No digit first: a qualifier of digits is a version. */
  private static final Pattern ALIAS = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,127}");

  private Rules() {}

  static void check(PutNamespace namespace) {
    account(namespace.account());
    name("namespace", namespace.name(), NAMESPACE_NAME_MAX);
    given("about", namespace.about());
    about(namespace.about());
    revision(namespace.ifRevision());
  }

  static void check(PutFunction function) {
    account(function.account());
    given("flavour", function.flavour());
    namespaceOfFunctions("namespace", function.namespace());
    if (function.namespace().equals(Function.FC3_NAMESPACE) && function.flavour() == Flavour.FC2) {
      throw invalid("flavour", "another one: there is no service that could have its versions");
    }
    name("function", function.name(), NAME_MAX);
    given("runtime", function.runtime());
    RuntimeRules.check(function.runtime(), function.flavour());
    within("timeoutMs", function.timeoutMillis(), 1, Function.TIMEOUT_MILLIS_MAX);
    within("concurrency", function.concurrency(), 0, CONCURRENCY_MAX);
    given("retry", function.retry());
    within("retry.backoffMs", function.retry().backoffMillis(), 0, RetryPolicy.BACKOFF_MILLIS_MAX);
    within("eventAgeMs", function.eventAgeMillis(), 0, RetentionPolicy.MILLIS_MAX);
    given("retention", function.retention());
    if (function.about() != null) {
      about(function.about());
    }
    revision(function.ifRevision());
  }

  static void check(PublishVersion publish) {
    given("description", publish.description());
    description(publish.description());
  }

  /**
   * An alias.
   *
   * @param implied true when its function has one of that name anyway, which need not look like one
   */
  static void check(PutAlias alias, boolean implied) {
    String name = alias.name();
    boolean looksLikeOne =
        name != null && ALIAS.matcher(name).matches() && !Functions.isLatest(name);
    if (!looksLikeOne && !implied) {
      throw invalid(
          "alias",
          "1 to 128 of the characters A-Z a-z 0-9 _ -, the first one a letter or _, and not "
              + Invocation.LATEST);
    }
    given("version", alias.route());
    weights(alias.route().weights());
    matches(alias.route().matches());
    if (alias.about() != null) {
      about(alias.about());
    }
    revision(alias.ifRevision());
  }

  private static void weights(Map<String, Double> weights) {
    if (weights.size() > WEIGHTS_MAX) {
      throw invalid("weights", "at most " + WEIGHTS_MAX + " versions besides the first");
    }
    double sum = 0;
    for (Map.Entry<String, Double> weight : weights.entrySet()) {
      double share = weight.getValue();
      if (!(share >= 0 && share <= 1)) { // so written, NaN is refused as well
        throw invalid("weights." + weight.getKey(), "0 to 1");
      }
      sum += share;
    }
    if (sum > 1 + 1e-9) { // ten times 0.1 may come out a little above 1
      throw invalid("weights", "at most 1 together");
    }
  }

  private static void matches(List<RouteMatch> matches) {
    if (matches.size() > MATCHES_MAX) {
      throw invalid("matches", "at most " + MATCHES_MAX);
    }
    for (int i = 0; i < matches.size(); i++) {
      RouteMatch match = matches.get(i);
      String field = "matches[" + i + "]";
      characters(field + ".key", match.key(), MATCH_KEY_MAX);
      characters(field + ".expression", match.expression(), EXPRESSION_MAX);
      if (!match.understood()) {
        throw invalid(field + ".expression", "a range of integers, (a,b) or [a,b]");
      }
    }
  }

  private static void characters(String field, String text, int most) {
    wellFormed(field, text);
    if (text.isEmpty() || text.length() > most) {
      throw invalid(field, "1 to " + most + " characters");
    }
  }

  static void check(PutAsync async) {
    AsyncSettings settings = async.settings();
    if (settings == null) {
      return;
    }
    if (settings.eventAgeMillis() != null) {
      within("eventAgeMs", settings.eventAgeMillis(), 0, RetentionPolicy.MILLIS_MAX);
    }
    destination("onSuccess", settings.onSuccess());
    destination("onFailure", settings.onFailure());
    extra(settings.extra());
  }

  private static void destination(String field, Destination destination) {
    if (destination == null) {
      return;
    }
    characters(field, destination.text(), Destination.TEXT_MAX);
    if (destination.target() instanceof Destination.ToFunction to) {
      namespaceOfFunctions(field, to.namespace());
      name(field, to.function(), NAME_MAX);
      if (to.qualifier() != null && !Destination.isAddress(to.qualifier())) {
        throw invalid(field, "a qualifier of printable ASCII characters without spaces");
      }
    } else if (destination.target() instanceof Destination.ToWebhook to) {
      if (to.url().length() > Destination.TEXT_MAX || !Destination.isUrl(to.url())) {
        throw invalid(field, "an http or https URL with a host");
      }
    } else if (destination.target() instanceof Destination.ToAddress to) {
      if (!Destination.isOutside(to.address())) {
        throw invalid(
            field, "an event-bus address of 1 to 256 printable ASCII characters, no internal one");
      }
    }
  }

  /** True for "1", "2", ..., without a 0 in front. */
  static boolean isVersionNumber(String text) {
    if (text == null
        || text.isEmpty()
        || text.length() > NUMBER_DIGITS_MAX
        || text.charAt(0) == '0') {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  static void about(About about) {
    description(about.description());
    if (about.tags().size() > TAGS_MAX) {
      throw invalid("tags", "at most " + TAGS_MAX);
    }
    about
        .tags()
        .forEach(
            (key, value) -> {
              if (key.isEmpty() || key.length() > TAG_KEY_MAX) {
                throw invalid("tags", "keys of 1 to " + TAG_KEY_MAX + " characters");
              }
              wellFormed("tags", key);
              wellFormed("tags." + key, value);
              if (value.length() > TAG_VALUE_MAX) {
                throw invalid("tags." + key, "at most " + TAG_VALUE_MAX + " characters");
              }
            });
    extra(about.extra());
  }

  private static void description(String description) {
    wellFormed("description", description);
    if (description.length() > DESCRIPTION_MAX) {
      throw invalid("description", "at most " + DESCRIPTION_MAX + " characters");
    }
  }

  private static void extra(String extra) {
    wellFormed("extra", extra);
    if (extra.getBytes(StandardCharsets.UTF_8).length > EXTRA_BYTES_MAX) {
      throw new FailureException(new Failure.TooLarge("extra", EXTRA_BYTES_MAX));
    }
  }

  /** That it can be written as UTF-8: no half of a surrogate pair. */
  static void wellFormed(String field, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw invalid(field, "text of whole characters, not halves of surrogate pairs");
    }
  }

  static void revision(long ifRevision) {
    within("ifRevision", ifRevision, -1, Long.MAX_VALUE);
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

  /** Of one that may have functions: it can be made, or is there for those without a service. */
  private static void namespaceOfFunctions(String field, String name) {
    if (!Function.FC3_NAMESPACE.equals(name)) {
      name(field, name, NAMESPACE_NAME_MAX);
    }
  }

  private static void name(String field, String name, int most) {
    if (name == null || name.length() > most || !NAME.matcher(name).matches()) {
      throw invalid(
          field, "1 to " + most + " of the characters A-Z a-z 0-9 _ -, the first one not a '-'");
    }
  }

  static void within(String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw invalid(field, most == Long.MAX_VALUE ? least + " or more" : least + " to " + most);
    }
  }

  static void given(String field, Object value) {
    if (value == null) {
      throw invalid(field, "a value");
    }
  }

  static FailureException invalid(String field, String expected) {
    return new FailureException(new Failure.Invalid(field, "expected " + expected));
  }
}
