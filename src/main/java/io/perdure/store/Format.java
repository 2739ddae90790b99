package io.perdure.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * The file {@code format.json}: what a data directory is.
 *
 * @param version of the layout and of everything in it
 * @param shards fixed when the directory was created
 * @param dataId random, identifies the data, also after a restore
 * @param epochBase a store's fencing epoch is this plus its boots
 * @param complete false until every store has been made: only before that may one be missing
 * @param logged true once the log has been begun: after that it must not be missing. A restored
 *     directory, and one of version 1, whose stores have logs of their own, begins without
 * @param cluster whose node has the directory; null for a node that stands alone
 */
record Format(
    int version,
    int shards,
    String dataId,
    long epochBase,
    boolean complete,
    boolean logged,
    OfNode cluster) {
  static final String FILE = "format.json";

  /** The version this program writes for a node that stands alone. */
  static final int VERSION = 2;

  /** The version of the directory of a node of a cluster, and the newest this program reads. */
  static final int CLUSTER_VERSION = 3;

  /**
   * The node of a cluster.
   *
   * @param name of the node
   * @param incarnation random id of this directory, 8 hexadecimal digits
   * @param formed null until the node has become part of a cluster
   */
  record OfNode(String name, String incarnation, Formed formed) {}

  static final ObjectMapper JSON = new ObjectMapper();

  /** Reads the file of {@code directory}; a newer version or a broken file is refused. */
  static Format read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    JsonNode json;
    try {
      json = JSON.readTree(Files.readAllBytes(file));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new StoreException(file + " is damaged: " + e.getOriginalMessage(), e);
    }
    return of(json, file);
  }

  static Format of(JsonNode json, Path file) {
    int version = json.path("format").asInt();
    if (version > CLUSTER_VERSION) {
      throw new StoreException(
          file
              + " has format "
              + version
              + ", this program knows up to "
              + CLUSTER_VERSION
              + ": it was written by a newer one",
          null);
    }
    Format format =
        new Format(
            version,
            json.path("shards").asInt(),
            json.path("dataId").asText(),
            json.path("epochBase").asLong(-1),
            json.path("complete").asBoolean(),
            json.path("logged").asBoolean(),
            ofNode(json.path("cluster")));
    if (version < 1
        || format.shards < 1
        || format.dataId.isEmpty()
        || format.epochBase < 0
        || (version == CLUSTER_VERSION) != (format.cluster != null)) {
      throw new StoreException(file + " is damaged: " + json, null);
    }
    return format;
  }

  /** Null for what is none, in whole or in part. */
  private static OfNode ofNode(JsonNode json) {
    String name = json.path("node").asText();
    String incarnation = json.path("incarnation").asText();
    Formed formed = Formed.of(json.path("formed")).orElse(null);
    boolean whole =
        !name.isEmpty() && !incarnation.isEmpty() && json.has("formed") == (formed != null);
    return whole ? new OfNode(name, incarnation, formed) : null;
  }

  void write(Path directory) throws IOException {
    Durable.write(
        directory.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json()));
  }

  ObjectNode json() {
    ObjectNode json =
        JSON.createObjectNode()
            .put("format", version)
            .put("shards", shards)
            .put("dataId", dataId)
            .put("epochBase", epochBase)
            .put("complete", complete)
            .put("logged", logged);
    if (cluster != null) {
      ObjectNode node = json.putObject("cluster");
      node.put("node", cluster.name).put("incarnation", cluster.incarnation);
      if (cluster.formed != null) {
        node.set("formed", cluster.formed.json());
      }
    }
    return json;
  }

  /** A new one, of a node that stands alone. */
  static Format standalone(int shards) {
    return new Format(VERSION, shards, UUID.randomUUID().toString(), 0, false, false, null);
  }

  /** A new one, of the node {@code name} of a cluster. */
  static Format ofCluster(int shards, String name) {
    OfNode node = new OfNode(name, newIncarnation(), null);
    return new Format(CLUSTER_VERSION, shards, UUID.randomUUID().toString(), 0, false, false, node);
  }

  static String newIncarnation() {
    return String.format("%08x", new SecureRandom().nextInt());
  }

  /** Every store and the log are there: of this version from now on. */
  Format completed() {
    return new Format(VERSION, shards, dataId, epochBase, true, true, cluster);
  }

  /** The same data in a directory of a node that stands alone. */
  Format alone() {
    return new Format(VERSION, shards, dataId, epochBase, true, false, null);
  }

  /** The stores have everything, and there is no log any more. */
  Format withoutLog(long newEpochBase) {
    return new Format(version, shards, dataId, newEpochBase, complete, false, cluster);
  }

  /** Of the node {@code name} with {@code incarnation}, which belongs to {@code formed}. */
  Format formed(String name, String incarnation, Formed formed) {
    return new Format(
        CLUSTER_VERSION,
        shards,
        dataId,
        formed.epochBase(),
        true,
        false,
        new OfNode(name, incarnation, formed));
  }
}
