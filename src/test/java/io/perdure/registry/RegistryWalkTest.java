package io.perdure.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.perdure.bus.Address;
import io.perdure.bus.Addresses;
import io.perdure.bus.Message;
import io.perdure.bus.RegistryMessages.Alias;
import io.perdure.bus.RegistryMessages.DeleteAlias;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.DeleteNamespace;
import io.perdure.bus.RegistryMessages.DeleteVersion;
import io.perdure.bus.RegistryMessages.FunctionChanged;
import io.perdure.bus.RegistryMessages.ListAliases;
import io.perdure.bus.RegistryMessages.ListAsync;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.ListVersions;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.PutAsync;
import io.perdure.bus.RegistryMessages.PutNamespace;
import io.perdure.bus.RegistryMessages.Version;
import io.perdure.bus.ScheduleMessages.DeleteSchedule;
import io.perdure.bus.ScheduleMessages.ListSchedules;
import io.perdure.bus.ScheduleMessages.NoteSchedules;
import io.perdure.bus.ScheduleMessages.PutSchedule;
import io.perdure.bus.ScheduleMessages.ScheduleChanged;
import io.perdure.invocation.About;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.Route;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.journal.Batch;
import io.perdure.journal.Journal;
import io.perdure.registry.RegistryModel.Code;
import io.perdure.registry.RegistryModel.Made;
import io.perdure.registry.RegistryModel.Versions;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random commands against the registry and against {@link RegistryModel}, with restarts: each is
 * refused or carried out as the model says, and what is there, whether live or read again from the
 * store, is what the model holds. Whoever is handed what was committed, and nothing else, shows and
 * tells the same.
 */
class RegistryWalkTest extends RegistryFixture {
  private static final int STEPS = 400;
  private static final int WALKS = 3;
  private static final List<String> NAMESPACES = List.of("default", "shop");
  private static final List<String> NAMES = List.of("f", "f-1", "g");
  private static final List<String> ALIASES = List.of("prod", "test", "$DEFAULT");
  private static final List<String> SCHEDULES = List.of("s", "s-1", "t");
  private static final RegistryConfig FEW_SCHEDULES =
      new RegistryConfig(100, 10, 1_000, 100, RegistryModel.SCHEDULES_MAX, 10);
  private static final Flavour[] FLAVOURS = Flavour.values();

  private static final List<String> PACKAGES =
      List.of(Samples.sha256('1'), Samples.sha256('2'), Samples.sha256('3'), Samples.sha256('4'));

  private final RegistryModel model = new RegistryModel();

  /** What was committed since the latest comparison. */
  private final Queue<Batch> committed = new ConcurrentLinkedQueue<>();

  /** Knows the batches alone, as a node does that does not own the registry. */
  private final Registry follower = new Registry();

  private final BlockingQueue<ScheduleChanged> schedulesTold = new LinkedBlockingQueue<>();
  private final List<String> trace = new ArrayList<>();
  private Random random;

  static List<Long> seeds() {
    Long one = Long.getLong("perdure.seed");
    return one != null ? List.of(one) : new Random().longs(WALKS).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void registryDoesWhatTheModelSays(long seed) throws Exception {
    random = new Random(seed);
    join(bus.listen(Addresses.SCHEDULE_CHANGED, schedulesTold::add));
    reopen(FEW_SCHEDULES, this::kept);
    RegistryReader.read(store, follower); // when it was made
    try {
      for (int step = 0; step < STEPS; step++) {
        step();
        compare();
      }
    } catch (AssertionError | Exception e) {
      List<String> last = trace.subList(Math.max(0, trace.size() - 20), trace.size());
      throw new AssertionError(
          "replay with -Dperdure.seed=" + seed + ", after\n" + String.join("\n", last), e);
    }
  }

  private void step() throws Exception {
    String namespace = one(NAMESPACES);
    String name = one(NAMES);
    String scope = random.nextInt(3) == 0 ? null : name; // null: the namespace itself
    switch (random.nextInt(25)) {
      case 0 -> {
        reopen(FEW_SCHEDULES, this::kept);
        replaceFollower();
      }
      case 1 ->
          asExpected(
              Addresses.PUT_NAMESPACE,
              new PutNamespace(ACCOUNT, "shop", About.NOTHING, 0),
              model.putNamespace("shop"));
      case 2 ->
          asExpected(
              Addresses.DELETE_NAMESPACE,
              new DeleteNamespace(ACCOUNT, "shop", 0),
              model.deleteNamespace("shop"));
      case 3, 4, 5, 6, 7 -> putFunction(namespace, name);
      case 8 ->
          asExpected(
              Addresses.DELETE_FUNCTION,
              new DeleteFunction(ACCOUNT, namespace, name, 0),
              model.deleteFunction(namespace, name));
      case 9, 10, 11 ->
          asExpected(
              Addresses.PUBLISH_VERSION,
              new PublishVersion(ACCOUNT, namespace, scope, ""),
              model.publish(namespace, scope));
      case 12, 13 -> {
        String number = version();
        asExpected(
            Addresses.DELETE_VERSION,
            new DeleteVersion(ACCOUNT, namespace, scope, number),
            model.deleteVersion(namespace, scope, number));
      }
      case 14, 15, 16 -> putAlias(namespace, scope);
      case 17 -> {
        String alias = one(ALIASES);
        asExpected(
            Addresses.DELETE_ALIAS,
            new DeleteAlias(ACCOUNT, namespace, scope, alias, 0),
            model.deleteAlias(namespace, scope, alias));
      }
      case 18 -> {
        String schedule = one(SCHEDULES);
        asExpected(
            Addresses.DELETE_SCHEDULE,
            new DeleteSchedule(ACCOUNT, namespace, name, schedule, 0),
            model.deleteSchedule(namespace, name, schedule));
      }
      case 19, 20 -> putSchedule(namespace, name);
      case 21 -> replaceFollower();
      case 22 ->
          asExpected(Addresses.NOTE_SCHEDULES, new NoteSchedules(random.nextInt(1_000)), null);
      default -> putAsync(namespace, name);
    }
  }

  private Journal kept(Journal journal) {
    return new Journal() {
      @Override
      public Future<Void> commit(Batch batch) {
        committed.add(batch);
        return journal.commit(batch);
      }

      @Override
      public Future<Void> close() {
        return journal.close();
      }
    };
  }

  /** As when a snapshot is installed. */
  private void replaceFollower() {
    Registry next = new Registry();
    RegistryReader.read(store, next);
    follower.become(next);
  }

  /** Shows there, and tells there, what was shown and told here. */
  private void compareFollower() throws InterruptedException {
    for (Batch batch = committed.poll(); batch != null; batch = committed.poll()) {
      BatchView view = BatchView.show(batch, follower);
      for (FunctionChanged told : view.told()) {
        assertEquals(nextChange(), told);
      }
      for (ScheduleChanged told : view.schedules()) {
        assertEquals(schedulesTold.poll(10, TimeUnit.SECONDS), told);
      }
    }
    assertEquals(seen(registry), seen(follower));
    Registry read = new Registry();
    RegistryReader.read(store, read);
    assertEquals(seen(read), seen(follower));
  }

  private static Map<String, Object> seen(Registry registry) {
    List<String> namespaces = new ArrayList<>(NAMESPACES);
    namespaces.add(Function.FC3_NAMESPACE);
    return Views.of(registry, ACCOUNT, namespaces, PACKAGES);
  }

  private void putFunction(String namespace, String name) throws Exception {
    Flavour flavour = FLAVOURS[random.nextInt(FLAVOURS.length)];
    String handler = "h" + random.nextInt(5) + ".run";
    Character digit =
        random.nextInt(4) == 0 ? null : Character.valueOf((char) ('1' + random.nextInt(4)));
    long revision = random.nextInt(3) == 0 ? random.nextInt(5) : 0;
    asExpected(
        Addresses.PUT_FUNCTION,
        Samples.put(
            flavour,
            null,
            namespace,
            name,
            Samples.python(handler, digit),
            1_000,
            1,
            0,
            null,
            revision),
        model.putFunction(namespace, name, flavour, handler, digit, revision));
  }

  private void putAlias(String namespace, String scope) throws Exception {
    Made made = scope == null ? null : model.functions.get(RegistryModel.key(namespace, scope));
    boolean scf = made != null && made.flavour == Flavour.SCF;
    String alias = ALIASES.get(random.nextInt(scf ? 3 : 2));
    Map<String, Double> weights = new HashMap<>();
    if (random.nextBoolean()) {
      weights.put(version(), 0.5);
    }
    Route route = new Route(version(), weights);
    asExpected(
        Addresses.PUT_ALIAS,
        aliasPut(namespace, scope, alias, route, 0),
        model.putAlias(namespace, scope, alias, route));
  }

  private void putAsync(String namespace, String name) throws Exception {
    String qualifier = random.nextBoolean() ? one(ALIASES) : version();
    Integer attempts = random.nextInt(4) == 0 ? null : Integer.valueOf(2 + random.nextInt(5));
    AsyncSettings settings =
        attempts == null
            ? null
            : new AsyncSettings(RetryPolicy.of(attempts, 1_000, 60_000), null, null, "");
    asExpected(
        Addresses.PUT_ASYNC,
        new PutAsync(ACCOUNT, namespace, name, qualifier, settings),
        model.putAsync(namespace, name, qualifier, attempts));
  }

  private void putSchedule(String namespace, String name) throws Exception {
    String schedule = one(SCHEDULES);
    String message = "m" + random.nextInt(3);
    asExpected(
        Addresses.PUT_SCHEDULE,
        new PutSchedule(
            ACCOUNT, namespace, name, schedule, "0 * * * *", null, null, message, null, null, 0),
        model.putSchedule(namespace, name, schedule, message));
  }

  private String version() {
    int number = random.nextInt(5);
    return number == 0 ? RegistryModel.LATEST : Integer.toString(number);
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private <Q extends Message, R extends Message> void asExpected(
      Address<Q, R> address, Q message, Failure.Kind expected) throws Exception {
    trace.add(message + " -> " + expected);
    Failure.Kind kind = null;
    try {
      ask(address, message);
    } catch (ExecutionException e) {
      kind = assertInstanceOf(FailureException.class, e.getCause()).failure().kind();
    }
    assertEquals(expected, kind, message::toString);
  }

  private void compare() throws Exception {
    compareFollower();
    for (String namespace : NAMESPACES) {
      assertEquals(
          model.namespaces.containsKey(namespace), registry.hasNamespace(ACCOUNT, namespace));
      if (model.namespaces.containsKey(namespace)) {
        compare(namespace);
      }
    }
    assertEquals(
        model.functions.values().stream().mapToInt(made -> made.schedules.size()).sum(),
        registry.schedules().all().size());
    for (char digit = '1'; digit <= '4'; digit++) {
      String sha256 = Samples.sha256(digit);
      boolean used = model.packages().contains(digit);
      assertEquals(used, registry.usesCode(sha256), sha256);
      assertEquals(used, registry.accountUsesCode(ACCOUNT, sha256), sha256);
    }
  }

  private void compare(String namespace) throws Exception {
    List<Made> expected =
        model.functions.values().stream().filter(f -> f.namespace.equals(namespace)).toList();
    List<Function> found =
        ask(Addresses.LIST_FUNCTIONS, new ListFunctions(ACCOUNT, namespace, null, null, 10))
            .functions();
    assertEquals(
        expected.stream().map(made -> made.name).toList(),
        found.stream().map(Function::name).toList());
    compare(namespace, null, model.namespaces.get(namespace), false);
    List<String> settings = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      Made made = expected.get(i);
      compare(made, found.get(i));
      if (made.flavour != Flavour.FC2) {
        compare(namespace, made.name, made.own, made.flavour == Flavour.SCF);
      }
      made.attempts.keySet().forEach(qualifier -> settings.add(made.name + "/" + qualifier));
    }
    assertEquals(
        settings,
        ask(Addresses.LIST_ASYNC, new ListAsync(ACCOUNT, namespace, null, null, 100))
            .found()
            .stream()
            .map(set -> set.function() + "/" + set.qualifier())
            .toList());
  }

  private void compare(Made made, Function function) throws Exception {
    Map<String, String> schedules = new TreeMap<>();
    ask(Addresses.LIST_SCHEDULES, new ListSchedules(ACCOUNT, made.namespace, made.name, null, 10))
        .schedules()
        .forEach(schedule -> schedules.put(schedule.name(), schedule.message()));
    assertEquals(made.schedules, schedules);
    assertEquals(made.flavour, function.flavour());
    assertEquals(made.revision, function.revision());
    List<String> qualifiers = new ArrayList<>(ALIASES);
    qualifiers.add(RegistryModel.LATEST);
    for (int number = 1; number <= 6; number++) {
      qualifiers.add(Integer.toString(number));
    }
    for (String qualifier : qualifiers) {
      for (long point = 0; point < 4; point++) {
        assertEquals(
            model.runs(made, qualifier, point),
            registry.resolve(function, qualifier, point).map(RegistryWalkTest::codeOf).orElse(null),
            () -> made.name + " by " + qualifier);
      }
      assertEquals(
          made.attempts.getOrDefault(qualifier, 1),
          registry.byUid(function.uid(), qualifier).retry().maxAttempts());
    }
  }

  private void compare(String namespace, String function, Versions versions, boolean implied)
      throws Exception {
    assertEquals(
        versions.numbers.stream().map(number -> Integer.toString(number)).toList(),
        ask(
                Addresses.LIST_VERSIONS,
                new ListVersions(ACCOUNT, namespace, function, false, null, 1_000))
            .versions()
            .stream()
            .map(Version::number)
            .toList());
    TreeSet<String> aliases = new TreeSet<>(versions.aliases.keySet());
    if (implied) {
      aliases.add("$DEFAULT");
    }
    assertEquals(
        List.copyOf(aliases),
        ask(
                Addresses.LIST_ALIASES,
                new ListAliases(ACCOUNT, namespace, function, null, null, null, 10))
            .aliases()
            .stream()
            .map(Alias::name)
            .toList());
  }

  private static Code codeOf(Function function) {
    Managed managed = (Managed) function.runtime();
    Character digit = managed.code() == null ? null : managed.code().sha256().charAt(0);
    return new Code(managed.handler(), digit);
  }
}
