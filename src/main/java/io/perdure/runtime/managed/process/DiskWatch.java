package io.perdure.runtime.managed.process;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Adds up, every other second, what instances have written, and says who wrote too much. One
 * thread, its own: a walk through many files takes long.
 */
final class DiskWatch {
  private static final System.Logger LOG = System.getLogger(DiskWatch.class.getName());
  private static final long PAUSE_MILLIS = 2_000;

  /** Walking takes this part of the thread's time at most. */
  private static final int WALK_SHARE = 4;

  /** What a file takes at least; so a limit on bytes is one on the number of files too. */
  private static final long BLOCK_BYTES = 4096;

  private static final int DEPTH_MAX = 256;

  private final List<Path> shared;
  private final List<Watched> watched = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "perdure-disk-quota");
            made.setDaemon(true);
            return made;
          });

  /** An instance. */
  abstract static class Watched {
    private final Path work;
    private final int user;
    private final long bytesMax;

    /**
     * An instance within its limit.
     *
     * @param user to whom only its files belong, or -1
     */
    Watched(Path work, int user, long bytesMax) {
      this.work = work;
      this.user = user;
      this.bytesMax = bytesMax;
    }

    /** It has written too much. On the thread of the watch. */
    abstract void exceeded(String cause, String detail);
  }

  /**
   * A watch over directories of instances.
   *
   * @param shared directories where everybody may write: what lies there counts for its owner
   */
  DiskWatch(List<Path> shared) {
    this.shared = List.copyOf(shared);
    again(PAUSE_MILLIS);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // look catches what may go wrong
  private void again(long pauseMillis) {
    if (!thread.isShutdown()) {
      thread.schedule(this::look, pauseMillis, TimeUnit.MILLISECONDS);
    }
  }

  void add(Watched one) {
    watched.add(one);
  }

  void remove(Watched one) {
    watched.remove(one);
  }

  void close() {
    thread.shutdownNow();
  }

  private void look() {
    long start = System.nanoTime();
    try {
      Map<Integer, List<Path>> elsewhere = watched.isEmpty() ? Map.of() : elsewhere();
      watched.forEach(one -> measure(one, elsewhere.getOrDefault(one.user, List.of())));
    } catch (RuntimeException e) {
      LOG.log(ERROR, "cannot tell what instances have written, the next look may", e);
    }
    long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    again(Math.max(PAUSE_MILLIS, tookMillis * WALK_SHARE));
  }

  /** What lies in shared directories, by the users instances have. */
  private Map<Integer, List<Path>> elsewhere() {
    Map<Integer, List<Path>> found = new HashMap<>();
    watched.stream().filter(one -> one.user >= 0).forEach(one -> found.put(one.user, null));
    return found.isEmpty() ? Map.of() : ownedIn(shared, found.keySet());
  }

  /** The entries of {@code directories} that belong to one of {@code users}, by user. Blocks. */
  static Map<Integer, List<Path>> ownedIn(List<Path> directories, Set<Integer> users) {
    Map<Integer, List<Path>> found = new HashMap<>();
    for (Path directory : directories) {
      try (var entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          int owner = owner(entry);
          if (users.contains(owner)) {
            found.computeIfAbsent(owner, id -> new ArrayList<>()).add(entry);
          }
        }
      } catch (IOException e) {
        if (Files.exists(directory)) {
          LOG.log(WARNING, "cannot look through " + directory, e);
        }
      }
    }
    return found;
  }

  private static int owner(Path entry) {
    try {
      return (Integer) Files.getAttribute(entry, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return -1; // gone meanwhile
    }
  }

  private static void measure(Watched one, List<Path> elsewhere) {
    Walk walk = new Walk(one.bytesMax);
    walk.through(one.work);
    elsewhere.forEach(walk::through);
    if (walk.tooDeep) {
      one.exceeded(
          LimitedProcesses.DISK_QUOTA_EXCEEDED, "directories more than " + DEPTH_MAX + " deep");
    } else if (walk.bytes > one.bytesMax) {
      one.exceeded(
          LimitedProcesses.DISK_QUOTA_EXCEEDED,
          "more than " + (one.bytesMax >> 20) + " MB in " + walk.files + " files");
    }
  }

  /** Sizes of files, up to the limit. */
  private static final class Walk extends SimpleFileVisitor<Path> {
    private final long bytesMax;
    private long bytes;
    private long files;
    private boolean tooDeep;

    Walk(long bytesMax) {
      this.bytesMax = bytesMax;
    }

    void through(Path root) {
      try {
        Files.walkFileTree(root, EnumSet.noneOf(FileVisitOption.class), DEPTH_MAX, this);
      } catch (IOException e) {
        LOG.log(WARNING, "cannot add up the files in " + root + ", they count as far as seen", e);
      }
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      tooDeep |= attributes.isDirectory(); // what comes here as a file is at the greatest depth
      files++;
      long blocks = (attributes.size() + BLOCK_BYTES - 1) / BLOCK_BYTES;
      bytes += Math.max(1, blocks) * BLOCK_BYTES;
      return bytes > bytesMax || tooDeep ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      bytes += BLOCK_BYTES;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) {
      return FileVisitResult.CONTINUE; // files come and go while they are counted
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException failure) {
      return FileVisitResult.CONTINUE;
    }
  }
}
