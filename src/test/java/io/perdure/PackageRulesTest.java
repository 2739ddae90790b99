package io.perdure;

import static java.util.Map.entry;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds the arrows between packages: reads which classes every source names, by import or in full,
 * and compares with the table below. A package that is not in the table is a concern and gets what
 * every concern gets.
 */
class PackageRulesTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final String OURS = "io.perdure";

  /** What any concern may know. It is reached, and reaches others, by messages. */
  private static final Set<String> CONCERN = Set.of("bus", "invocation", "config", "time");

  /** What the parts of the managed runtime may know: its ports, and never one another. */
  private static final Set<String> MANAGED =
      Set.of("runtime", "runtime.managed", "invocation", "config", "time");

  /** Which of our packages a package may know, where that differs from a concern. */
  private static final Map<String, Set<String>> KNOWS =
      Map.ofEntries(
          // the ground
          entry("invocation", Set.of()),
          entry("time", Set.of()),
          entry("config", Set.of()),
          entry("journal", Set.of()),
          entry("zip", Set.of()),
          entry("cron", Set.of()),
          entry("bus", Set.of("invocation")),
          entry("store", Set.of("journal", "invocation", "config")),
          // concerns that are handed a port
          entry("shard", and(CONCERN, "journal", "store")),
          entry("registry", and(CONCERN, "journal", "store", "zip", "cron")),
          entry("schedule", and(CONCERN, "router", "cron")),
          entry("delivery", and(CONCERN, "router", "runtime")),
          entry("cluster", and(CONCERN, "journal", "store", "cluster.raft")),
          entry("cluster.raft", Set.of("journal", "store", "config", "time")),
          entry("executor", and(CONCERN, "runtime")),
          // a runtime knows nothing of shards, retries or messages
          entry("runtime", Set.of("invocation")),
          entry("runtime.*", Set.of("runtime", "invocation", "config", "time")),
          // how uploaded code is run: ports, and a package for what stands behind each
          entry("runtime.managed", Set.of("runtime", "invocation", "config", "time")),
          entry("runtime.managed.pool", and(MANAGED, "bus")),
          entry("runtime.managed.code", and(MANAGED, "runtime.process", "bus", "zip")),
          entry("runtime.managed.process", and(MANAGED, "runtime.process")),
          entry("runtime.managed.*", MANAGED),
          entry(
              "runtime.command",
              Set.of("runtime", "runtime.process", "invocation", "config", "time")),
          // runs in processes of functions, next to their code and nothing of ours
          entry("shim", Set.of()),
          // dialects: each knows what all share, none knows another
          entry("api", and(CONCERN, "router", "api.auth")),
          entry("api.auth", CONCERN),
          entry("api.*", and(CONCERN, "router", "api", "api.auth")),
          // SCF: its actions do not know how requests are signed, nor signatures what they are for
          entry("api.scf.wire", Set.of("api", "api.auth", "invocation")),
          entry("api.scf.sign", Set.of("api.scf.wire", "api", "api.auth", "time")),
          entry("api.scf.action", and(CONCERN, "router", "api", "api.auth", "api.scf.wire")),
          entry(
              "api.scf",
              and(CONCERN, "router", "api", "api.auth", "api.scf.wire", "api.scf.action")),
          // FC likewise
          entry("api.fc.wire", and(CONCERN, "api", "api.auth")),
          entry("api.fc.sign", Set.of("api.fc.wire", "api", "api.auth", "config", "time")),
          entry("api.fc.operation", and(CONCERN, "router", "api", "api.auth", "api.fc.wire")),
          entry(
              "api.fc",
              and(CONCERN, "router", "api", "api.auth", "api.fc.wire", "api.fc.operation")),
          // what users write
          entry("example", Set.of("client")));

  /** The wiring knows everything. */
  private static final Set<String> KNOW_ALL = Set.of("", "node");

  /** So does what gives a whole node to a JUnit test. */
  private static final Set<String> EXTENSION =
      Set.of("client/PerdureExtension.java", "client/PerdureNode.java");

  /** Libraries that only some packages may name. */
  private static final Map<String, Set<String>> LIBRARIES =
      Map.of(
          "org.rocksdb", Set.of("store"),
          "org.apache.ratis", Set.of("cluster.raft"),
          "com.hazelcast", Set.of("cluster"),
          "org.apache.commons.compress", Set.of("zip"),
          "io.vertx.core.eventbus",
              Set.of("bus", "cluster", "runtime.eventbus", "delivery", "client", "example"));

  /** The only things from outside that a package may name, where that is limited. */
  private static final Map<String, Set<String>> OUTSIDE =
      Map.of(
          "invocation", Set.of("java"),
          "shim", Set.of("java"),
          "cron", Set.of("java"),
          "time", Set.of("java", "io.vertx"),
          "bus", Set.of("java", "io.vertx", "com.fasterxml.jackson"));

  private static final Pattern NOT_CODE =
      Pattern.compile(
          "/\\*.*?\\*/|//[^\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])+'",
          Pattern.DOTALL);
  private static final Pattern QUALIFIED =
      Pattern.compile(
          "\\b((?:java|javax|jdk|sun|io|org|com|net)(?:\\.[a-z]\\w*)+)\\.(?:[A-Z]|\\*)");

  /**
   * A source file.
   *
   * @param path below the package of all, such as "shard/Shard.java"
   * @param within its package, "" for the package of all, "runtime.http" for one below
   * @param names the packages of the classes it names
   */
  private record Source(String path, String within, Set<String> names) {}

  private static Set<String> and(Set<String> packages, String... more) {
    Set<String> all = new TreeSet<>(packages);
    all.addAll(Arrays.asList(more));
    return all;
  }

  @Test
  void packagesKnowOnlyThoseTheyMay() {
    List<String> wrong = new ArrayList<>();
    for (Source source : sources()) {
      if (knowsAll(source)) {
        continue;
      }
      Set<String> allowed = knows(source.within());
      for (String other : ours(source)) {
        if (!allowed.contains(other)) {
          wrong.add(source.path() + " names " + other + ", may name " + new TreeSet<>(allowed));
        }
      }
    }
    none(wrong);
  }

  @Test
  void arrowsHaveOneDirection() {
    Map<String, Set<String>> arrows = new TreeMap<>();
    for (Source source : sources()) {
      if (!knowsAll(source)) {
        arrows.computeIfAbsent(source.within(), p -> new TreeSet<>()).addAll(ours(source));
      }
    }
    List<String> wrong = new ArrayList<>();
    for (String from : arrows.keySet()) {
      if (reaches(arrows, arrows.get(from), from, new TreeSet<>())) {
        wrong.add(from + " leads back to itself");
      }
    }
    none(wrong);
  }

  private static boolean reaches(
      Map<String, Set<String>> arrows, Set<String> from, String to, Set<String> seen) {
    return from.stream()
        .filter(seen::add)
        .anyMatch(
            next ->
                next.equals(to) || reaches(arrows, arrows.getOrDefault(next, Set.of()), to, seen));
  }

  @Test
  void librariesAreKnownOnlyWhereTheyBelong() {
    List<String> wrong = new ArrayList<>();
    for (Source source : sources()) {
      LIBRARIES.forEach(
          (library, owners) -> {
            boolean named = source.names().stream().anyMatch(name -> below(name, library));
            if (named && !owners.contains(source.within())) {
              wrong.add(source.path() + " names " + library + ", known only to " + owners);
            }
          });
    }
    none(wrong);
  }

  @Test
  void groundStandsOnLittle() {
    List<String> wrong = new ArrayList<>();
    for (Source source : sources()) {
      Set<String> allowed = OUTSIDE.get(source.within());
      if (allowed != null) {
        source.names().stream()
            .filter(name -> !below(name, OURS))
            .filter(name -> allowed.stream().noneMatch(outside -> below(name, outside)))
            .forEach(name -> wrong.add(source.path() + " names " + name + ", not " + allowed));
      }
    }
    none(wrong);
  }

  @Test
  void everyPackageSaysWhatItOwns() {
    List<String> wrong = new ArrayList<>();
    for (String name : sources().stream().map(Source::within).collect(toCollection(TreeSet::new))) {
      Path info = SOURCES.resolve(OURS.replace('.', '/')).resolve(name.replace('.', '/'));
      String text = read(info.resolve("package-info.java"));
      int from = text.indexOf("/**");
      int to = text.indexOf("*/");
      boolean says =
          from >= 0 && text.substring(from + 3, to).replaceAll("[\\s*]+", " ").length() > 40;
      if (!says) {
        wrong.add("package '" + name + "' has no package-info.java that says what it owns");
      }
    }
    none(wrong);
  }

  @Test
  void sourcesAreFound() {
    Map<String, Integer> count = new HashMap<>();
    sources().forEach(source -> count.merge(source.within(), 1, Integer::sum));
    assertTrue(count.containsKey("invocation") && count.containsKey("bus"), count::toString);
    Source bus =
        sources().stream().filter(s -> s.path().equals("bus/Bus.java")).findFirst().orElseThrow();
    assertTrue(bus.names().contains("io.vertx.core.eventbus"), () -> bus.names().toString());
    assertTrue(bus.names().contains(OURS + ".invocation"), () -> bus.names().toString());
  }

  /** Our packages that {@code source} names, its own left out. */
  private static Set<String> ours(Source source) {
    return source.names().stream()
        .filter(name -> below(name, OURS))
        .map(name -> name.equals(OURS) ? "" : name.substring(OURS.length() + 1))
        .filter(name -> !name.equals(source.within()))
        .collect(toCollection(TreeSet::new));
  }

  private static boolean knowsAll(Source source) {
    return KNOW_ALL.contains(source.within()) || EXTENSION.contains(source.path());
  }

  private static Set<String> knows(String within) {
    Set<String> own = KNOWS.get(within);
    if (own != null) {
      return own;
    }
    int dot = within.lastIndexOf('.');
    return KNOWS.getOrDefault(dot < 0 ? within : within.substring(0, dot) + ".*", CONCERN);
  }

  private static boolean below(String name, String root) {
    return name.equals(root) || name.startsWith(root + ".");
  }

  private static void none(List<String> wrong) {
    assertEquals("", String.join("\n", wrong));
  }

  private static List<Source> sources() {
    Path root = SOURCES.resolve(OURS.replace('.', '/'));
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> source(root, file))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Source source(Path root, Path file) {
    String path = root.relativize(file).toString().replace('\\', '/');
    int slash = path.lastIndexOf('/');
    String within = slash < 0 ? "" : path.substring(0, slash).replace('/', '.');
    String code = NOT_CODE.matcher(read(file)).replaceAll(" ");
    Set<String> names =
        QUALIFIED.matcher(code).results().map(m -> m.group(1)).collect(toCollection(TreeSet::new));
    return new Source(path, within, names);
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
