package io.perdure.runtime.managed.shim;

import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * The programs of ours that load users' code, one per language: they come with the server and are
 * put where the users of instances can read them. Blocks while they are unpacked, never after.
 */
final class Shims {
  /**
   * One language.
   *
   * @param resources its files: names relative to this package, or absolute ones that begin with a
   *     slash, which keep their path below the directory of the shims
   * @param arguments behind the interpreter, for the directory of the shims
   */
  private record Shim(List<String> resources, BiFunction<Path, Managed, List<String>> arguments) {}

  private static final Map<Language, Shim> SHIMS =
      Map.of(
          Language.PYTHON,
          new Shim(
              List.of("shim.py"),
              (directory, spec) -> List.of("-B", directory.resolve("shim.py").toString())),
          Language.NODEJS,
          new Shim(
              List.of("shim.js"),
              (directory, spec) ->
                  List.of(
                      "--max-old-space-size=" + nodeHeapMb(spec.memoryMb()),
                      directory.resolve("shim.js").toString())),
          Language.JAVA,
          new Shim(JavaShim.resources(), JavaShim::arguments));

  private final Path directory;

  private Shims(Path directory) {
    this.directory = directory;
  }

  /** Puts them below {@code parent}, in a directory named after what they contain. */
  static Shims unpack(Path parent) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (Shim shim : SHIMS.values()) {
      for (String resource : shim.resources()) {
        files.put(resource.startsWith("/") ? resource.substring(1) : resource, read(resource));
      }
    }
    Path directory = parent.toAbsolutePath().resolve(hash(files));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path target = directory.resolve(file.getKey());
      open(parent, target.getParent());
      Path fresh = Files.createTempFile(target.getParent(), ".", null);
      Files.write(fresh, file.getValue());
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    }
    return new Shims(directory);
  }

  /** Whether this kind of function has a shim. */
  static boolean has(Language language) {
    return SHIMS.containsKey(language);
  }

  /**
   * Whether a shim hears what is said to it while a call runs. Python's does not when it runs one
   * call at a time: then the handler has the main thread, as the clouds promise, and another one
   * that listens would cost each call more than it is worth. Such a handler is told by a signal.
   */
  static boolean listensDuringCalls(Managed spec) {
    return spec.language() != Language.PYTHON || spec.instanceConcurrency() > 1;
  }

  /** What follows the interpreter on the command line; shows neither the code nor a secret. */
  List<String> arguments(Managed spec) {
    return SHIMS.get(spec.language()).arguments().apply(directory, spec);
  }

  /**
   * What Node.js may keep before it ends itself: without a limit it would put off collecting until
   * the instance is ended for its memory. Its base, new objects and buffers are beside that.
   */
  private static int nodeHeapMb(int memoryMb) {
    return Math.max(memoryMb * 5 / 8, memoryMb - 192);
  }

  /** Makes {@code directory} and lets everybody pass, from {@code top} on. */
  private static void open(Path top, Path directory) throws IOException {
    if (!directory.equals(top.toAbsolutePath().getParent())) {
      open(top, directory.getParent());
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private static byte[] read(String resource) throws IOException {
    try (InputStream in = Shims.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException("the server lacks its resource " + resource);
      }
      return in.readAllBytes();
    }
  }

  private static String hash(Map<String, byte[]> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach(
          (name, bytes) -> {
            digest.update(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(bytes);
          });
      return HexFormat.of().formatHex(digest.digest(), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }
}
