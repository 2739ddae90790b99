package io.perdure.cluster.raft;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test that has a cluster of its own, in which no node has been started. */
abstract class OnCluster {
  @TempDir Path dir;
  TestCluster cluster;

  @BeforeEach
  void begin() {
    cluster = new TestCluster(dir);
  }

  @AfterEach
  void end() {
    cluster.close();
  }
}
