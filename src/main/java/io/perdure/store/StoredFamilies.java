package io.perdure.store;

import io.perdure.journal.Family;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** The families that a store on disk has, by the names that RocksDB keeps of them. Blocks. */
final class StoredFamilies {
  /** Families that stores of the first version did not have. */
  private static final Set<Family> LATER = Collections.unmodifiableSet(EnumSet.of(Family.CODE));

  private StoredFamilies() {}

  /**
   * What the store in {@code dir}, if it is of an older program, cannot have, and reading does not
   * make.
   *
   * @throws StoreException when a newer program wrote it, with families this one does not know
   */
  static Set<Family> absent(Path dir, StoreOptions options) throws RocksDBException {
    Set<Family> absent = EnumSet.noneOf(Family.class);
    if (!Files.exists(dir.resolve("CURRENT"))) {
      return absent;
    }
    Set<String> names = names(dir);
    for (Family family : LATER) {
      if (options.readOnly() && !names.contains(text(nameOf(family)))) {
        absent.add(family);
      }
    }
    return absent;
  }

  /** Stored in the directory: who renames a family keeps its old name here. */
  static byte[] nameOf(Family family) {
    return family.name().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
  }

  private static Set<String> names(Path dir) throws RocksDBException {
    Set<String> names = new HashSet<>();
    try (Options options = new Options()) {
      RocksDB.listColumnFamilies(options, dir.toString()).forEach(name -> names.add(text(name)));
    }
    Set<String> unknown = new HashSet<>(names);
    unknown.remove(text(RocksDB.DEFAULT_COLUMN_FAMILY));
    for (Family family : Family.values()) {
      unknown.remove(text(nameOf(family)));
    }
    if (!unknown.isEmpty()) {
      throw new StoreException(
          "the store in " + dir + " was written by a newer program: it has " + unknown, null);
    }
    return names;
  }

  private static String text(byte[] name) {
    return new String(name, StandardCharsets.UTF_8);
  }
}
