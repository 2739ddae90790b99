package io.perdure.runtime.managed.code;

import static java.lang.System.Logger.Level.WARNING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.perdure.invocation.CodeRef;
import io.perdure.runtime.process.WorkDirectories;
import io.perdure.zip.BrokenZipException;
import io.perdure.zip.UntrustedZip;
import io.perdure.zip.ZipBounds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** The directory of unpacked code, and how code gets there. Blocks; each package has one thread. */
final class CodeFiles {
  private static final System.Logger LOG = System.getLogger(CodeFiles.class.getName());
  private static final int NAME_DIGITS = 16;

  /** Others may pass through, to what belongs to them, but not look around. */
  private static final Set<PosixFilePermission> PASSAGE =
      PosixFilePermissions.fromString("rwx--x--x");

  private static final Set<PosixFilePermission> GROUPS =
      PosixFilePermissions.fromString("rwxr-x---");
  private static final FileAttribute<?> OWNERS_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> OWNERS_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path directory;
  private final ZipBounds bounds;

  /**
   * What was unpacked.
   *
   * @param path absolute
   * @param bytes what it takes on the disk
   */
  record Unpacked(Path path, long bytes) {}

  CodeFiles(Path managed, ZipBounds bounds) {
    this.directory = managed.toAbsolutePath().normalize().resolve("code");
    this.bounds = bounds;
  }

  /** Makes the directory, or removes what an earlier run of the server left there. */
  void prepare() throws IOException {
    if (!takesEveryName()) {
      LOG.log(
          WARNING,
          "the server's locale has only a few characters for names of files: code with others in"
              + " its names cannot be run; start the server with LC_ALL=C.UTF-8");
    }
    Path parent = directory.getParent();
    if (!Files.isDirectory(parent)) {
      Files.createDirectories(parent.getParent());
      create(parent);
    }
    create(directory);
    requireOwn(parent);
    requireOwn(directory);
    Files.setPosixFilePermissions(directory, PASSAGE);
    List<Path> old;
    try (Stream<Path> left = Files.list(directory)) {
      old = left.toList();
    }
    for (Path one : old) {
      remove(one);
    }
  }

  private static boolean takesEveryName() {
    try {
      return !Path.of("\u4ee3\u7801").toString().isEmpty(); // "code" in Chinese
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static void create(Path made) throws IOException {
    try {
      Files.createDirectory(made, PosixFilePermissions.asFileAttribute(PASSAGE));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
  }

  /** Code is run from there: nobody else may put anything in its place. */
  private void requireOwn(Path made) throws IOException {
    Path probe = Files.createTempFile(directory, ".", ".owner");
    UserPrincipal server = Files.getOwner(probe);
    Files.delete(probe);
    Set<PosixFilePermission> modes = Files.getPosixFilePermissions(made);
    if (!Files.getOwner(made).equals(server)
        || modes.contains(PosixFilePermission.OTHERS_WRITE)
        || modes.contains(PosixFilePermission.GROUP_WRITE)) {
      throw new IOException(
          made + " has to belong to the server's user, and nobody else may write there");
    }
  }

  /** Begins to fetch a package. */
  Fetch fetch(CodeRef code) throws IOException {
    String name = code.sha256().substring(0, NAME_DIGITS) + "-" + UUID.randomUUID();
    return new Fetch(code, name);
  }

  void remove(Path path) throws IOException {
    WorkDirectories.remove(path);
  }

  /** A package on its way here. One thread at a time. */
  final class Fetch {
    private final CodeRef code;
    private final String name;
    private final Path file;
    private final FileChannel zip;
    private final MessageDigest digest = sha256();
    private long received;

    private Fetch(CodeRef code, String name) throws IOException {
      this.code = code;
      this.name = name;
      file = directory.resolve("." + name + ".zip");
      zip = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), OWNERS_FILE);
    }

    /** The next piece. */
    void add(byte[] bytes) throws IOException, BrokenPackage {
      received += bytes.length;
      if (received > code.bytes()) {
        throw damaged();
      }
      digest.update(bytes);
      ByteBuffer from = ByteBuffer.wrap(bytes);
      while (from.hasRemaining()) {
        zip.write(from);
      }
    }

    /**
     * All pieces are here: unpacks them and gives them a name at once.
     *
     * @param group who may read it besides the server, or -1
     */
    Unpacked unpack(int group) throws IOException, BrokenPackage {
      zip.close();
      if (received != code.bytes()
          || !HexFormat.of().formatHex(digest.digest()).equals(code.sha256())) {
        throw damaged();
      }
      Path unnamed = directory.resolve("." + name);
      Path named = directory.resolve(name);
      try (UntrustedZip opened = UntrustedZip.open(file, bounds)) {
        Files.createDirectory(unnamed, OWNERS_DIRECTORY);
        long bytes = opened.unpack(unnamed);
        if (group >= 0) {
          Files.setAttribute(unnamed, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
        }
        Files.setPosixFilePermissions(unnamed, GROUPS);
        Files.move(unnamed, named);
        return new Unpacked(named, bytes);
      } catch (BrokenZipException e) {
        throw new BrokenPackage("the code package cannot be unpacked: " + e.getMessage());
      }
    }

    private BrokenPackage damaged() {
      return new BrokenPackage(
          "code package " + code.sha256() + " is damaged: its bytes are not those of its hash");
    }

    /** Removes everything but what was unpacked and named. */
    void close() throws IOException {
      zip.close();
      Files.deleteIfExists(file);
      remove(directory.resolve("." + name));
    }
  }

  /** Nothing can be made of a package. Without a stack trace. */
  static final class BrokenPackage extends Exception {
    private static final long serialVersionUID = 1;

    private BrokenPackage(String message) {
      super(message, null, false, false);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
