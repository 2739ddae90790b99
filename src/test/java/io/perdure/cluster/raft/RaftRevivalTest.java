package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.cluster.raft.TestCluster.TestNode;
import io.perdure.journal.Journal;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.junit.jupiter.api.Test;

/** Members whose disk fails, and takes what is written again later. */
class RaftRevivalTest extends OnCluster {
  /** From now on the log of {@code node} cannot be written, as on a disk without any space. */
  private static void fail(TestNode node) {
    node.full = true;
    try {
      RaftServer.Division division = (RaftServer.Division) in(node.seat().group, "division");
      Object stream = in(in(division.getRaftLog(), "fileLogWorker"), "out");
      ((Channel) in(in(stream, "out"), "fileChannel")).close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Object in(Object object, String field) {
    try {
      Field of = object.getClass().getDeclaredField(field);
      of.setAccessible(true);
      return of.get(object);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static void awaitRest(TestNode node) {
    node.seat().await("a rest", () -> node.seat().group.problem() != null);
  }

  private static void awaitRevival(TestNode node) {
    node.full = false;
    node.seat().await("a revival", () -> node.seat().group.problem() == null);
  }

  /** Through whoever leads, until it is acknowledged. */
  private TestNode put(String key, String value) {
    while (true) {
      TestNode leader = cluster.leader();
      long term = leader.seat().leads();
      if (term > 0) {
        Future<Void> put = leader.seat().group.journal(term).commit(Seat.batch(key, value));
        Seat.get(put.transform(done -> Future.succeededFuture()));
        if (put.succeeded()) {
          return leader;
        }
      }
    }
  }

  @Test
  void aLeaderThatCannotWriteIsFollowedByAnotherAndComesBack() {
    cluster.form("a", "b", "c");
    TestNode full = put("k", "before");
    fail(full);
    TestNode next = put("k", "meanwhile");
    awaitRest(full);
    if (next == full) { // the others had it, and it was told so, before it noticed
      next = put("k", "meanwhile");
    }
    assertNotEquals(full.name, next.name);
    assertNull(full.seat().group.state().leader());
    assertEquals(0, full.seat().group.leading());
    awaitRevival(full);
    full.seat().awaitValue("k", "meanwhile");
    put("k", "after");
    full.seat().awaitValue("k", "after");
  }

  @Test
  void aGroupOfWhichMostCannotWriteGoesOnWithAllItHasAcknowledged() {
    List<TestNode> all = cluster.form("a", "b", "c");
    TestNode leader = put("k", "acknowledged");
    List<TestNode> followers = all.stream().filter(node -> node != leader).toList();
    Journal journal = leader.seat().lead();
    followers.forEach(RaftRevivalTest::fail);
    Future<Void> pending = journal.commit(Seat.batch("l", "in doubt"));
    followers.forEach(RaftRevivalTest::awaitRest);
    assertNotNull(Seat.failure(pending));
    assertTrue(followers.get(0).seat().group.problem() != null);

    followers.forEach(RaftRevivalTest::awaitRevival);
    put("m", "after");
    for (TestNode node : all) {
      node.seat().awaitValue("m", "after");
      assertEquals("acknowledged", node.seat().read("k"));
    }
  }

  @Test
  void aMemberWhoseStoreFailsOpensItAgainAndMissesNothing() {
    List<TestNode> all = cluster.form("a", "b", "c");
    TestNode leader = put("k", "before");
    TestNode failing = all.stream().filter(node -> node != leader).findFirst().orElseThrow();
    failing.seat().awaitValue("k", "before");
    failing.seat().replica.store().abandon();
    put("l", "after");
    failing.seat().awaitValue("l", "after");
    assertEquals("before", failing.seat().read("k"));
    assertNull(failing.seat().group.problem());
  }

  @Test
  void aMemberWhoseVoteWasLostOnAFullDiskVotesNeverTwice() throws Exception {
    List<TestNode> all = cluster.form("a", "b", "c");
    TestNode leader = put("k", "before");
    TestNode failing = all.stream().filter(node -> node != leader).findFirst().orElseThrow();
    fail(failing);
    put("k", "meanwhile");
    awaitRest(failing);
    failing.seat().await("its end", () -> isClosed(failing));
    Path current = segment(failing).getParent();
    for (String file : List.of("raft-meta", "raft-meta.conf")) {
      Files.write(current.resolve(file), new byte[0]);
    }
    long term = failing.seat().group.state().term();
    awaitRevival(failing);
    failing.seat().awaitValue("k", "meanwhile");
    assertTrue(failing.seat().group.state().term() >= term);
    assertEquals(3, failing.seat().group.state().members().size());
    assertFalse(new VoteFile(current.getParent()).isLost());
  }

  private static boolean isClosed(TestNode node) {
    RaftServer.Division division = (RaftServer.Division) in(node.seat().group, "division");
    return division.getInfo().getLifeCycleState() == LifeCycle.State.CLOSED;
  }

  @Test
  void aNodeThatFindsAVoteLostBeginsALaterTerm() throws Exception {
    TestNode alone = cluster.form("a").get(0);
    alone.seat().put("k", "kept");
    long term = alone.seat().leads();
    alone.kill();
    Files.write(segment(alone).resolveSibling("raft-meta"), new byte[0]);
    alone.again().awaitValue("k", "kept");
    alone.seat().lead();
    assertTrue(alone.seat().leads() > term + 1_000_000);
  }

  @Test
  void aMemberThatRestsCanLeave() throws Exception {
    List<TestNode> all = cluster.form("a", "b", "c");
    TestNode leader = put("k", "before");
    TestNode failing = all.stream().filter(node -> node != leader).findFirst().orElseThrow();
    fail(failing);
    put("k", "meanwhile");
    awaitRest(failing);
    failing.leave(TestCluster.GROUP);
    assertNull(segment(failing));
  }

  @Test
  void whatWasHalfWrittenIsCutOffAndNothingElse() throws Exception {
    TestNode alone = cluster.form("a").get(0);
    alone.seat().put("k", "kept");
    long last = alone.seat().replica.applied();
    alone.kill();
    Path segment = segment(alone);
    byte[] whole = Files.readAllBytes(segment);
    Files.write(segment, new byte[] {20, 1, 2, 3, 20, 1, 2, 3}, StandardOpenOption.APPEND);
    Path log = segment.getParent().getParent();

    IOException lost = assertThrows(IOException.class, () -> LogFiles.cut(log, last + 1));
    assertTrue(lost.getMessage().contains("acknowledged"), lost::getMessage);
    LogFiles.cut(log, last);
    assertEquals(whole.length, Files.size(segment));
    LogFiles.rewrite(log);
    alone.again().awaitValue("k", "kept");
  }

  @Test
  void aLogWhoseLastEntryWasNotWrittenWholeIsOpened() throws Exception {
    TestNode alone = cluster.form("a").get(0);
    alone.seat().put("k", "whole");
    alone.seat().put("k", "torn");
    alone.kill();
    try (FileChannel log = FileChannel.open(segment(alone), StandardOpenOption.WRITE)) {
      log.truncate(log.size() - 3);
    }
    alone.again().awaitValue("k", "whole");
    alone.seat().put("k", "after");
  }

  @Test
  void aDamagedLogIsRefusedWithWhatIsWrongWhereAndWhatToDo() throws Exception {
    TestNode alone = cluster.form("a").get(0);
    alone.seat().put("k", "v");
    alone.kill();
    Path segment = segment(alone);
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length - 6] ^= 1;
    Files.write(segment, bytes);
    String said = assertThrows(UncheckedIOException.class, alone::again).getMessage();
    for (String part : List.of("shard-0", segment.toString(), "corrupted", "docs/cluster.md")) {
      assertTrue(said.contains(part), said);
    }
    assertArrayEquals(bytes, Files.readAllBytes(segment));
  }

  private Path segment(TestNode node) throws IOException {
    try (Stream<Path> files = Files.walk(dir.resolve(node.name + "/raft"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("log_inprogress_"))
          .findFirst()
          .orElse(null);
    }
  }
}
