package io.perdure.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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
 */
record Format(
    int version, int shards, String dataId, long epochBase, boolean complete, boolean logged) {
  static final String FILE = "format.json";

  /** The version this program writes, and the newest it reads. */
  static final int VERSION = 2;

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
    if (version > VERSION) {
      throw new StoreException(
          file
              + " has format "
              + version
              + ", this program knows up to "
              + VERSION
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
            json.path("logged").asBoolean());
    if (version < 1 || format.shards < 1 || format.dataId.isEmpty() || format.epochBase < 0) {
      throw new StoreException(file + " is damaged: " + json, null);
    }
    return format;
  }

  void write(Path directory) throws IOException {
    Durable.write(
        directory.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json()));
  }

  ObjectNode json() {
    return JSON.createObjectNode()
        .put("format", version)
        .put("shards", shards)
        .put("dataId", dataId)
        .put("epochBase", epochBase)
        .put("complete", complete)
        .put("logged", logged);
  }

  /** Every store and the log are there: of this version from now on. */
  Format completed() {
    return new Format(VERSION, shards, dataId, epochBase, true, true);
  }
}
