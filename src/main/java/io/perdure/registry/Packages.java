package io.perdure.registry;

import io.perdure.bus.CodeMessages.Upload;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.registry.PackageRecords.Finished;
import io.perdure.registry.PackageRecords.StoredPackage;
import io.perdure.store.Keys;
import io.perdure.store.StoreReader;
import io.perdure.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The stored code packages, in memory but for their bytes. Read and claimed from any thread;
 * changed by {@link PackageVerticle} alone, which shows here only what is committed, in a cluster
 * by whichever node.
 */
public final class Packages implements CodeClaims {
  private final Registry registry;
  private final StoreReader store;
  private final Clock clock;
  private final long keepMillis;

  /** Guarded by this. */
  private final Map<String, Entry> entries = new TreeMap<>();

  private static final class Entry {
    private StoredPackage stored;

    /** Not to be collected before, in milliseconds since the epoch. */
    private long neededUntil;

    /** Hidden, since it is being removed. */
    private boolean leaving;
  }

  /**
   * Empty at first.
   *
   * @param registry knows which packages functions refer to
   * @param store of the registry
   */
  public Packages(Registry registry, StoreReader store, Clock clock, CodeConfig config) {
    this.registry = registry;
    this.store = store;
    this.clock = clock;
    keepMillis = config.keepUnused().toMillis();
  }

  @Override
  public synchronized boolean claim(CodeRef code) {
    Entry entry = entries.get(code.sha256());
    if (entry == null || entry.leaving || !entry.stored.code().equals(code)) {
      return false;
    }
    entry.neededUntil = clock.millis() + keepMillis;
    return true;
  }

  @Override
  public Optional<String> problem(Managed runtime) {
    if (runtime.code() == null || find(runtime.code().sha256()).isEmpty()) {
      return Optional.empty();
    }
    return PackageRecords.files(store, runtime.code().sha256())
        .flatMap(files -> HandlerFiles.problem(runtime, files));
  }

  /** The package with that hash, whoever uses it. */
  Optional<CodeRef> find(String sha256) {
    return stored(sha256).map(StoredPackage::code);
  }

  synchronized Optional<StoredPackage> stored(String sha256) {
    return Optional.ofNullable(entries.get(sha256))
        .filter(entry -> !entry.leaving)
        .map(entry -> entry.stored);
  }

  /** The package with that hash, if a function of the account uses it or it was uploaded lately. */
  Optional<CodeRef> find(String account, String sha256) {
    return stored(sha256)
        .filter(
            stored ->
                registry.accountUsesCode(account, sha256)
                    || remembered(stored.uploads().get(account)))
        .map(StoredPackage::code);
  }

  private boolean remembered(Finished upload) {
    return upload != null && upload.finishedAt() + keepMillis > clock.millis();
  }

  /** The finished uploads of an account that are remembered. */
  synchronized List<Upload> finished(String account) {
    List<Upload> found = new ArrayList<>();
    for (Entry entry : entries.values()) {
      Finished upload = entry.stored.uploads().get(account);
      if (!entry.leaving && remembered(upload)) {
        CodeRef code = entry.stored.code();
        found.add(
            new Upload(
                upload.id(),
                code.bytes(),
                code.bytes(),
                code,
                upload.startedAt(),
                upload.finishedAt()));
      }
    }
    return found;
  }

  /** Those of them whose package no function of the account uses yet. */
  List<Upload> unused(String account) {
    return finished(account).stream()
        .filter(upload -> !registry.accountUsesCode(account, upload.code().sha256()))
        .toList();
  }

  /** The same package without the uploads that are not remembered any more. */
  StoredPackage pruned(StoredPackage stored) {
    Map<String, Finished> kept = new TreeMap<>(stored.uploads());
    kept.values().removeIf(upload -> !remembered(upload));
    return new StoredPackage(stored.code(), stored.createdAt(), kept);
  }

  /** Makes a package visible, or what has changed of it. */
  synchronized void show(StoredPackage stored) {
    Entry entry = entries.computeIfAbsent(stored.code().sha256(), hash -> new Entry());
    entry.stored = stored;
    entry.leaving = false;
    entry.neededUntil = clock.millis() + keepMillis;
  }

  /** Hides a package for good. */
  synchronized void hide(String sha256) {
    entries.remove(sha256);
  }

  /** Shows again what was to be removed and has not been, as far as it is known to be there. */
  synchronized void stay(List<CodeRef> unused) {
    for (CodeRef code : unused) {
      Entry entry = entries.get(code.sha256());
      if (entry != null) {
        entry.leaving = false;
      }
    }
  }

  /** Keeps all from being collected, as if each had been claimed now. */
  synchronized void needAll() {
    long until = clock.millis() + keepMillis;
    entries.values().forEach(entry -> entry.neededUntil = until);
  }

  /** Shows all that {@code replica} has, and nothing else. */
  synchronized void read(StoreReader replica) {
    List<StoredPackage> stored = new ArrayList<>();
    PackageRecords.load(replica, stored);
    entries
        .keySet()
        .retainAll(stored.stream().map(one -> one.code().sha256()).collect(Collectors.toSet()));
    stored.forEach(this::show);
  }

  /** Shows what has become of packages by a batch that was applied. */
  synchronized void applied(Batch batch) {
    batch.forEach(
        new Batch.Visitor() {
          @Override
          public void put(Family family, byte[] key, byte[] value) {
            if (family == Family.CODE && Keys.isCode(key)) {
              show(PackageRecords.decode(PackageRecords.sha256(key), value));
            }
          }

          @Override
          public void delete(Family family, byte[] key) {
            if (family == Family.CODE && Keys.isCode(key)) {
              hide(PackageRecords.sha256(key));
            }
          }
        });
  }

  /**
   * Hides, and returns, at most {@code most} packages that nobody needs any more: each is to be
   * hidden for good, or to stay, in the end.
   */
  synchronized List<CodeRef> takeUnused(int most) {
    long now = clock.millis();
    List<CodeRef> unused = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (registry.usesCode(entry.stored.code().sha256())) {
        entry.neededUntil = now + keepMillis; // attempts may still begin when no function does
      } else if (entry.neededUntil <= now && !entry.leaving && unused.size() < most) {
        entry.leaving = true;
        unused.add(entry.stored.code());
      }
    }
    return unused;
  }

  /** How many there are. */
  public synchronized int count() {
    return (int) entries.values().stream().filter(entry -> !entry.leaving).count();
  }

  /** Bytes of all. */
  public synchronized long bytes() {
    return entries.values().stream()
        .filter(entry -> !entry.leaving)
        .mapToLong(entry -> entry.stored.code().bytes())
        .sum();
  }
}
