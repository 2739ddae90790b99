package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.Status;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterConversionTest {
  private static final ClusterMember SELF = new ClusterMember("n1", "", "127.0.0.1", 1, 2, 3);
  private static final int RECORDS = 40;

  @TempDir Path temp;
  private Path dir;

  @BeforeEach
  void place() {
    dir = temp.resolve("data");
  }

  private DataDirectory alone() {
    return DataDirectory.open(dir, 2, Stores.SMALL);
  }

  private ReplicatedDirectory replicated() {
    return ReplicatedDirectory.open(dir, 2, Stores.SMALL, "n1");
  }

  /** Opened three times, the last one killed: most of what was committed is in its log only. */
  private void fill() {
    alone().close();
    alone().close();
    Path used = dir;
    Path killed = temp.resolve("killed");
    try (DataDirectory data = alone()) {
      data.registry().write(Stores.put(Family.REGISTRY, "f", "1"));
      for (int i = 0; i < RECORDS; i++) {
        Batch batch = Stores.put(Family.RECORD, "r" + i, "" + i);
        long sequence = data.log().appendNow(i % 2, batch);
        data.shard(i % 2).apply(Stores.put(Family.RECORD, "r" + i, "" + i), sequence);
      }
      Stores.crashImage(used, killed);
    }
    dir = killed;
  }

  private Formed convert() {
    return ClusterConversion.convert(dir, SELF, 3);
  }

  private static String value(StoreReader store, int i) {
    byte[] value = store.get(Family.RECORD, Stores.bytes("r" + i));
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  private void assertHasEverything() {
    try (ReplicatedDirectory data = replicated()) {
      for (int i = 0; i < RECORDS; i++) {
        assertEquals("" + i, value(data.shard(i % 2), i));
      }
      assertArrayEquals(Stores.bytes("1"), data.registry().get(Family.REGISTRY, Stores.bytes("f")));
      for (Replica store : List.of(data.shard(0), data.shard(1), data.registry())) {
        assertEquals(1, store.applied());
        assertEquals(1, store.term());
      }
      assertTrue(data.epochBase() + 1 > 3, "epoch base " + data.epochBase());
    }
  }

  @Test
  void everythingIsThereAndEveryEpochIsGreater() {
    fill();
    Formed formed = convert();
    assertEquals(3, formed.replicas());
    assertEquals("n1", formed.members().get(0).name());
    assertHasEverything();
    try (ReplicatedDirectory data = replicated()) {
      assertEquals(formed, data.formed().orElseThrow());
      assertEquals(data.incarnation(), formed.members().get(0).incarnation());
      assertEquals(formed.epochBase(), data.epochBase());
      assertEquals(3, Meta.number(data.shard(0).get(Family.META, Meta.boots())));
    }
    assertFalse(Files.exists(dir.resolve("log")));
  }

  @Test
  void whatItHadIsWhole() {
    InvocationBuilder next = new RandomInvocations(0, new SplittableRandom(21)).next();
    try (DataDirectory data = alone()) {
      next.epoch = data.epoch(0);
      next.status = Status.RETRYING;
      next.payload = BodyRef.NONE;
      next.result = BodyRef.NONE;
      next.log = BodyRef.NONE;
      Batch batch = new Batch();
      Changes.apply(null, next.build(), batch);
      data.shard(0).apply(batch, data.log().appendNow(0, batch));
    }
    assertEquals(1, Verify.run(dir, 10).records());
    List<String> before = Verify.run(dir, 10).texts();
    convert();
    assertEquals(before, Verify.run(dir, 10).texts());
    assertEquals(1, Verify.run(dir, 10).records());
  }

  @Test
  void oneThatWasRestoredHasGreaterEpochsToo() {
    fill();
    Path backup = temp.resolve("backup");
    try (DataDirectory data = alone()) {
      Backup.create(data, backup, () -> java.time.Instant.ofEpochSecond(1));
    }
    dir = temp.resolve("restored");
    Backup.restore(backup, dir, () -> java.time.Instant.ofEpochSecond(1_000));
    convert();
    try (ReplicatedDirectory data = replicated()) {
      assertTrue(data.epochBase() >= 1_000, "epoch base " + data.epochBase());
    }
    assertHasEverything();
  }

  @Test
  void oneThatWasInterruptedIsRepeatedWhereverItEnded() throws IOException {
    fill();
    Path original = dir;
    // As left before the format says that the log is done with: the stores have what it has.
    dir = copy(original, "applied");
    Format before = Format.read(dir);
    try (StoreShared shared = new StoreShared(Stores.SMALL)) {
      ShardsLog.applyAll(dir, 2, shared);
    }
    convert();
    assertHasEverything();
    // As left when it says so and some stores begin at the place of the group's log.
    dir = copy(original, "numbered");
    convert();
    before.withoutLog(before.epochBase() + 3).write(dir);
    convert();
    assertHasEverything();
    // As left when only the log was still to be removed.
    dir = copy(original, "converted");
    convert();
    Files.createDirectory(dir.resolve("log"));
    assertHasEverything();
  }

  @Test
  void oneThatWasInterruptedCanStillStandAloneWithGreaterEpochs() throws IOException {
    fill();
    Format before = Format.read(dir);
    convert();
    before.withoutLog(before.epochBase() + 3).write(dir);
    try (DataDirectory data = alone()) {
      assertTrue(data.epoch(0) > 3, "epoch " + data.epoch(0));
      for (int i = 0; i < RECORDS; i++) {
        assertEquals("" + i, value(data.shard(i % 2), i));
      }
      data.log();
    }
    convert();
    assertHasEverything();
  }

  @Test
  void oneThatBelongsToAClusterIsRefused() {
    fill();
    convert();
    StoreException refused = assertThrows(StoreException.class, this::convert);
    assertTrue(refused.getMessage().contains("belongs to node n1"), refused.getMessage());
  }

  @Test
  void oneInUseAndOneThatIsNoneAreRefused() {
    fill();
    try (DataDirectory data = alone()) {
      StoreException refused = assertThrows(StoreException.class, this::convert);
      assertTrue(refused.getMessage().contains("already uses " + data.path()));
    }
    dir = temp.resolve("nothing");
    StoreException refused = assertThrows(StoreException.class, this::convert);
    assertTrue(refused.getMessage().contains("no format.json"), refused.getMessage());
    assertFalse(Files.exists(dir));
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = temp.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(
            file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return to;
  }
}
