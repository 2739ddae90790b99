package io.perdure.chaos;

import io.perdure.chaos.Schedule.Step;
import io.perdure.crash.FunctionLedger;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Does to the nodes what the schedule says, undoes it, and waits until all serve again. */
final class Faulter {
  private static final Duration SERVES_AT_MOST = Duration.ofSeconds(90);
  private static final Duration SPACE_AGAIN_AT_MOST = Duration.ofSeconds(20);
  private static final String LOG_SEGMENT = "log_inprogress_";
  private static final int BALLAST_PIECE = 1 << 20;

  private final List<Member> members;
  private final Machine machine;
  private final Callers callers;
  private final Findings findings;

  /** Who led which shard before the present fault; any node takes a submit for any of them. */
  private Map<Integer, String> owners = Map.of();

  Faulter(List<Member> members, Machine machine, Callers callers, Findings findings) {
    this.members = members;
    this.machine = machine;
    this.callers = callers;
    this.findings = findings;
  }

  /** One fault from its beginning until all is well again. */
  Incident apply(Step step) throws Exception {
    Random random = new Random(step.choice());
    owners = Groups.owners(members);
    Incident incident =
        switch (step.fault()) {
          case KILL_FOLLOWER -> kill(step, List.of(follower(step, random)));
          case KILL_LEADER -> kill(step, List.of(leader(step)));
          case KILL_ALL -> kill(step, shuffled(random));
          case PAUSE -> pause(step);
          case CUT_ONE -> cut(step, List.of(step.node()));
          case CUT_HALVES -> cut(step, half(step, random));
          case ONE_WAY -> loseOneWay(step, random);
          case LOSSY, SLOW -> spoilLinks(step, random);
          case FULL_DISK -> fillDisk(step, random);
          case CORRUPT_LOG -> corruptLog(step, random);
          case CLOCK_JUMP -> moveClock(step, random);
        };
    return incident;
  }

  // Processes.

  private Incident kill(Step step, List<Integer> victims) throws Exception {
    long start = System.nanoTime();
    for (int victim : victims) {
      members.get(victim).kill();
    }
    Wait.pause(step.holdMillis());
    long end = System.nanoTime();
    for (int victim : victims) {
      members.get(victim).start();
    }
    return over(step.fault(), victims, Set.of(), start, end);
  }

  private Incident pause(Step step) throws Exception {
    Member member = members.get(step.node());
    long start = System.nanoTime();
    member.pause();
    try {
      Wait.pause(step.holdMillis());
    } finally {
      member.resume();
    }
    return over(step.fault(), List.of(step.node()), Set.of(), start, System.nanoTime());
  }

  // Links.

  private Incident cut(Step step, List<Integer> side) throws Exception {
    List<Integer> other = IntStream.range(0, members.size()).boxed().toList();
    other = other.stream().filter(node -> !side.contains(node)).toList();
    long before = System.nanoTime();
    machine.network().cut(side, other);
    long start = System.nanoTime();
    note("cut: " + names(side) + " from " + names(other));
    Wait.pause(step.holdMillis());
    long end = System.nanoTime();
    note("heals");
    machine.network().heal();
    Set<String> minority = new HashSet<>();
    for (List<Integer> each : List.of(side, other)) {
      if (2 * each.size() <= members.size()) {
        minority.addAll(names(each));
      }
    }
    Incident cut = over(step.fault(), side, minority, start, end);
    Set<String> troubled = minority.isEmpty() ? Set.copyOf(names(side)) : minority;
    // whoever was on its way while the cut was being made is excused as well
    return new Incident(
        step.fault(),
        troubled,
        minority,
        owners,
        Math.max(before, cut.startNanos()),
        cut.endNanos(),
        cut.overNanos(),
        cut.levelNanos());
  }

  private List<Integer> half(Step step, Random random) {
    List<Integer> nodes = shuffled(random);
    nodes.remove(Integer.valueOf(leader(step)));
    nodes.add(0, leader(step));
    return List.copyOf(nodes.subList(0, Math.max(1, members.size() / 2)));
  }

  private Incident loseOneWay(Step step, Random random) throws Exception {
    int from = step.node();
    int to = (from + 1 + random.nextInt(members.size() - 1)) % members.size();
    long start = System.nanoTime();
    machine.network().lose(from, to, 1);
    note("lost from now on: " + names(List.of(from)) + " to " + names(List.of(to)));
    return healed(step, start, List.of(from, to));
  }

  private Incident spoilLinks(Step step, Random random) throws Exception {
    long start = System.nanoTime();
    double share = 0.05 + random.nextDouble() * (step.fault() == Fault.SLOW ? 0.05 : 0.15);
    machine.network().loseEverywhere(share);
    if (step.fault() == Fault.SLOW) {
      machine.network().delayEverywhere(50 + random.nextInt(150));
    }
    note("all links lose a share of " + share + (step.fault() == Fault.SLOW ? ", slowly" : ""));
    return healed(step, start, all());
  }

  private Incident healed(Step step, long start, List<Integer> troubled) throws Exception {
    Wait.pause(step.holdMillis());
    long end = System.nanoTime();
    note("heals");
    machine.network().heal();
    return over(step.fault(), troubled, Set.of(), start, end);
  }

  // Disks and clocks.

  /** To the last byte, or to less than the node wants to be free. */
  private Incident fillDisk(Step step, Random random) throws Exception {
    Member member = members.get(step.node());
    Path ballast = member.place().data().resolve("ballast");
    boolean whole = random.nextBoolean();
    long start = System.nanoTime();
    member.note("its disk is being filled" + (whole ? " to the last byte" : ""));
    long left = whole ? 0 : 32L << 20;
    byte[] piece = new byte[BALLAST_PIECE];
    try (var file = Files.newOutputStream(ballast)) {
      while (Files.getFileStore(ballast).getUsableSpace() > left) {
        file.write(piece);
      }
    } catch (IOException full) {
      member.note("full: " + full.getMessage());
    }
    try {
      Wait.pause(step.holdMillis());
    } finally {
      Files.delete(ballast);
    }
    long end = System.nanoTime();
    member.note("its disk has space again");
    if (!Wait.until(SPACE_AGAIN_AT_MOST, () -> serves(member) && isLevel())) {
      findings.violation("a node does not use space that is free again", logOf(member));
      member.kill();
      member.start();
    }
    return over(step.fault(), List.of(step.node()), Set.of(), start, end);
  }

  private Incident corruptLog(Step step, Random random) throws Exception {
    int victim = step.node();
    Member member = members.get(victim);
    long start = System.nanoTime();
    member.kill();
    // What it alone has with a leader must be elsewhere before it forgets it: one fault at a time.
    awaitServing(others(victim));
    Wait.pause(step.holdMillis());
    Path segment = newestSegment(member.place().data());
    Path whole = member.place().directory().resolve("segment");
    if (segment == null) {
      findings.count("logs that had nothing to damage", 1);
    } else {
      Files.copy(segment, whole, StandardCopyOption.REPLACE_EXISTING);
      member.note(damage(segment, random));
    }
    long end = System.nanoTime();
    member.start();
    boolean decides = Wait.until(SERVES_AT_MOST, () -> serves(member) || !member.isAlive());
    if (!decides) {
      findings.violation("neither serves nor refuses a damaged log", logOf(member));
    }
    if (!member.isAlive()) {
      findings.count("nodes that refused a damaged log", 1);
      awaitServing(others(victim));
      member.note("its disk gives back what it had lost");
      Files.copy(whole, segment, StandardCopyOption.REPLACE_EXISTING);
      member.start();
    }
    return over(step.fault(), List.of(victim), Set.of(), start, end);
  }

  private static Path newestSegment(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      Path newest = null;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean segment = file.getFileName().toString().startsWith(LOG_SEGMENT);
        if (segment && Files.size(file) > 0 && (newest == null || isNewer(file, newest))) {
          newest = file;
        }
      }
      return newest;
    }
  }

  private static boolean isNewer(Path one, Path other) throws IOException {
    return Files.getLastModifiedTime(one).compareTo(Files.getLastModifiedTime(other)) > 0;
  }

  /** As a disk might leave it: shortened, or with other bytes at its end. */
  private static String damage(Path segment, Random random) throws IOException {
    try (var file = new RandomAccessFile(segment.toFile(), "rw")) {
      int last = (int) Math.min(1 + random.nextInt(64), file.length());
      if (random.nextBoolean()) {
        file.setLength(file.length() - last);
        return segment + " lost its last " + last + " bytes";
      }
      byte[] noise = new byte[last];
      random.nextBytes(noise);
      file.seek(file.length() - last);
      file.write(noise);
      return segment + " has other bytes in the place of its last " + last;
    }
  }

  /**
   * A little ahead or far behind, and right again. Not far ahead: what was asked to happen in a
   * second would then wait for as long as the clock was ahead.
   */
  private Incident moveClock(Step step, Random random) throws Exception {
    Member member = members.get(step.node());
    long[] jumps = {-3_600_000, -60_000, -5_000, 5_000, 20_000};
    long jump = jumps[random.nextInt(jumps.length)];
    long start = System.nanoTime();
    member.note("its clock jumps by " + jump + " ms");
    SkewedClock.set(Machine.skew(member), jump);
    Wait.pause(step.holdMillis());
    long end = System.nanoTime();
    member.note("its clock is right again");
    SkewedClock.set(Machine.skew(member), 0);
    // It is no reason to run anything twice.
    return over(step.fault(), List.of(), Set.of(), start, end);
  }

  // Afterwards.

  private Incident over(
      Fault fault, List<Integer> troubled, Set<String> minority, long start, long end)
      throws Exception {
    awaitServing(members);
    long over = System.nanoTime();
    if (!Wait.until(SERVES_AT_MOST, this::isLevel)) {
      String groups = members.get(0).endpoint().get("/v1/cluster").text();
      findings.violation("replicas do not catch up", fault.word() + ": " + groups);
    }
    return new Incident(
        fault, Set.copyOf(names(troubled)), minority, owners, start, end, over, System.nanoTime());
  }

  private boolean isLevel() throws InterruptedException {
    return members.size() == 1 || Groups.areLevel(members.get(0).endpoint());
  }

  /** Waits until each of them has taken a submit. */
  void awaitServing(List<Member> which) throws Exception {
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    for (Member member : which) {
      all.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return Wait.until(SERVES_AT_MOST, () -> serves(member));
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }));
    }
    for (int i = 0; i < which.size(); i++) {
      if (!all.get(i).get()) {
        findings.violation("does not serve again", logOf(which.get(i)));
        throw new IOException(which.get(i).name() + " does not serve again; see its log");
      }
    }
  }

  private boolean serves(Member member) throws InterruptedException {
    return member.endpoint().isReady() && probe(member.endpoint());
  }

  /** A submit with a key, so to any shard, through that node. */
  private boolean probe(Endpoint endpoint) throws InterruptedException {
    int seq = callers.nextSeq();
    Request submit =
        Request.submit(seq, "probe-" + seq, Map.of(), FunctionLedger.payload(seq, 0, 0));
    return submit.send(endpoint, callers.history()).op().accepted();
  }

  private static String logOf(Member member) {
    return member.name() + ", " + member.place().log() + "\n" + member.logEnd();
  }

  // Who.

  /** Index of the node that leads the shard in question; the step's node where that is unknown. */
  private int leader(Step step) {
    if (owners.isEmpty()) {
      return step.node();
    }
    List<String> names = new ArrayList<>(owners.values());
    String name = names.get(step.shard() % names.size());
    return all().stream().filter(i -> members.get(i).name().equals(name)).findFirst().orElseThrow();
  }

  private int follower(Step step, Random random) {
    List<Integer> nodes = shuffled(random);
    nodes.remove(Integer.valueOf(leader(step)));
    return nodes.get(0);
  }

  private List<Integer> all() {
    return IntStream.range(0, members.size()).boxed().toList();
  }

  private List<Integer> shuffled(Random random) {
    List<Integer> nodes = new ArrayList<>(all());
    Collections.shuffle(nodes, random);
    return nodes;
  }

  private List<Member> others(int victim) {
    return members.stream().filter(member -> member != members.get(victim)).toList();
  }

  private List<String> names(List<Integer> nodes) {
    return nodes.stream().map(node -> members.get(node).name()).toList();
  }

  private void note(String what) throws IOException {
    for (Member member : members) {
      member.note(what);
    }
  }
}
