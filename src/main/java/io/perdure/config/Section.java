package io.perdure.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A group of settings, as a concern's config record reads it.
 *
 * <p>Reading a key declares it: its type, its default, and that it exists. The default must obey
 * its own rule, and a key is read in one place only; both are checked at once with an exception,
 * since they are mistakes of the code. A wrong value that somebody gave is noted in the {@link
 * Problems}, and the default is returned.
 *
 * <p>Keys are words of lower case letters and digits joined by {@code -}. An optional setting has
 * no default: its value in the file is {@code null} until it is set, and empty text elsewhere takes
 * it away again.
 */
public final class Section {
  private final Settings settings;
  private final String prefix;

  Section(Settings settings, String prefix) {
    this.settings = settings;
    this.prefix = prefix;
  }

  /** The settings below {@code name}. */
  public Section section(String name) {
    return new Section(settings, key(name) + ".");
  }

  /** An integer that fits 32 bits. */
  public int integer(String name, int byDefault, Rule<Integer> rule) {
    return settings.read(key(name), Type.INTEGER, byDefault, rule);
  }

  /** An integer that fits 32 bits, or nothing. */
  public Optional<Integer> optionalInteger(String name, Rule<Integer> rule) {
    return settings.readOptional(key(name), Type.INTEGER, rule);
  }

  /** An integer that fits 64 bits. */
  public long longInteger(String name, long byDefault, Rule<Long> rule) {
    return settings.read(key(name), Type.LONG, byDefault, rule);
  }

  /** A size in bytes: {@code "6MiB"}, {@code "128KiB"}, or a plain integer. */
  public long bytes(String name, long byDefault, Rule<Long> rule) {
    return settings.read(key(name), Type.BYTES, byDefault, rule);
  }

  /** A size in bytes, or nothing. */
  public Optional<Long> optionalBytes(String name, Rule<Long> rule) {
    return settings.readOptional(key(name), Type.BYTES, rule);
  }

  /** A duration with its unit: {@code "250ms"}, {@code "30s"}, {@code "5m"}, {@code "72h"}. */
  public Duration duration(String name, Duration byDefault, Rule<Duration> rule) {
    return settings.read(key(name), Type.DURATION, byDefault, rule);
  }

  /** A duration with its unit, or nothing. */
  public Optional<Duration> optionalDuration(String name, Rule<Duration> rule) {
    return settings.readOptional(key(name), Type.DURATION, rule);
  }

  /** {@code true} or {@code false}. */
  public boolean bool(String name, boolean byDefault) {
    return settings.read(key(name), Type.BOOL, byDefault, Rule.any());
  }

  /** Text. */
  public String text(String name, String byDefault, Rule<String> rule) {
    return settings.read(key(name), Type.TEXT, byDefault, rule);
  }

  /** Text that is not empty, or nothing. */
  public Optional<String> optionalText(String name, Rule<String> rule) {
    return settings.readOptional(key(name), Type.TEXT, rule);
  }

  /** A path; a relative one is relative to the working directory. */
  public Path path(String name, Path byDefault) {
    return settings.read(key(name), Type.PATH, byDefault, Rule.any());
  }

  /** A path, or nothing. */
  public Optional<Path> optionalPath(String name) {
    return settings.readOptional(key(name), Type.PATH, Rule.any());
  }

  /** One constant of an enum, in lower case with {@code -} for {@code _}. */
  public <E extends Enum<E>> E choice(String name, E byDefault) {
    return settings.read(
        key(name), Type.choice(byDefault.getDeclaringClass()), byDefault, Rule.any());
  }

  /** Texts: a JSON array in the file, separated by commas elsewhere. */
  public List<String> list(String name, List<String> byDefault, Rule<List<String>> rule) {
    return settings.read(key(name), Type.LIST, List.copyOf(byDefault), rule);
  }

  /**
   * Notes what only several settings together show, such as a minimum above its maximum.
   *
   * @param name a key already read here; the message names it and where its value comes from
   * @param message what is wrong and what was expected
   */
  public void problem(String name, String message) {
    settings.problem(key(name), message);
  }

  private String key(String name) {
    return prefix + name;
  }
}
