package io.perdure.store;

import io.perdure.journal.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a whole data directory and compares what it finds with what the records say it should have:
 * checksums, records, index entries in both directions, counters, bodies, fencing epochs, hashes of
 * code packages. What a crash has left in the log is applied to the stores before, as a start would
 * do; nothing else is changed. Takes about as long as reading everything once.
 */
public final class Verify {
  /**
   * What was found.
   *
   * @param stores stores read
   * @param entries keys by family, over all stores
   * @param problems how many there are in all
   * @param texts the first of them, one sentence each
   */
  public record Report(int stores, Map<Family, Long> entries, long problems, List<String> texts) {
    public Report {
      entries = Map.copyOf(entries);
      texts = List.copyOf(texts);
    }

    /** True when everything is as it should be. */
    public boolean ok() {
      return problems == 0;
    }

    /** Number of invocations. */
    public long records() {
      return entries.getOrDefault(Family.RECORD, 0L);
    }
  }

  /** Collects the findings. */
  static final class Findings {
    private final int textsMax;
    private final Map<Family, Long> entries = new EnumMap<>(Family.class);
    private final List<String> texts = new ArrayList<>();
    private long problems;

    Findings(int textsMax) {
      this.textsMax = textsMax;
    }

    void problem(String text) {
      problems++;
      if (texts.size() < textsMax) {
        texts.add(text);
      }
    }

    void entries(Family family, long count) {
      entries.merge(family, count, Long::sum);
    }
  }

  private Verify() {}

  /**
   * Reads {@code directory}; what is wrong inside is reported, at most {@code textsMax} of it in
   * words.
   *
   * @throws StoreException when a process uses it, or it is no data directory of this version
   */
  public static Report run(Path directory, int textsMax) {
    if (!Files.exists(directory.resolve(Format.FILE))) {
      throw new StoreException(directory + " is no data directory: no " + Format.FILE, null);
    }
    Findings findings = new Findings(textsMax);
    try {
      Format format = Format.read(directory);
      applyLog(directory, format, findings);
      DirectoryLock lock = DirectoryLock.shared(directory);
      try {
        int stores = stores(directory, format, findings);
        return new Report(stores, findings.entries, findings.problems, findings.texts);
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      throw new StoreException("cannot read data directory " + directory + ": " + e, e);
    }
  }

  /** Does what a start would do after a crash, unless there is nothing of it to be done. */
  private static void applyLog(Path directory, Format format, Findings findings)
      throws IOException {
    if (!format.logged()) {
      return;
    }
    DirectoryLock reading = DirectoryLock.shared(directory);
    try (StoreShared shared = new StoreShared(StoreConfig.DEFAULT)) {
      if (ShardsLog.isApplied(directory, format.shards(), shared)) {
        return;
      }
    } catch (StoreException e) {
      findings.problem(e.getMessage());
      return;
    } finally {
      reading.close();
    }
    DirectoryLock writing = DirectoryLock.exclusive(directory);
    try (StoreShared shared = new StoreShared(StoreConfig.DEFAULT)) {
      ShardsLog.applyAll(directory, format.shards(), shared);
    } finally {
      writing.close();
    }
  }

  private static int stores(Path directory, Format format, Findings findings) {
    int stores = 0;
    try (StoreShared shared = new StoreShared(StoreConfig.DEFAULT)) {
      for (int shard = 0; shard < format.shards(); shard++) {
        int number = shard;
        Path place = Place.shard(directory, shard);
        if (format.cluster() != null && !Files.exists(place)) {
          continue; // placed on other nodes
        }
        stores +=
            read(
                place,
                StoreOptions.shard(shared),
                findings,
                store -> new VerifyShard(number, epoch(format, store), store, findings).run());
      }
      Path registry = Place.registry(directory);
      stores +=
          read(
              registry,
              StoreOptions.registry(shared),
              findings,
              store -> new VerifyCode(store, findings).run());
    }
    return stores;
  }

  /** The greatest that a record may have. */
  private static long epoch(Format format, Store store) {
    byte[] opening = format.cluster() == null ? Meta.boots() : Meta.appliedTerm();
    return format.epochBase() + Meta.number(store.get(Family.META, opening));
  }

  private interface Check {
    void of(Store store);
  }

  /** 1 when the store could be read, else 0. */
  private static int read(Path place, StoreOptions options, Findings findings, Check check) {
    try (Store store = Store.open(place, options.forReading())) {
      store.verifyChecksums();
      check.of(store);
      return 1;
    } catch (StoreException e) {
      findings.problem(e.getMessage());
      return 0;
    }
  }
}
