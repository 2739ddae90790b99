package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.journal.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicatedDirectoryTest {
  @TempDir Path temp;
  private Path dir;

  @BeforeEach
  void place() {
    dir = temp.resolve("data");
  }

  private ReplicatedDirectory open(int shards, String node) {
    return ReplicatedDirectory.open(dir, shards, Stores.SMALL, node);
  }

  private void assertRefused(int shards, String node, String... words) {
    StoreException refused = assertThrows(StoreException.class, () -> open(shards, node).close());
    for (String word : words) {
      assertTrue(refused.getMessage().contains(word), refused.getMessage());
    }
  }

  private static Formed formed(ReplicatedDirectory by) {
    ClusterMember self = new ClusterMember(by.node(), by.incarnation(), "127.0.0.1", 1, 2, 3);
    ClusterMember other = new ClusterMember("n2", "00000002", "::1", 4, 5, 6);
    return new Formed("id", 3, 7, List.of(other, self));
  }

  @Test
  void storesThatWereOpenedSideBySideAreThoseOfTheDirectory() {
    try (ReplicatedDirectory data = open(3, "n1")) {
      data.shard(1).apply(Stores.put(Family.RECORD, "r", "1"), 1, 1);
      data.registry().apply(Stores.put(Family.REGISTRY, "f", "1"), 1, 1);
    }
    try (ReplicatedDirectory data = open(3, "n1")) {
      data.open(List.of(0, 1));
      assertEquals(1, data.shard(1).applied());
      assertEquals(1, data.registry().applied());
      assertSame(data.shard(0), data.shard(0));
      assertTrue(data.has(0) && !data.has(2));
    }
    try (ReplicatedDirectory data = open(3, "n1")) { // all of them had been closed
      data.open(List.of(0, 1, 2));
    }
  }

  @Test
  void aNewOneHasAnIncarnationOfItsOwnAndBelongsToNothing() {
    String first;
    try (ReplicatedDirectory data = open(2, "n1")) {
      first = data.incarnation();
      assertTrue(first.matches("[0-9a-f]{8}"), first);
      assertEquals("n1", data.node());
      assertEquals(Optional.empty(), data.formed());
      assertTrue(Files.isDirectory(data.raft()) && Files.isDirectory(data.backups()));
    }
    try (ReplicatedDirectory data = open(2, "n1")) {
      assertEquals(first, data.incarnation());
    }
    dir = temp.resolve("another");
    try (ReplicatedDirectory data = open(2, "n1")) {
      assertNotEquals(first, data.incarnation());
    }
  }

  @Test
  void whatItBelongsToIsThereAfterOpeningAgain() {
    Formed formed;
    try (ReplicatedDirectory data = open(2, "n1")) {
      formed = formed(data);
      data.form(formed);
      assertEquals(7, data.epochBase());
    }
    try (ReplicatedDirectory data = open(2, "n1")) {
      assertEquals(Optional.of(formed), data.formed());
      assertEquals(7, data.epochBase());
      assertEquals("n1", data.formed().get().members().get(0).name());
    }
  }

  @Test
  void oneThatBelongsToAClusterBelongsToNoOther() {
    try (ReplicatedDirectory data = open(2, "n1")) {
      Formed formed = formed(data);
      data.form(formed);
      Formed other = new Formed("other", 3, 7, formed.members());
      assertThrows(IllegalArgumentException.class, () -> data.form(other));
      data.form(new Formed("id", 3, 7, formed.members().subList(0, 1))); // a node has gone
      assertEquals(1, data.formed().get().members().size());
    }
  }

  @Test
  void storesAreOpenedOnceAndKeepWhatTheyHave() {
    try (ReplicatedDirectory data = open(3, "n1")) {
      assertFalse(data.has(2));
      Replica shard = data.shard(2);
      assertSame(shard, data.shard(2));
      assertTrue(data.has(2));
      shard.apply(Stores.put(Family.RECORD, "a", "1"), 4, 9);
      data.registry().apply(Stores.put(Family.REGISTRY, "f", "2"), 5, 8);
    }
    try (ReplicatedDirectory data = open(3, "n1")) {
      assertArrayEquals(Stores.bytes("1"), data.shard(2).get(Family.RECORD, Stores.bytes("a")));
      assertEquals(9, data.shard(2).applied());
      assertEquals(4, data.shard(2).term());
      assertArrayEquals(Stores.bytes("2"), data.registry().get(Family.REGISTRY, Stores.bytes("f")));
      assertFalse(data.has(0));
    }
  }

  @Test
  void aStoreThatIsForgottenBeginsAnewWhenItComesBack() {
    try (ReplicatedDirectory data = open(2, "n1")) {
      data.shard(1).apply(Stores.put(Family.RECORD, "a", "1"), 4, 9);
      data.forget(1);
      data.forget(1);
      data.forget(0);
      assertFalse(data.has(1));
      assertEquals(0, data.shard(1).applied());
      assertNull(data.shard(1).get(Family.RECORD, Stores.bytes("a")));
    }
  }

  @Test
  void thatOfAnotherNodeOrOfAnotherNumberOfShardsIsRefused() {
    open(2, "n1").close();
    assertRefused(2, "n2", "belongs to node n1", "cannot be opened as n2");
    assertRefused(3, "n1", "was created with 2 shards", "with 3");
    open(2, "n1").close();
  }

  @Test
  void oneThatStandsAloneIsRefusedAndSaysWhatToDo() {
    DataDirectory.open(dir, 2, Stores.SMALL).close();
    assertRefused(2, "n1", "stands alone", "perdure cluster convert");
    DataDirectory.open(dir, 2, Stores.SMALL).close();
  }

  @Test
  void aNodeThatStandsAloneIsRefusedAndToldWhatToDo() {
    open(2, "n1").close();
    StoreException refused =
        assertThrows(StoreException.class, () -> DataDirectory.open(dir, 2, Stores.SMALL).close());
    assertTrue(refused.getMessage().contains("belongs to node n1"), refused.getMessage());
    assertTrue(refused.getMessage().contains("cluster.enabled=true"), refused.getMessage());
    open(2, "n1").close();
  }

  @Test
  void aFormatFileThatLacksTheNodeIsRefused() throws IOException {
    open(2, "n1").close();
    Path file = dir.resolve("format.json");
    String text = Files.readString(file);
    Files.writeString(file, text.replace("\"incarnation\"", "\"other\""));
    assertRefused(2, "n1", "format.json is damaged");
    Files.writeString(file, text.replaceFirst("\"incarnation\"", "\"formed\" : {}, $0"));
    assertRefused(2, "n1", "format.json is damaged");
  }

  @Test
  void aSecondUseIsRefusedUntilTheFirstHasEnded() {
    try (ReplicatedDirectory data = open(2, "n1")) {
      assertRefused(2, "n1", "already uses " + data.path());
    }
    open(2, "n1").close();
  }

  @Test
  void verificationReadsTheStoresThatAreHere() {
    try (ReplicatedDirectory data = open(3, "n1")) {
      data.shard(1);
      data.registry();
    }
    Verify.Report report = Verify.run(dir, 10);
    assertEquals(List.of(), report.texts());
    assertEquals(2, report.stores());
  }

  @Test
  void itsBackupIsRestoredToANodeThatStandsAloneWithGreaterEpochs() {
    Path backup = temp.resolve("backup");
    try (ReplicatedDirectory data = open(2, "n1")) {
      data.form(formed(data));
      data.registry().apply(Stores.put(Family.REGISTRY, "f", "2"), 3, 8);
      data.shard(0).apply(Stores.put(Family.RECORD, "a", "1"), 12, 9);
      data.shard(1);
      Backup.create(data, backup, () -> Instant.EPOCH);
    }
    Path restored = temp.resolve("restored");
    Backup.restore(backup, restored, () -> Instant.EPOCH);
    try (DataDirectory data = DataDirectory.open(restored, 2, Stores.SMALL)) {
      assertArrayEquals(Stores.bytes("1"), data.shard(0).get(Family.RECORD, Stores.bytes("a")));
      assertArrayEquals(Stores.bytes("2"), data.registry().get(Family.REGISTRY, Stores.bytes("f")));
      assertTrue(data.epoch(0) > 7 + 12, "epoch " + data.epoch(0));
    }
  }

  @Test
  void aBackupOfSomeShardsOnlyIsRefused() {
    Path backup = temp.resolve("backup");
    try (ReplicatedDirectory data = open(2, "n1")) {
      data.shard(1);
      StoreException refused =
          assertThrows(
              StoreException.class, () -> Backup.create(data, backup, () -> Instant.EPOCH));
      assertTrue(refused.getMessage().contains("does not have all shards: 0"));
      assertFalse(Files.exists(backup));
    }
  }
}
