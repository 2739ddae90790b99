package io.perdure.cluster.raft;

import io.perdure.store.Durable;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/**
 * The file in which a member has its term and for whom it voted in it. Blocks.
 *
 * <p>On a full disk Ratis puts an empty one in its place, and reads it no more. Another one may be
 * put there as long as the member never votes again in a term in which it may have: so it is said
 * to have voted for itself, in a term that is not below any it has seen.
 */
final class VoteFile {
  /** More than there are elections of which a log tells nothing. */
  private static final long TERMS_UNTOLD = 1_000_000;

  private final Path file;

  /** Of the group whose log is the directory {@code log}. */
  VoteFile(Path log) {
    file = log.resolve("current").resolve("raft-meta");
  }

  /** Whether there is one that says nothing. */
  boolean isLost() throws IOException {
    if (!Files.exists(file)) {
      return false; // of a member that has not voted yet
    }
    Properties has = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      has.load(reader);
    }
    return !has.stringPropertyNames().containsAll(List.of("term", "votedFor"));
  }

  /** Whether there is a file with the members of the group that says nothing. */
  boolean isWithoutMembers() throws IOException {
    Path members = file.resolveSibling("raft-meta.conf");
    return Files.exists(members) && Files.size(members) == 0;
  }

  /** The member called {@code self} has voted in {@code term}, which it knows to be the last. */
  void write(long term, String self) throws IOException {
    Durable.write(file, List.of("term=" + term, "votedFor=" + self));
  }

  /**
   * The same of one of which is known only that it had entries of {@code term}. It may lose its
   * vote once more before an entry tells of a later term, so where it went on from is kept.
   */
  void writeBeyond(long term, String self) throws IOException {
    Path kept = file.resolveSibling("raft-meta.beyond");
    long before = Files.exists(kept) ? Long.parseLong(Files.readString(kept).strip()) : 0;
    long beyond = Math.max(term, before) + TERMS_UNTOLD;
    Durable.write(kept, List.of(String.valueOf(beyond)));
    write(beyond, self);
  }
}
