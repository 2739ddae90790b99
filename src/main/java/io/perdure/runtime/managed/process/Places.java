package io.perdure.runtime.managed.process;

import static java.lang.System.Logger.Level.WARNING;

import io.perdure.runtime.process.WorkDirectories;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The directories instances live in, below the one of all managed functions. Blocks. */
final class Places {
  private static final System.Logger LOG = System.getLogger(Places.class.getName());

  private static final String LOCK = "lock";

  /** Of this package: the instances', the pipes of theirs, sockets of the server, shims. */
  private static final List<String> MADE_ANEW = List.of("instances", "pipes", "s", "shims");

  /** Where the pipes of the processes are. */
  static final String PIPES = "pipes";

  private final Path base;
  private final Path instances;
  private FileChannel lock; // null while it is not open

  Places(Path base) {
    this.base = base;
    this.instances = instances(base);
  }

  /** Where each instance has a directory. */
  static Path instances(Path base) {
    return base.resolve("instances");
  }

  /** Where code is unpacked. */
  static Path code(Path base) {
    return base.resolve("code");
  }

  /** What an instance at {@code work} finds at {@code /tmp} when that is its own. */
  static Path tmp(Path work) {
    return work.resolve(".tmp");
  }

  /** What an instance at {@code work} finds at {@code /dev/shm} when that is its own. */
  static Path shm(Path work) {
    return work.resolve(".shm");
  }

  /**
   * Makes what is missing. Others may pass through, to what belongs to them, but look at nothing.
   *
   * @throws IOException also when somebody else could have put something there
   */
  void prepare() throws IOException {
    Files.createDirectories(base.toAbsolutePath().getParent());
    for (Path directory : List.of(base, instances)) {
      if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(directory);
      }
      check(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }
    lock();
  }

  private void lock() throws IOException {
    FileChannel channel =
        FileChannel.open(base.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock locked = null;
    try {
      locked = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // by another node of this process
    }
    if (locked == null) {
      channel.close();
      throw new IOException(base + " is in use by another server");
    }
    lock = channel;
  }

  /** Removes what is made anew at each start, and lets others have the directory. */
  void close() throws IOException {
    if (lock != null) {
      for (String name : MADE_ANEW) {
        WorkDirectories.remove(base.resolve(name));
      }
      lock.close();
      Files.deleteIfExists(base.resolve(LOCK));
      for (Path directory : List.of(code(base), base)) {
        if (isEmpty(directory)) {
          Files.delete(directory);
        }
      }
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void check(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(directory + " is no directory");
    }
    Set<PosixFilePermission> modes =
        Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
    if (modes.contains(PosixFilePermission.OTHERS_WRITE)
        || modes.contains(PosixFilePermission.GROUP_WRITE)
        || !Files.getOwner(directory).equals(Files.getOwner(Path.of("/proc/self")))) {
      throw new IOException(
          directory + " has to belong to the server's user, and nobody else may write there");
    }
  }

  /** Users that owned what an earlier run of the server left behind. */
  Set<Integer> formerUsers() throws IOException {
    Set<Integer> users = new TreeSet<>();
    try (Stream<Path> left = Files.list(instances)) {
      for (Path one : (Iterable<Path>) left::iterator) {
        users.add((Integer) Files.getAttribute(one, "unix:uid", LinkOption.NOFOLLOW_LINKS));
      }
    }
    return users;
  }

  /** Removes what an earlier run of the server left behind. */
  void removeOld() throws IOException {
    List<Path> old;
    try (Stream<Path> left = Files.list(instances)) {
      old = left.toList();
    }
    for (Path one : old) {
      try {
        remove(one);
      } catch (IOException e) {
        LOG.log(WARNING, "cannot remove " + one + ", the next start will try again", e);
      }
    }
  }

  /**
   * A new directory for {@code instance}, to nobody but {@code user}.
   *
   * @param user -1 for the server's own
   */
  Path make(String instance, int user) throws IOException {
    Path work = instances.resolve(instance);
    if (!work.getParent().equals(instances)) {
      throw new IOException("'" + instance + "' is no name for a directory");
    }
    var closed = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectory(work, closed);
    for (Path inside : List.of(tmp(work), shm(work))) {
      Files.createDirectory(inside, closed);
    }
    if (user >= 0) {
      for (Path own : List.of(tmp(work), shm(work), work)) {
        Files.setAttribute(own, "unix:gid", user);
        Files.setAttribute(own, "unix:uid", user);
      }
    }
    return work;
  }

  /** Removes a tree, following no links, however deep somebody made it. */
  static void remove(Path work) throws IOException {
    try {
      WorkDirectories.remove(work);
    } catch (IOException | RuntimeException e) {
      // Names may be longer together than the kernel takes in one piece.
      var complaint = Tools.complaint(List.of("/bin/rm", "-rf", "--", work.toString()));
      if (complaint.isPresent() || Files.exists(work, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException("cannot remove " + work + complaint.map(said -> ": " + said), e);
      }
    }
  }
}
