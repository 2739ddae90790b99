package io.perdure.registry;

import io.perdure.bus.RegistryMessages.AsyncSet;
import io.perdure.bus.RegistryMessages.FunctionsListed;
import io.perdure.bus.RegistryMessages.Namespace;
import io.perdure.bus.RegistryMessages.NamespacesListed;
import io.perdure.invocation.About;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Schedules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The committed namespaces and functions, with their versions, aliases and settings, in memory.
 * Read from any thread without blocking; changed by {@link RegistryVerticle} alone, which shows
 * here only what is committed.
 */
public final class Registry implements Functions {
  /** The namespace that every account has, and that cannot be removed. */
  public static final String DEFAULT_NAMESPACE = "default";

  private final Map<Long, Function> byUid = new ConcurrentHashMap<>();

  /** The same functions twice: hashed for the submits, ordered for the lists. */
  private final Map<Name, Function> byName = new ConcurrentHashMap<>();

  private final ConcurrentNavigableMap<Name, Function> ordered = new ConcurrentSkipListMap<>();
  private final ConcurrentNavigableMap<Name, Namespace> namespaces = new ConcurrentSkipListMap<>();
  private final Map<String, Integer> functionCounts = new ConcurrentHashMap<>();

  private final CodeUse codeUse = new CodeUse();
  private final Scopes scopes = new Scopes(codeUse);
  private final AsyncView async = new AsyncView();
  private final ScheduleView schedules = new ScheduleView();

  private volatile long createdAt;
  private volatile long lastUid;
  private volatile long through;

  @Override
  public Optional<Function> find(String account, String namespace, String name) {
    return Optional.ofNullable(byName.get(new Name(account, namespace, name)));
  }

  @Override
  public Function byUid(long uid) {
    return byUid.get(uid);
  }

  /** Uids ascend and are given once, so what is absent and not above the last has been deleted. */
  @Override
  public boolean isDeleted(long uid) {
    return uid <= lastUid && !byUid.containsKey(uid); // in this order: a new one comes before it
  }

  @Override
  public Function byUid(long uid, String qualifier) {
    Function function = byUid.get(uid);
    AsyncSet set = function == null ? null : async.get(uid, qualifier);
    return set == null ? function : set.settings().over(function);
  }

  @Override
  public Optional<AsyncSettings> settings(long uid, String qualifier) {
    return Optional.ofNullable(async.last(uid, qualifier)).map(AsyncSet::settings);
  }

  @Override
  public Optional<Function> resolve(Function function, String qualifier, long point) {
    return Functions.isLatest(qualifier)
        ? Optional.of(function)
        : scopes.resolve(function, qualifier, point);
  }

  @Override
  public Optional<String> match(
      Function function, String qualifier, Map<String, String> routingKey) {
    return scopes.match(function, qualifier, routingKey);
  }

  @Override
  public boolean hasNamespace(String account, String namespace) {
    return namespace.equals(DEFAULT_NAMESPACE)
        || namespace.equals(Function.FC3_NAMESPACE)
        || namespaces.containsKey(Name.ofNamespace(account, namespace));
  }

  /**
   * The namespace of that name, if something can be told of it; {@code default} is there without
   * having been created.
   */
  public Optional<Namespace> namespace(String account, String name) {
    Namespace found = namespaces.get(Name.ofNamespace(account, name));
    return found == null && name.equals(DEFAULT_NAMESPACE)
        ? Optional.of(defaultOf(account))
        : Optional.ofNullable(found);
  }

  /** True while a function or a version, of whatever account, refers to that code package. */
  public boolean usesCode(String sha256) {
    return codeUse.uses(sha256);
  }

  /** True while a function or a version of {@code account} refers to that code package. */
  public boolean accountUsesCode(String account, String sha256) {
    return codeUse.uses(account, sha256);
  }

  /** When functions are run without being asked. */
  public Schedules schedules() {
    return schedules;
  }

  /** The versions and aliases. */
  Scopes scopes() {
    return scopes;
  }

  /** The settings of asynchronous invocations. */
  AsyncView async() {
    return async;
  }

  /** The schedules, for the registry itself. */
  ScheduleView scheduleView() {
    return schedules;
  }

  /** Functions by name: those with {@code prefix} after {@code after}, both may be null. */
  FunctionsListed functions(
      String account, String namespace, String prefix, String after, int limit) {
    String start = start(prefix, after);
    List<Function> found = new ArrayList<>();
    for (Function function :
        ordered.tailMap(new Name(account, namespace, start), !start.equals(after)).values()) {
      if (!function.account().equals(account)
          || !function.namespace().equals(namespace)
          || !hasPrefix(function.name(), prefix)) {
        break;
      }
      if (found.size() == limit) {
        return new FunctionsListed(List.copyOf(found), true);
      }
      found.add(function);
    }
    return new FunctionsListed(List.copyOf(found), false);
  }

  /** Namespaces by name: those with {@code prefix} after {@code after}, both may be null. */
  NamespacesListed namespaces(String account, String prefix, String after, int limit) {
    String start = start(prefix, after);
    List<Namespace> found = new ArrayList<>();
    for (Namespace namespace :
        namespaces.tailMap(Name.ofNamespace(account, start), !start.equals(after)).values()) {
      if (!namespace.account().equals(account)
          || !hasPrefix(namespace.name(), prefix)
          || found.size() > limit) {
        break;
      }
      found.add(namespace);
    }
    addDefault(found, account, prefix, after);
    boolean more = found.size() > limit;
    return new NamespacesListed(List.copyOf(more ? found.subList(0, limit) : found), more);
  }

  private void addDefault(List<Namespace> found, String account, String prefix, String after) {
    boolean belongs =
        hasPrefix(DEFAULT_NAMESPACE, prefix)
            && (after == null || DEFAULT_NAMESPACE.compareTo(after) > 0);
    if (belongs && !namespaces.containsKey(Name.ofNamespace(account, DEFAULT_NAMESPACE))) {
      found.add(defaultOf(account));
      found.sort(Comparator.comparing(Namespace::name));
    }
  }

  private Namespace defaultOf(String account) {
    return new Namespace(account, DEFAULT_NAMESPACE, About.NOTHING, createdAt, createdAt, 0);
  }

  private static String start(String prefix, String after) {
    String least = prefix == null ? "" : prefix;
    return after == null || after.compareTo(least) < 0 ? least : after;
  }

  private static boolean hasPrefix(String name, String prefix) {
    return prefix == null || name.startsWith(prefix);
  }

  /** All functions of a namespace by name, as they are while they are gone through. */
  public Collection<Function> functions(String account, String namespace) {
    return functions(Name.ofNamespace(account, namespace));
  }

  // What follows is for the writer.

  /** The functions of all accounts. */
  Collection<Function> all() {
    return Collections.unmodifiableCollection(byUid.values());
  }

  /** Number of functions of all accounts. */
  int size() {
    return byUid.size();
  }

  /** Number of functions of {@code account}. */
  int functionCount(String account) {
    return functionCounts.getOrDefault(account, 0);
  }

  /** Number of namespaces of {@code account} that were created, {@code default} not counted. */
  int namespaceCount(String account) {
    int count =
        namespaces
            .subMap(Name.ofNamespace(account, ""), Name.ofNamespace(account + '\0', ""))
            .size();
    return namespaces.containsKey(Name.ofNamespace(account, DEFAULT_NAMESPACE)) ? count - 1 : count;
  }

  /** All functions of a namespace, by name. */
  Collection<Function> functions(Name namespace) {
    Name behind = Name.ofNamespace(namespace.account(), namespace.namespace() + '\0');
    return ordered.subMap(namespace, behind).values();
  }

  boolean isEmpty(String account, String namespace) {
    return functions(account, namespace, null, null, 1).functions().isEmpty();
  }

  /** The greatest uid ever given. */
  long lastUid() {
    return lastUid;
  }

  /**
   * To be set behind what got it: whoever reads a greater uid here than that of a function, and
   * after that does not find the function, knows that it was deleted.
   */
  void lastUid(long uid) {
    lastUid = uid;
  }

  /**
   * Index of the last batch that is seen here, of those that all nodes apply; 0 on a node that
   * stands alone.
   */
  public long through() {
    return through;
  }

  void through(long index) {
    through = index;
  }

  /** When the registry was made, in milliseconds since the epoch: the age of {@code default}. */
  void createdAt(long millis) {
    createdAt = millis;
  }

  void put(Function function) {
    Name name = nameOf(function);
    byUid.put(function.uid(), function); // first, so that whom the name leads to a uid finds it
    ordered.put(name, function);
    Function before = byName.put(name, function);
    codeUse.replace(before, function);
    if (before == null) {
      functionCounts.merge(function.account(), 1, Integer::sum);
    }
  }

  /** With its versions, aliases, settings and schedules. */
  void remove(Function function) {
    Name name = nameOf(function);
    Function before = byName.remove(name);
    if (before != null) {
      functionCounts.merge(function.account(), -1, Integer::sum);
    }
    codeUse.replace(before, null);
    ordered.remove(name);
    byUid.remove(function.uid());
    scopes.remove(function);
    async.remove(function);
    schedules.remove(function);
  }

  void put(Namespace namespace) {
    namespaces.put(Name.ofNamespace(namespace.account(), namespace.name()), namespace);
  }

  /** With its versions and aliases. */
  void removeNamespace(Name name) {
    namespaces.remove(name);
    scopes.remove(name);
  }

  /**
   * Becomes what {@code other} is, which is not used any more. Whoever reads finds what both have
   * all the time.
   *
   * @return what was deleted
   */
  List<Function> become(Registry other) {
    List<Function> deleted =
        byUid.values().stream().filter(had -> !other.byUid.containsKey(had.uid())).toList();
    deleted.forEach(this::remove); // one of them may have had a name that leads elsewhere now
    become(byUid, other.byUid);
    become(ordered, other.ordered);
    become(byName, other.byName);
    become(functionCounts, other.functionCounts);
    become(namespaces, other.namespaces);
    codeUse.become(other.codeUse);
    scopes.become(other.scopes);
    async.become(other.async);
    schedules.become(other.schedules);
    createdAt = other.createdAt;
    lastUid = other.lastUid;
    through = other.through;
    return deleted;
  }

  static <K, V> void become(Map<K, V> live, Map<K, V> next) {
    live.putAll(next);
    live.keySet().retainAll(next.keySet());
  }

  static Name nameOf(Function function) {
    return new Name(function.account(), function.namespace(), function.name());
  }
}
