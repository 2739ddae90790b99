package io.perdure.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.journal.Batch;
import io.perdure.journal.BatchWriter;
import io.perdure.journal.Family;
import io.perdure.journal.Journal;
import io.perdure.journal.StandaloneJournal;
import io.perdure.registry.RegistryStorage;
import io.perdure.store.DataDirectory;
import io.perdure.store.StoreReader;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The registry's store of a data directory, whichever opening of it is the present one: the
 * registry has it opened anew after a failure, and whoever else reads it must not be left with the
 * old one.
 */
record RegistryStore(DataDirectory directory) implements StoreReader, BatchWriter {
  /** Opens it: as the directory has it the first time, anew after that. */
  RegistryStorage.Source source(Vertx vertx, MeterRegistry meters) {
    AtomicBoolean used = new AtomicBoolean();
    return () -> {
      if (used.getAndSet(true)) {
        directory.reopenRegistry();
      }
      return new Opening(this, new StandaloneJournal("registry", this, vertx, meters));
    };
  }

  /** The same, with a journal for packages. */
  RegistryStorage.Source packages(Vertx vertx, MeterRegistry meters) {
    return () -> new Opening(this, new StandaloneJournal("packages", this, vertx, meters));
  }

  private record Opening(RegistryStore store, Journal journal) implements RegistryStorage {
    @Override
    public StoreReader reader() {
      return store;
    }

    @Override
    public void checkpoint(Path to) {
      store.directory.registry().checkpoint(to);
    }
  }

  @Override
  public void write(Batch batch) {
    directory.registry().write(batch);
  }

  @Override
  public byte[] get(Family family, byte[] key) {
    return directory.registry().get(family, key);
  }

  @Override
  public byte[] glance(Family family, byte[] key) {
    return directory.registry().glance(family, key);
  }

  @Override
  public List<byte[]> getAll(Family family, List<byte[]> keys) {
    return directory.registry().getAll(family, keys);
  }

  @Override
  public View view() {
    return directory.registry().view();
  }

  @Override
  public View briefView(int removedMax) {
    return directory.registry().briefView(removedMax);
  }
}
