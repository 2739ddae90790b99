package io.perdure.invocation;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the outcome of an asynchronous invocation is delivered to.
 *
 * @param text as its caller wrote it, which every surface shows; at most {@link #TEXT_MAX}
 *     characters
 * @param target what that means
 */
public record Destination(String text, Target target) {
  /** Longest text, in characters. */
  public static final int TEXT_MAX = 2048;

  /** Longest event-bus address, in characters. */
  public static final int ADDRESS_MAX = 256;

  /** What {@link #parse} understands, for messages to people. */
  public static final String FORMS =
      "http://... or https://... (a webhook), event-bus:{address},"
          + " or function:{namespace}/{function}[/{qualifier}]";

  private static final String BUS = "event-bus:";
  private static final String FUNCTION = "function:";

  /** One record per kind of destination. */
  public sealed interface Target {
    /** Name of the kind in metrics and records: "function", "webhook", "event-bus". */
    String kind();
  }

  /**
   * An asynchronous invocation of another function of the same account.
   *
   * @param qualifier version or alias, null for the latest
   */
  public record ToFunction(String namespace, String function, String qualifier) implements Target {
    @Override
    public String kind() {
      return "function";
    }
  }

  /** A POST to {@code url} (http or https). */
  public record ToWebhook(String url) implements Target {
    @Override
    public String kind() {
      return "webhook";
    }
  }

  /** A request to an event-bus address; its reply acknowledges. */
  public record ToAddress(String address) implements Target {
    @Override
    public String kind() {
      return "event-bus";
    }
  }

  public Destination {
    Objects.requireNonNull(text);
    Objects.requireNonNull(target);
  }

  /** What {@code text} means in Perdure's own forms, {@link #FORMS}; empty for any other text. */
  public static Optional<Destination> parse(String text) {
    return text.length() > TEXT_MAX
        ? Optional.empty()
        : target(text).map(target -> new Destination(text, target));
  }

  private static Optional<Target> target(String text) {
    String start = text.substring(0, Math.min(8, text.length())).toLowerCase(Locale.ROOT);
    if (start.startsWith("http://") || start.startsWith("https://")) {
      return isUrl(text) ? Optional.of(new ToWebhook(text)) : Optional.empty();
    }
    if (text.startsWith(BUS)) {
      String address = text.substring(BUS.length());
      return isOutside(address) ? Optional.of(new ToAddress(address)) : Optional.empty();
    }
    return text.startsWith(FUNCTION)
        ? function(text.substring(FUNCTION.length()).split("/", -1))
        : Optional.empty();
  }

  private static Optional<Target> function(String[] parts) {
    if (parts.length < 2 || parts.length > 3) {
      return Optional.empty();
    }
    for (String part : parts) {
      if (part.isEmpty() || !isAddress(part)) {
        return Optional.empty();
      }
    }
    return Optional.of(new ToFunction(parts[0], parts[1], parts.length == 3 ? parts[2] : null));
  }

  /**
   * Which of them have a common fate, and share a limit: what goes to one function, to one address,
   * or to one host and port.
   *
   * @param account whose invocation it is
   */
  public String group(String account) {
    if (target instanceof ToFunction to) {
      return FUNCTION + account + "/" + to.namespace() + "/" + to.function();
    }
    if (target instanceof ToAddress to) {
      return BUS + to.address();
    }
    String url = ((ToWebhook) target).url();
    int host = url.indexOf("//") + 2;
    int end = host < 2 ? url.length() : host;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    return url.substring(0, end).toLowerCase(Locale.ROOT);
  }

  /** An absolute http or https URL with a host, as {@link java.net.URI} reads it. */
  public static boolean isUrl(String text) {
    try {
      URI url = new URI(text);
      boolean http = "http".equalsIgnoreCase(url.getScheme());
      return (http || "https".equalsIgnoreCase(url.getScheme()))
          && url.getHost() != null
          && url.getPort() <= 65_535;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * An address that nobody inside listens at: of those with {@code perdure.} only the functions'.
   */
  public static boolean isOutside(String address) {
    boolean ours = address.startsWith("perdure.") && !address.startsWith("perdure.fn.");
    return isAddress(address) && !ours && !address.startsWith("__vertx.");
  }

  /** 1 to {@link #ADDRESS_MAX} printable ASCII characters without spaces. */
  public static boolean isAddress(String text) {
    return !text.isEmpty()
        && text.length() <= ADDRESS_MAX
        && text.chars().allMatch(c -> c > ' ' && c <= '~');
  }
}
