package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry's store has two journals: that of the registry and that of the packages. */
class TwoWritersTest {
  private static final int EACH = 200;

  @TempDir Path dir;

  @Test
  void everyBatchOfTwoWritersIsWholeAndThere() throws Exception {
    try (StoreShared shared = new StoreShared(Stores.SMALL)) {
      StoreOptions options = StoreOptions.registry(shared);
      Path crashed = dir.resolve("crashed");
      try (Store store = Store.open(dir.resolve("store"), options)) {
        ExecutorService writers = Executors.newFixedThreadPool(2);
        List<Future<?>> done = new ArrayList<>();
        done.add(writers.submit(() -> write(store, Family.REGISTRY, 100)));
        done.add(writers.submit(() -> write(store, Family.CODE, 100_000)));
        for (Future<?> one : done) {
          one.get();
        }
        writers.shutdown();
        assertTrue(writers.awaitTermination(10, TimeUnit.SECONDS));
        Stores.crashImage(dir.resolve("store"), crashed);
      }
      try (Store store = Store.open(crashed, options)) {
        assertThere(store, Family.REGISTRY, 100);
        assertThere(store, Family.CODE, 100_000);
      }
    }
  }

  private static void write(Store store, Family family, int bytes) {
    for (int i = 0; i < EACH; i++) {
      store.write(
          new Batch()
              .put(family, Keys.number(i), new byte[bytes])
              .put(Family.META, Keys.meta(family + "-" + i), Keys.number(i)));
    }
  }

  private static void assertThere(Store store, Family family, int bytes) {
    for (int i = 0; i < EACH; i++) {
      assertArrayEquals(new byte[bytes], store.get(family, Keys.number(i)));
      assertArrayEquals(Keys.number(i), store.get(Family.META, Keys.meta(family + "-" + i)));
    }
  }
}
