package io.perdure.runtime.managed.process;

import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.perdure.runtime.process.ProcessGroups;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * User ids for instances, the one longest out of use first. All processes of such a user are killed
 * when its instance ends, so an id is locked against other servers on the machine, and one that
 * belongs to somebody is left alone. Thread-safe; blocks for a moment.
 */
final class UserIds {
  /** Best where only root may write, and gone when the machine starts anew. */
  private static final List<Path> PARENTS_OF_LOCKS =
      List.of(Path.of("/run"), Path.of("/var/tmp"), Path.of("/tmp"));

  private static final int GUARD_BYTES_MAX = 18; // no process id has more digits

  private static final System.Logger LOG = System.getLogger(UserIds.class.getName());

  /** Locks hold between processes only, so this holds between the nodes of one. */
  private static final Set<Integer> TAKEN_HERE = ConcurrentHashMap.newKeySet();

  private final Path locks;
  private final Deque<Integer> free = new ArrayDeque<>();
  private final Map<Integer, FileLock> taken = new HashMap<>();

  UserIds(int from, int count, Path locks) {
    this.locks = locks;
    for (int i = 0; i < count; i++) {
      free.add(from + i);
    }
  }

  /** Where all servers of this machine, or container, keep their locks. */
  static Path locks() {
    return PARENTS_OF_LOCKS.stream()
        .filter(Files::isWritable)
        .findFirst()
        .orElse(PARENTS_OF_LOCKS.get(0))
        .resolve("perdure-ids");
  }

  /** An id nobody else uses until it is released; -1 when there is none. */
  synchronized int take() throws IOException {
    for (int left = free.size(); left > 0; left--) {
      int id = free.remove();
      if (lock(id)) {
        return id;
      }
      free.add(id);
    }
    return -1;
  }

  /** Takes {@code id} if it is free. */
  synchronized boolean take(int id) throws IOException {
    if (free.contains(id) && lock(id)) {
      free.remove(id);
      return true;
    }
    return false;
  }

  /**
   * Notes the process that kills everything of {@code id} should this server die: the lock goes
   * with the server, and until that process has ended, too, nobody is to have the id.
   */
  synchronized void guardedBy(int id, long pid) throws IOException {
    write(taken.get(id).acquiredBy(), pid == 0 ? "" : Long.toString(pid));
  }

  /** Nothing of {@code id} is left. */
  synchronized void release(int id) {
    try {
      write(taken.get(id).acquiredBy(), "");
    } catch (IOException e) {
      LOG.log(WARNING, "user id " + id + " is free for others only after this server", e);
    }
    unlock(id);
    free.add(id);
  }

  private boolean lock(int id) throws IOException {
    if (!TAKEN_HERE.add(id)) {
      return false;
    }
    boolean locked = false;
    try {
      if (!Files.isDirectory(locks, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(
            locks,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      if (!Integer.valueOf(0).equals(Files.getAttribute(locks, "unix:uid"))) {
        throw new IOException(locks + " does not belong to root");
      }
      Path file = locks.resolve(Integer.toString(id));
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return false;
      }
      taken.put(id, lock);
      locked = !isGuarded(channel) && !belongsToSomebody(file, id);
      return locked;
    } finally {
      if (!locked) {
        unlock(id);
      }
    }
  }

  private static void write(Channel lock, String guard) throws IOException {
    FileChannel channel = (FileChannel) lock;
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(guard.getBytes(US_ASCII)), 0);
  }

  /** The server that had it has died, and what ends its processes is not through with it. */
  private static boolean isGuarded(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(GUARD_BYTES_MAX);
    channel.read(bytes, 0);
    String pid = new String(bytes.array(), 0, bytes.position(), US_ASCII);
    return pid.matches("\\d+") && ProcessGroups.isGuard(Long.parseLong(pid));
  }

  /** A file of a user without a name shows the number. */
  private static boolean belongsToSomebody(Path file, int id) throws IOException {
    Files.setAttribute(file, "unix:uid", id);
    String name = Files.getOwner(file).getName();
    if (name.equals(Integer.toString(id))) {
      return false;
    }
    LOG.log(
        WARNING,
        "user id {0} belongs to {1} and is not used for functions: set"
            + " runtime.managed.isolation.ids-from to a free range",
        Integer.toString(id),
        name);
    return true;
  }

  private void unlock(int id) {
    FileLock lock = taken.remove(id);
    if (lock != null) {
      try {
        lock.acquiredBy().close();
      } catch (IOException e) {
        LOG.log(WARNING, "cannot unlock user id " + id + ", it goes with the process", e);
      }
    }
    TAKEN_HERE.remove(id);
  }
}
