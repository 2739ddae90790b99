package io.perdure.cluster.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoteFileTest {
  @TempDir Path log;
  private Path file;

  @BeforeEach
  void lose() throws IOException {
    file = Files.createDirectories(log.resolve("current")).resolve("raft-meta");
    Files.write(file, new byte[0]);
  }

  @Test
  void aVoteThatWasLostIsWrittenForALaterTerm() throws IOException {
    VoteFile vote = new VoteFile(log);
    assertTrue(vote.isLost());
    vote.writeBeyond(3, "a");
    assertFalse(vote.isLost());
    assertEquals(List.of("term=1000003", "votedFor=a"), Files.readAllLines(file));
  }

  @Test
  void aVoteThatIsLostAgainBeforeAnyEntryIsWrittenForAStillLaterTerm() throws IOException {
    new VoteFile(log).writeBeyond(3, "a");
    lose();
    new VoteFile(log).writeBeyond(3, "a");
    assertEquals(List.of("term=2000003", "votedFor=a"), Files.readAllLines(file));
  }
}
