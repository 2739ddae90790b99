package io.perdure.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.journal.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Copies of a whole data directory, made while it is in use. A backup has a checkpoint of every
 * store, laid out like a data directory, and {@code manifest.json}, which is written last: without
 * it there is no backup. Calls block on the disk.
 */
public final class Backup {
  static final String MANIFEST = "manifest.json";

  private Backup() {}

  /**
   * Makes a backup in {@code target}, which must not exist. Each store is consistent in itself; the
   * registry is copied last, so that it knows every function an invocation refers to. What fails
   * half-way leaves a directory without manifest, to be removed by hand.
   */
  public static void create(DataDirectory from, Path target, InstantSource clock) {
    create(from.format(), from::shard, from.registry(), Meta.boots(), target, clock);
  }

  /**
   * As {@link #create(DataDirectory, Path, InstantSource)}, of a node of a cluster that has all
   * shards. What is restored from it is the directory of a node that stands alone, which can be
   * converted. A shard that another node leads may lack what was committed a moment before.
   *
   * @throws StoreException when some shards are on other nodes only
   */
  public static void create(ReplicatedDirectory from, Path target, InstantSource clock) {
    for (int shard = 0; shard < from.shards(); shard++) {
      if (!from.has(shard)) {
        throw new StoreException(
            "this node, " + from.node() + ", does not have all shards: " + shard + " is elsewhere",
            null);
      }
    }
    create(
        from.format().alone(),
        shard -> from.shard(shard).store(),
        from.registry().store(),
        Meta.appliedTerm(),
        target,
        clock);
  }

  /**
   * Makes it.
   *
   * @param openings name of the number in each store that its epochs go up to, above the base
   */
  private static void create(
      Format format,
      IntFunction<Store> shards,
      Store registry,
      byte[] openings,
      Path target,
      InstantSource clock) {
    try {
      if (Files.exists(target)) {
        throw new StoreException("the backup's directory " + target + " exists already", null);
      }
      Files.createDirectories(target.resolve("shards"));
      ObjectNode manifest = format.json();
      manifest.put("createdAt", clock.instant().toString());
      ArrayNode stores = manifest.putArray("stores");
      for (int shard = 0; shard < format.shards(); shard++) {
        copy(shards.apply(shard), openings, target, Place.shard(target, shard), stores);
      }
      copy(registry, openings, target, Place.registry(target), stores);
      Durable.syncDirectory(target.resolve("shards"));
      Durable.write(
          target.resolve(MANIFEST),
          Format.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
    } catch (IOException e) {
      throw new StoreException("backup to " + target + " failed: " + e, e);
    }
  }

  private static void copy(Store store, byte[] openings, Path target, Path place, ArrayNode stores)
      throws IOException {
    store.checkpoint(place);
    ObjectNode entry = stores.addObject();
    entry.put("path", target.relativize(place).toString());
    entry.put("boots", Meta.number(store.get(Family.META, openings)));
    ObjectNode files = entry.putObject("files");
    try (Stream<Path> list = Files.list(place)) {
      for (Path file : list.sorted().toList()) {
        files.put(file.getFileName().toString(), Files.size(file));
      }
    }
  }

  /**
   * Makes a data directory in {@code to}, which must be empty or absent, from the backup in {@code
   * from}, and reads it once to compare all checksums. Its fencing epochs are greater than any used
   * before, in the backed-up directory and in earlier restores alike: the base is raised to the
   * present time in seconds, and nobody opens a directory more than once a second.
   *
   * @throws StoreException when the backup is not complete or damaged
   */
  public static void restore(Path from, Path to, InstantSource clock) {
    try {
      JsonNode manifest = readManifest(from);
      Format format = Format.of(manifest, from.resolve(MANIFEST));
      if (Files.exists(to) && (!Files.isDirectory(to) || !Durable.isEmpty(to))) {
        throw new StoreException("cannot restore to " + to + ": it is not empty", null);
      }
      long boots = 0;
      for (String store : storesOf(format.shards())) {
        JsonNode entry = entryOf(manifest, store);
        boots = Math.max(boots, entry.path("boots").asLong());
        check(from.resolve(store), entry.path("files"));
      }
      for (String store : storesOf(format.shards())) {
        take(from.resolve(store), to.resolve(store), entryOf(manifest, store).path("files"));
      }
      verify(to, format.shards());
      Durable.syncDirectory(to.resolve("shards"));
      long base = Math.max(format.epochBase() + boots + 1, clock.millis() / 1000);
      new Format(format.version(), format.shards(), format.dataId(), base, true, false, null)
          .write(to);
    } catch (IOException e) {
      throw new StoreException("restore of " + from + " to " + to + " failed: " + e, e);
    }
  }

  private static JsonNode readManifest(Path from) throws IOException {
    Path file = from.resolve(MANIFEST);
    if (!Files.exists(file)) {
      throw new StoreException(
          from + " has no " + MANIFEST + ": it is no backup, or one that did not end", null);
    }
    try {
      return Format.JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new StoreException(file + " is damaged: " + e.getOriginalMessage(), e);
    }
  }

  private static List<String> storesOf(int shards) {
    Path root = Path.of("");
    return Stream.concat(
            Stream.iterate(0, shard -> shard + 1)
                .limit(shards)
                .map(shard -> Place.shard(root, shard)),
            Stream.of(Place.registry(root)))
        .map(Path::toString)
        .toList();
  }

  private static JsonNode entryOf(JsonNode manifest, String store) {
    for (JsonNode entry : manifest.path("stores")) {
      if (entry.path("path").asText().equals(store) && entry.path("files").size() > 0) {
        return entry;
      }
    }
    throw new StoreException("the backup's manifest does not have the store " + store, null);
  }

  private static void check(Path place, JsonNode files) throws IOException {
    for (var file : files.properties()) {
      Path path = place.resolve(file.getKey());
      long expected = file.getValue().asLong();
      if (!Files.isRegularFile(path) || Files.size(path) != expected) {
        throw new StoreException(
            "the backup is damaged: " + path + " is missing or has not " + expected + " bytes",
            null);
      }
    }
  }

  private static void take(Path from, Path to, JsonNode files) throws IOException {
    Files.createDirectories(to);
    for (var file : files.properties()) {
      Path source = from.resolve(file.getKey());
      Path target = to.resolve(file.getKey());
      // Table files never change, so a link will do; the others are written on.
      if (!file.getKey().endsWith(".sst") || !link(source, target)) {
        Files.copy(source, target);
        Durable.syncFile(target);
      }
    }
    Durable.syncDirectory(to);
  }

  private static boolean link(Path source, Path target) {
    try {
      Files.createLink(target, source);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false; // another disk, or one that has no links: copied instead
    }
  }

  private static void verify(Path to, int shards) {
    try (StoreShared shared = new StoreShared(StoreConfig.DEFAULT)) {
      for (String store : storesOf(shards)) {
        StoreOptions options =
            store.equals("registry") ? StoreOptions.registry(shared) : StoreOptions.shard(shared);
        try (Store opened = Store.open(to.resolve(store), options.forReading())) {
          opened.verifyChecksums();
        }
      }
    }
  }
}
