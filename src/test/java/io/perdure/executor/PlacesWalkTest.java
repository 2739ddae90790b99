package io.perdure.executor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.LimitMessages.PlacesGrant;
import io.perdure.bus.LimitMessages.PlacesMoved;
import io.perdure.bus.LimitMessages.PlacesRenewed;
import io.perdure.bus.LimitMessages.RenewPlaces;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec;
import io.perdure.runtime.Attempts;
import io.perdure.testkit.Seeds;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Nodes that run what they may, on a network that delays, repeats and loses messages, while homes
 * move and nodes are cut off, paused and started anew. Time is simulated.
 */
class PlacesWalkTest {
  private static final int SHARDS = 2;
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final RuntimeSpec SPEC = new RuntimeSpec.Command(List.of("x"), Map.of());

  private final Map<Long, Function> functions = new HashMap<>();
  private final Map<String, Node> nodes = new HashMap<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final String[] owners = new String[SHARDS];
  private final long[] epochs = new long[SHARDS];
  private final Map<String, PlaceHome> homes = new HashMap<>(); // by owner, shard and epoch
  private final Set<String> cut = new HashSet<>();
  private final StringBuilder story = new StringBuilder();
  private Random random;
  private long now; // ms
  private long order;
  private long sessions;

  private record Event(long at, long order, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  /** An executor of which only the counting is left. */
  private final class Node implements Places.Host {
    final String name;
    final Map<Long, Integer> running = new HashMap<>();
    final Map<Long, Integer> waiting = new HashMap<>();
    final Map<Long, Integer> most = new HashMap<>();
    LeasedPlaces places;
    long pausedUntil;

    Node(String name) {
      this.name = name;
      restart();
    }

    void restart() {
      running.clear();
      places =
          new LeasedPlaces(
              name,
              ++sessions,
              SHARDS,
              uid -> functions.get(uid).concurrency(),
              () -> now * 1_000_000,
              report -> send(this, report),
              this);
    }

    @Override
    public int used(long function) {
      return running.getOrDefault(function, 0);
    }

    @Override
    public int useful(long function) {
      return used(function) + waiting.getOrDefault(function, 0);
    }

    @Override
    public void more(long function) {
      start(function);
    }

    @Override
    public void lost(long function, int left) {
      running.computeIfPresent(function, (key, now) -> Math.min(now, left));
    }

    void start(long function) {
      Function of = functions.get(function);
      while (waiting.getOrDefault(function, 0) > 0 && used(function) < places.of(of)) {
        waiting.merge(function, -1, Integer::sum);
        running.merge(function, 1, Integer::sum);
        most.merge(function, used(function), Math::max);
        check();
      }
      if (waiting.getOrDefault(function, 0) > 0) {
        places.wanted(of);
      }
    }

    void end(long function) {
      if (used(function) > 0) {
        running.merge(function, -1, Integer::sum);
        places.freed(function);
        start(function);
      }
    }
  }

  @Test
  void neverMoreRunThanTheFunctionAllows() {
    Seeds.each(60, this::walk);
  }

  private void walk(Random seeded) {
    random = seeded;
    reset();
    for (int step = 0; step < 3_000; step++) {
      disturb();
      work();
      until(now + random.nextInt(40));
      check();
    }
    heal();
    settle();
  }

  private void reset() {
    events.clear();
    nodes.clear();
    homes.clear();
    cut.clear();
    story.setLength(0);
    now = 10_000;
    for (long uid = 1; uid <= 4; uid++) {
      int concurrency = new int[] {1, 2, 7, 40}[(int) uid - 1];
      functions.put(uid, Attempts.function(uid, "fn" + uid, SPEC, 60_000, concurrency, false));
    }
    for (int shard = 0; shard < SHARDS; shard++) {
      owners[shard] = NAMES.get(shard);
      epochs[shard] = 1;
    }
    NAMES.forEach(name -> nodes.put(name, new Node(name)));
    tickEvery();
  }

  private void tickEvery() {
    for (Node node : nodes.values()) {
      if (now >= node.pausedUntil) {
        node.places.tick();
      }
    }
    at(LeasedPlaces.TICK_MILLIS, this::tickEvery);
  }

  private void disturb() {
    int dice = random.nextInt(1_000);
    Node node = nodes.get(NAMES.get(random.nextInt(NAMES.size())));
    if (dice < 4) {
      own(random.nextInt(SHARDS), NAMES.get(random.nextInt(NAMES.size())));
    } else if (dice < 7) {
      cut.add(node.name);
      tell("cut " + node.name);
    } else if (dice < 14) {
      cut.remove(node.name);
      tell("joined " + node.name);
    } else if (dice < 16) {
      tell("restarted " + node.name);
      node.restart();
    } else if (dice < 20) {
      node.pausedUntil = now + random.nextInt(700);
    }
  }

  private void own(int shard, String name) {
    owners[shard] = name;
    epochs[shard]++;
    tell("home " + shard + " is " + name);
    for (Node node : nodes.values()) {
      at(random.nextInt(300), () -> node.places.homeMoved(shard));
    }
  }

  private void work() {
    Node node = nodes.get(NAMES.get(random.nextInt(NAMES.size())));
    long function = 1L + random.nextInt(4);
    int dice = random.nextInt(10);
    if (now < node.pausedUntil) {
      return;
    }
    if (dice < 4) {
      node.waiting.merge(function, 1 + random.nextInt(8), Integer::sum);
      node.start(function);
    } else {
      for (int i = random.nextInt(6); i >= 0; i--) {
        node.end(function);
      }
    }
  }

  /** What is to run gets its places again, and every node some. */
  private void settle() {
    until(now + 10_000);
    for (Node node : nodes.values()) {
      node.most.clear();
      functions.keySet().forEach(function -> node.waiting.put(function, 1_000_000));
      functions.keySet().forEach(node::start);
    }
    for (int i = 0; i < 3_000; i++) {
      for (Node node : nodes.values()) {
        node.end(1L + random.nextInt(4));
      }
      until(now + 5);
      check();
    }
    for (Node node : nodes.values()) {
      for (long function : functions.keySet()) {
        assertTrue(node.most.getOrDefault(function, 0) > 0, () -> node.name + " starves\n" + story);
      }
    }
    for (Function function : functions.values()) {
      int all = nodes.values().stream().mapToInt(node -> node.used(function.uid())).sum();
      assertTrue(all >= function.concurrency() - 2, () -> all + " of " + function + "\n" + story);
    }
  }

  private void heal() {
    cut.clear();
    tell("healed");
  }

  private void check() {
    for (Function function : functions.values()) {
      int all = nodes.values().stream().mapToInt(node -> node.used(function.uid())).sum();
      assertTrue(
          all <= function.concurrency(),
          () -> all + " of " + function.name() + " at " + now + "\n" + story);
    }
  }

  // ---- the network

  private Future<PlacesRenewed> send(Node from, RenewPlaces report) {
    Promise<PlacesRenewed> answer = Promise.promise();
    at(1_000, () -> answer.tryFail("not in time"));
    int copies = random.nextInt(20) == 0 ? 2 : 1;
    String to = owners[report.shard()];
    for (int i = 0; i < copies; i++) {
      carry(from.name, to, () -> arrive(to, report, answer));
    }
    return answer.future();
  }

  private void carry(String from, String to, Runnable what) {
    boolean lost = random.nextInt(100) == 0;
    int delay = random.nextInt(100) < 3 ? random.nextInt(4_000) : 1 + random.nextInt(20);
    at(
        delay,
        () -> {
          if (!lost && !isApart(from, to)) {
            what.run();
          }
        });
  }

  private void arrive(String at, RenewPlaces report, Promise<PlacesRenewed> answer) {
    int shard = report.shard();
    if (!owners[shard].equals(at)) {
      carry(at, report.node(), () -> answer.tryFail("moved"));
      return;
    }
    PlaceHome home =
        homes.computeIfAbsent(
            at + shard + "/" + epochs[shard], key -> new PlaceHome(epochs[shard], now * 1_000_000));
    PlaceHome.Decision decision =
        home.renew(
            report,
            uid -> functions.get(uid).concurrency(),
            Set.copyOf(NAMES),
            present(at),
            now * 1_000_000);
    carry(at, report.node(), () -> answer.tryComplete(decision.answer()));
    for (Map.Entry<String, List<PlacesGrant>> moved : decision.moved().entrySet()) {
      Node told = nodes.get(moved.getKey());
      carry(at, told.name, () -> told.places.moved(new PlacesMoved(shard, moved.getValue())));
    }
  }

  /** Who {@code at} hears. */
  private Set<String> present(String at) {
    Set<String> present = new HashSet<>(NAMES);
    present.removeIf(other -> isApart(at, other));
    return present;
  }

  private boolean isApart(String one, String other) {
    return !one.equals(other) && (cut.contains(one) != cut.contains(other) || cut.size() > 1);
  }

  private void at(long delay, Runnable what) {
    events.add(new Event(now + delay, order++, what));
  }

  private void until(long time) {
    while (!events.isEmpty() && events.peek().at() <= time) {
      Event next = events.poll();
      now = next.at();
      next.what().run();
      check();
    }
    now = time;
  }

  private void tell(String what) {
    story.append(now).append(' ').append(what).append('\n');
  }
}
