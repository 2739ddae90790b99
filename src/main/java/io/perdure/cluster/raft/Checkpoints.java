package io.perdure.cluster.raft;

import io.perdure.store.Replica;
import io.perdure.store.StoreException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.apache.ratis.util.FileUtils;

/**
 * The snapshots of one member of a group: checkpoints of its store, each in a directory {@code
 * checkpoint-<term>-<index>} below Ratis's directory for them, which it replaces whole when it
 * receives one. Written by the thread that applies, read by any.
 */
final class Checkpoints implements StateMachineStorage {
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d+)-(\\d+)");
  private static final String UNFINISHED = ".tmp";

  private record Checkpoint(Path path, TermIndex at) {}

  private volatile Path directory;
  private volatile SnapshotInfo latest;

  @Override
  public void init(RaftStorage storage) throws IOException {
    directory = storage.getStorageDir().getStateMachineDir().toPath();
    sweep(storage.getStorageDir());
    reload();
  }

  /** Removes what was left by snapshots that did not end, made or received. */
  private void sweep(org.apache.ratis.server.storage.RaftStorageDirectory storage)
      throws IOException {
    File received = storage.getTmpDir();
    if (received.exists()) {
      FileUtils.deleteFully(received);
    }
    String kept = directory.getFileName().toString();
    for (Path path : list(storage.getRoot().toPath())) {
      String name = path.getFileName().toString();
      if (name.startsWith(kept + UNFINISHED)) { // what a received one has replaced
        FileUtils.deleteFully(path);
      }
    }
    for (Path path : list(directory)) {
      if (path.getFileName().toString().endsWith(UNFINISHED)) {
        FileUtils.deleteFully(path);
      }
    }
  }

  /** Looks again at what is there. */
  void reload() throws IOException {
    List<Checkpoint> all = all();
    latest = all.isEmpty() ? null : info(all.get(all.size() - 1));
  }

  /** Makes one of {@code replica}, unless the newest is of the same index. */
  TermIndex take(Replica replica) throws IOException {
    TermIndex at = TermIndex.valueOf(replica.term(), replica.applied());
    SnapshotInfo newest = latest;
    if (newest != null && newest.getIndex() == at.getIndex()) {
      return at;
    }
    Path target = directory.resolve("checkpoint-" + at.getTerm() + "-" + at.getIndex());
    Path unfinished = target.resolveSibling(target.getFileName() + UNFINISHED);
    try {
      Files.createDirectories(directory);
      replica.checkpoint(unfinished);
    } catch (StoreException e) {
      throw new IOException(e.getMessage(), e);
    }
    Files.move(unfinished, target);
    latest = info(new Checkpoint(target, at));
    return at;
  }

  @Override
  public SnapshotInfo getLatestSnapshot() {
    return latest;
  }

  /** Directory of the newest; to be called when there is one. */
  Path latestDirectory() {
    TermIndex at = latest.getTermIndex();
    return directory.resolve("checkpoint-" + at.getTerm() + "-" + at.getIndex());
  }

  @Override
  public void format() {}

  @Override
  public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
    List<Checkpoint> all = all();
    int kept = Math.max(1, policy.getNumSnapshotsRetained());
    for (int i = 0; i < all.size() - kept; i++) {
      FileUtils.deleteFully(all.get(i).path());
    }
  }

  /** In the order of their indexes. */
  private List<Checkpoint> all() throws IOException {
    List<Checkpoint> all = new ArrayList<>();
    for (Path path : list(directory)) {
      Matcher name = NAME.matcher(path.getFileName().toString());
      if (name.matches()) {
        TermIndex at =
            TermIndex.valueOf(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)));
        all.add(new Checkpoint(path, at));
      }
    }
    all.sort(Comparator.comparing(Checkpoint::at));
    return all;
  }

  /** Without digests of the files: computed while one is sent. */
  private static SnapshotInfo info(Checkpoint checkpoint) throws IOException {
    List<FileInfo> files = new ArrayList<>();
    for (Path file : list(checkpoint.path())) {
      if (!file.getFileName().toString().endsWith(".md5")) { // of who has received it
        files.add(new FileInfo(file, null));
      }
    }
    return new FileListSnapshotInfo(files, checkpoint.at());
  }

  private static List<Path> list(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
