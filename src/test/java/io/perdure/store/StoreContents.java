package io.perdure.store;

import io.perdure.invocation.Invocation;
import io.perdure.journal.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the stores of a data directory hold, short enough to be compared with another's. */
public final class StoreContents {
  private static final int DIGITS = 16;

  private StoreContents() {}

  /**
   * Number and digest of the entries by store and family, such as {@code shard 0 RECORD}; a store
   * that is not there is absent. Left out is META, where each replica keeps what is its own.
   *
   * @throws StoreException when a process uses the directory
   */
  public static Map<String, String> of(Path directory) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    DirectoryLock lock = DirectoryLock.shared(directory);
    try (StoreShared shared = new StoreShared(StoreConfig.DEFAULT)) {
      for (int shard = 0; shard < Format.read(directory).shards(); shard++) {
        StoreOptions options = StoreOptions.shard(shared);
        add("shard " + shard, Place.shard(directory, shard), options, contents);
      }
      add("registry", Place.registry(directory), StoreOptions.registry(shared), contents);
    } finally {
      lock.close();
    }
    return contents;
  }

  /**
   * The invocations of a data directory, in the order of their ids shard by shard.
   *
   * @throws StoreException when a process uses the directory
   */
  public static List<Invocation> invocations(Path directory) throws IOException {
    List<Invocation> all = new ArrayList<>();
    DirectoryLock lock = DirectoryLock.shared(directory);
    try (StoreShared shared = new StoreShared(StoreConfig.DEFAULT)) {
      for (int shard = 0; shard < Format.read(directory).shards(); shard++) {
        Path place = Place.shard(directory, shard);
        if (Files.exists(place.resolve("CURRENT"))) {
          StoreOptions options = StoreOptions.shard(shared);
          try (Store store = Store.open(place, options.forReading());
              StoreReader.View view = store.view();
              StoreReader.Scan scan = view.scan(Family.RECORD, null, null, false)) {
            for (; scan.valid(); scan.next()) {
              all.add(RecordCodec.decode(scan.value()));
            }
          }
        }
      }
    } finally {
      lock.close();
    }
    return all;
  }

  private static void add(
      String name, Path place, StoreOptions options, Map<String, String> contents) {
    if (!Files.exists(place)) {
      return;
    }
    try (Store store = Store.open(place, options.forReading());
        StoreReader.View view = store.view()) {
      for (Family family : List.of(Family.values())) {
        if (family != Family.META && store.has(family)) {
          contents.put(name + " " + family, digest(view, family));
        }
      }
    }
  }

  private static String digest(StoreReader.View view, Family family) {
    MessageDigest digest = sha256();
    long entries = 0;
    try (StoreReader.Scan scan = view.scan(family, null, null, false)) {
      for (; scan.valid(); scan.next()) {
        entries++;
        for (byte[] part : Arrays.asList(scan.key(), scan.value())) {
          digest.update((byte) part.length);
          digest.update(part);
        }
      }
    }
    return entries + " entries, " + HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
