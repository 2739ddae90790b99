package io.perdure.shard;

import static io.perdure.shard.ShardHarness.join;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bus.ExecutorMessages.Run;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.Invocation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bodies that are read past the shard. */
class FetchesTest {
  private static final byte[] RESULT = {1, 2, 3};

  private ShardHarness shard;
  private Context context;
  private Fetches fetches;
  private Invocation ended;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    shard = new ShardHarness(directory);
    context = shard.vertx.getOrCreateContext();
    fetches = shard.fetches();
    ended = end();
  }

  @AfterEach
  void close() throws Exception {
    shard.close();
  }

  private Invocation end() throws Exception {
    Run run = shard.running();
    shard.executor.succeeded(run, RESULT);
    shard.settle();
    return shard.get(run.invocation().id());
  }

  @Test
  void allThatATurnAsksForIsReadInItsOrder() throws Exception {
    Invocation other = end();
    List<byte[]> read =
        onContext(
            () ->
                all(
                    List.of(
                        fetches.body(shard.glance(), ended, Part.RESULT),
                        fetches.body(shard.glance(), other, Part.PAYLOAD),
                        fetches.body(shard.glance(), ended, Part.PAYLOAD))));
    assertArrayEquals(RESULT, read.get(0));
    assertArrayEquals(shard.glance().body(other, Part.PAYLOAD), read.get(1));
    assertArrayEquals(shard.glance().body(ended, Part.PAYLOAD), read.get(2));
  }

  @Test
  void moreThanAJobHoldsIsReadByTheNextOnes() throws Exception {
    int many = 2 * Fetches.AT_ONCE_MAX + 1;
    List<byte[]> read = onContext(() -> all(results(many)));
    assertEquals(many, read.size());
    read.forEach(result -> assertArrayEquals(RESULT, result));
  }

  @Test
  void whatIsNotThereIsLeftToTheShard() throws Exception {
    assertNull(onContext(() -> fetches.body(shard.glance(), ended, Part.LOG)));
  }

  @Test
  void whatIsAskedForOutsideOfAnyContextIsLeftToTheShard() {
    assertNull(fetches.body(shard.glance(), ended, Part.RESULT).result());
  }

  @Test
  void whatIsTooMuchIsLeftToTheShard() throws Exception {
    CountDownLatch free = shard.occupyScans();
    Future<byte[]> oneMore =
        Future.future(
            done ->
                context.runOnContext(
                    turn -> {
                      results(Fetches.WAITING_MAX);
                      Future<byte[]> last = fetches.body(shard.glance(), ended, Part.RESULT);
                      assertTrue(last.isComplete());
                      last.onComplete(done);
                    }));
    assertNull(join(oneMore));
    free.countDown();
  }

  @Test
  void whatTheStoreNoLongerReadsIsLeftToTheShard() throws Exception {
    Glance before = shard.glance();
    shard.restart();
    assertNull(onContext(() -> fetches.body(before, ended, Part.RESULT)));
  }

  private List<Future<byte[]>> results(int count) {
    List<Future<byte[]>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(fetches.body(shard.glance(), ended, Part.RESULT));
    }
    return all;
  }

  private static Future<List<byte[]>> all(List<Future<byte[]>> futures) {
    return Future.all(futures).map(done -> done.<byte[]>list());
  }

  private <T> T onContext(Supplier<Future<T>> work) throws Exception {
    Promise<T> done = Promise.promise();
    context.runOnContext(turn -> work.get().onComplete(done));
    return join(done.future());
  }
}
