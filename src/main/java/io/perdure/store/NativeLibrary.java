package io.perdure.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * RocksDB's native code, which has to be loaded once before anything else of RocksDB is used.
 *
 * <p>It lies compressed in the jar and can only be loaded from a file. RocksDB itself leaves that
 * file, of 17 MB, in the temporary directory whenever the process does not end of its own accord;
 * here it is removed as soon as it is loaded, since a mapped file needs no name. Thread-safe.
 */
public final class NativeLibrary {
  /** Names a directory that has the library already; RocksDB reads it too. */
  private static final String DIRECTORY_VARIABLE = "ROCKSDB_SHAREDLIB_DIR";

  private static boolean loaded;

  private NativeLibrary() {}

  /**
   * Begins to load it in a thread of its own, since unpacking takes a while. Whatever is wrong is
   * told by {@link #load}, which waits for this one and tries again.
   */
  public static void loadAhead() {
    Thread loading =
        new Thread(
            () -> {
              try {
                load();
              } catch (StoreException | LinkageError e) {
                // left to the call that needs it
              }
            },
            "perdure-native");
    loading.setDaemon(true);
    loading.start();
  }

  /**
   * Loads it unless it has been. Blocks on the disk.
   *
   * @throws StoreException when it cannot be unpacked
   * @throws UnsatisfiedLinkError when there is none for this machine, or none that it may run
   */
  public static synchronized void load() {
    if (!loaded) {
      if (System.getenv(DIRECTORY_VARIABLE) != null || !unpackAndLoad()) {
        RocksDB.loadLibrary();
      }
      loaded = true;
    }
  }

  private static boolean unpackAndLoad() {
    String name = Environment.getJniLibraryFileName("rocksdb");
    try (InputStream packed = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
      if (packed == null) {
        return false; // a platform with another name for it: RocksDB knows, or says what is missing
      }
      Path directory = Files.createTempDirectory("perdure-native");
      // The name that loadLibrary looks for in a directory has one "jni" more than the jar's.
      Path library = directory.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
      directory.toFile().deleteOnExit(); // should the process be told to end meanwhile
      library.toFile().deleteOnExit();
      try {
        Files.copy(packed, library);
        RocksDB.loadLibrary(List.of(directory.toString()));
        return true;
      } finally {
        Files.deleteIfExists(library);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new StoreException(
          "cannot unpack " + name + " into " + System.getProperty("java.io.tmpdir") + ": " + e, e);
    }
  }
}
