package io.perdure.registry;

import io.perdure.journal.Journal;
import io.perdure.store.StoreReader;
import java.nio.file.Path;

/** The registry's store, and the journal that commits to it: one opening of it. */
public interface RegistryStorage {
  StoreReader reader();

  Journal journal();

  /** Makes a consistent copy in {@code directory}, which must not exist. Blocking. */
  void checkpoint(Path directory);

  /** Opens it; again after a failure, when the journal of the opening before is closed. */
  @FunctionalInterface
  interface Source {
    /** Opens it. Blocking. Fails with StoreException when it cannot be trusted or written. */
    RegistryStorage open();
  }
}
