package io.perdure.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.perdure.bus.CodeMessages;
import io.perdure.invocation.CodeRef;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import io.perdure.store.Keys;
import io.perdure.store.StoreException;
import io.perdure.store.StoreReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How code packages are stored, in family CODE: {@code r hash} a JSON object with the format
 * version in {@code v}; {@code n hash} the names of its files, each ended by a NUL, absent when
 * they are too many; {@code p hash number} its bytes in pieces of {@link CodeMessages#CHUNK_BYTES};
 * {@code u hash} the size of one whose pieces are being written. The {@code r} comes last and makes
 * a package visible; a {@code u} that is found at the start is what a crash left behind.
 */
final class PackageRecords {
  /** Most bytes of names that are kept for a package. */
  static final int NAMES_BYTES_MAX = 256 * 1024;

  private static final int VERSION = 1;
  private static final HexFormat HEX = HexFormat.of();
  private static final JsonMapper MAPPER = new JsonMapper();

  private PackageRecords() {}

  /**
   * A finished upload.
   *
   * @param id of the upload
   * @param startedAt milliseconds since the epoch
   * @param finishedAt milliseconds since the epoch
   */
  record Finished(String id, long startedAt, long finishedAt) {}

  /**
   * A stored package.
   *
   * @param createdAt milliseconds since the epoch
   * @param uploads the last one of each account, as long as it is remembered
   */
  record StoredPackage(CodeRef code, long createdAt, Map<String, Finished> uploads) {
    StoredPackage {
      uploads = Map.copyOf(uploads);
    }

    /** The same with one upload more. */
    StoredPackage with(String account, Finished upload) {
      Map<String, Finished> all = new TreeMap<>(uploads);
      all.put(account, upload);
      return new StoredPackage(code, createdAt, all);
    }

    /** The same without the upload of {@code account}. */
    StoredPackage without(String account) {
      Map<String, Finished> all = new TreeMap<>(uploads);
      all.remove(account);
      return new StoredPackage(code, createdAt, all);
    }
  }

  static String sha256(byte[] key) {
    return HEX.formatHex(Keys.codeHash(key));
  }

  static byte[] hash(String sha256) {
    return HEX.parseHex(sha256);
  }

  /** In how many pieces {@code bytes} bytes are stored. */
  static int pieces(long bytes) {
    return (int) ((bytes + CodeMessages.CHUNK_BYTES - 1) / CodeMessages.CHUNK_BYTES);
  }

  static Batch put(StoredPackage of) {
    return new Batch().put(Family.CODE, Keys.code(hash(of.code().sha256())), encode(of));
  }

  /** Notes that pieces of a package of {@code bytes} bytes are there, or will be. */
  static Batch begin(String sha256, long bytes) {
    return new Batch().put(Family.CODE, Keys.codeUnfinished(hash(sha256)), Keys.number(bytes));
  }

  /** Makes a package visible whose pieces are all written. */
  static Batch finish(StoredPackage of, List<String> files) {
    byte[] hash = hash(of.code().sha256());
    Batch batch = put(of).delete(Family.CODE, Keys.codeUnfinished(hash));
    byte[] names = names(files);
    return names == null ? batch : batch.put(Family.CODE, Keys.codeNames(hash), names);
  }

  /** Removes all that may be there of a package. */
  static Batch remove(String sha256, long bytes) {
    byte[] hash = hash(sha256);
    Batch batch =
        new Batch()
            .delete(Family.CODE, Keys.code(hash))
            .delete(Family.CODE, Keys.codeNames(hash))
            .delete(Family.CODE, Keys.codeUnfinished(hash));
    for (int piece = 0; piece < pieces(bytes); piece++) {
      batch.delete(Family.CODE, Keys.codePiece(hash, piece));
    }
    return batch;
  }

  /** The names of the files of a package; empty when they were too many. */
  static Optional<List<String>> files(StoreReader store, String sha256) {
    byte[] names = store.get(Family.CODE, Keys.codeNames(hash(sha256)));
    return Optional.ofNullable(names)
        .map(bytes -> Arrays.asList(new String(bytes, UTF_8).split("\0")));
  }

  private static byte[] names(List<String> files) {
    ByteBuffer names = ByteBuffer.allocate(NAMES_BYTES_MAX);
    for (String file : files) {
      byte[] name = file.getBytes(UTF_8);
      if (names.remaining() < name.length + 1) {
        return null;
      }
      names.put(name).put((byte) 0);
    }
    return Arrays.copyOf(names.array(), names.position());
  }

  /**
   * Reads all packages.
   *
   * @return what a crash left unfinished: sizes by hash
   * @throws StoreException when one is damaged or of a newer format
   */
  static Map<String, Long> load(StoreReader store, List<StoredPackage> into) {
    Map<String, Long> unfinished = new TreeMap<>();
    try (StoreReader.View view = store.view();
        StoreReader.Scan scan = view.scan(Family.CODE, Keys.code(new byte[0]), null, false)) {
      for (; scan.valid(); scan.next()) {
        String sha256 = sha256(scan.key());
        if (Keys.isCode(scan.key())) {
          into.add(decode(sha256, scan.value()));
        } else if (Keys.isCodeUnfinished(scan.key())) {
          unfinished.put(sha256, Keys.longAt(scan.value(), 0));
        } else {
          throw new StoreException("the code packages were written by a newer version", null);
        }
      }
    }
    return unfinished;
  }

  private static byte[] encode(StoredPackage of) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("v", VERSION);
    json.put("bytes", of.code().bytes());
    json.put("crc64", of.code().crc64());
    json.put("createdAt", of.createdAt());
    ArrayNode uploads = json.putArray("uploads");
    new TreeMap<>(of.uploads())
        .forEach(
            (account, upload) ->
                uploads
                    .addObject()
                    .put("account", account)
                    .put("id", upload.id())
                    .put("startedAt", upload.startedAt())
                    .put("finishedAt", upload.finishedAt()));
    return json.toString().getBytes(UTF_8);
  }

  static StoredPackage decode(String sha256, byte[] value) {
    try {
      JsonNode json = MAPPER.readTree(value);
      if (json.path("v").asInt() != VERSION) {
        throw new StoreException(
            "code package " + sha256 + " has the format " + json.path("v") + ", only 1 is known",
            null);
      }
      Map<String, Finished> uploads = new TreeMap<>();
      for (JsonNode upload : json.path("uploads")) {
        uploads.put(
            upload.path("account").asText(),
            new Finished(
                upload.path("id").asText(),
                upload.path("startedAt").asLong(),
                upload.path("finishedAt").asLong()));
      }
      return new StoredPackage(
          new CodeRef(sha256, json.path("bytes").asLong(), json.path("crc64").asText()),
          json.path("createdAt").asLong(),
          uploads);
    } catch (IOException e) {
      throw new StoreException("code package " + sha256 + " is damaged: " + e.getMessage(), e);
    }
  }
}
