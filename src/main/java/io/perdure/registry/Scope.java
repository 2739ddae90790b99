package io.perdure.registry;

import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.AliasesListed;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.bus.RegistryMessages.VersionsListed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The versions and aliases of one function or namespace. Read from any thread; changed by the
 * registry's writer alone.
 */
final class Scope {
  private final ConcurrentNavigableMap<Long, Version> versions = new ConcurrentSkipListMap<>();
  private final ConcurrentNavigableMap<String, Alias> aliases = new ConcurrentSkipListMap<>();
  private volatile long lastNumber;

  /** The greatest number ever given, 0 for none. */
  long lastNumber() {
    return lastNumber;
  }

  void lastNumber(long number) {
    lastNumber = number;
  }

  boolean hasVersion(String number) {
    return versions.containsKey(parse(number));
  }

  Collection<Version> versions() {
    return versions.values();
  }

  /** In the order of their numbers, behind {@code after}, which may be null. */
  VersionsListed versions(boolean descending, String after, int limit) {
    NavigableMap<Long, Version> all = descending ? versions.descendingMap() : versions;
    List<Version> found = new ArrayList<>();
    for (Version version :
        (after == null ? all : all.tailMap(Long.parseLong(after), false)).values()) {
      if (found.size() == limit) {
        return new VersionsListed(List.copyOf(found), true);
      }
      found.add(version);
    }
    return new VersionsListed(List.copyOf(found), false);
  }

  void put(Version version) {
    versions.put(parse(version.number()), version);
  }

  void removeVersion(String number) {
    versions.remove(parse(number));
  }

  /** Or null. */
  Alias alias(String name) {
    return aliases.isEmpty() ? null : aliases.get(name);
  }

  Collection<Alias> aliases() {
    return aliases.values();
  }

  /** An alias that leads to version {@code number}, or null. */
  Alias aliasOf(String number) {
    for (Alias alias : aliases.values()) {
      if (leads(alias, number)) {
        return alias;
      }
    }
    return null;
  }

  /**
   * By name, behind {@code after}.
   *
   * @param implied an alias that is there without having been put, or null
   * @param version only those that lead to it, null for all
   * @param prefix of the names, null for any
   * @param after null for the start
   */
  AliasesListed aliases(Alias implied, String version, String prefix, String after, int limit) {
    NavigableMap<String, Alias> all = aliases;
    if (implied != null && !aliases.containsKey(implied.name())) {
      all = new ConcurrentSkipListMap<>(aliases);
      all.put(implied.name(), implied);
    }
    List<Alias> found = new ArrayList<>();
    for (Alias alias : (after == null ? all : all.tailMap(after, false)).values()) {
      boolean wanted =
          (prefix == null || alias.name().startsWith(prefix))
              && (version == null || leads(alias, version));
      if (wanted && found.size() == limit) {
        return new AliasesListed(List.copyOf(found), true);
      }
      if (wanted) {
        found.add(alias);
      }
    }
    return new AliasesListed(List.copyOf(found), false);
  }

  void put(Alias alias) {
    aliases.put(alias.name(), alias);
  }

  void removeAlias(String name) {
    aliases.remove(name);
  }

  int versionCount() {
    return versions.size();
  }

  int aliasCount() {
    return aliases.size();
  }

  private static boolean leads(Alias alias, String version) {
    return alias.route().versions().contains(version);
  }

  /** 0, which no version has, for what is no number of a version. */
  private static long parse(String number) {
    return Rules.isVersionNumber(number) ? Long.parseLong(number) : 0;
  }
}
