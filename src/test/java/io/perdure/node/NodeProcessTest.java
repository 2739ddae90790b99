package io.perdure.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process says, and how it ends, when it cannot start. */
class NodeProcessTest {
  private static final int PATIENCE_SECONDS = 60;

  @TempDir Path directory;

  private record Ended(int code, String output) {}

  @Test
  void portInUseIsToldInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ended ended = run("http.port=" + taken.getLocalPort());
      assertEquals(1, ended.code(), ended.output());
      String where = "cannot listen on 127.0.0.1:" + taken.getLocalPort();
      assertTrue(ended.output().contains("perdure: could not start: " + where), ended.output());
      assertFalse(ended.output().contains("\tat "), ended.output());
      assertFalse(ended.output().contains("\\tat "), ended.output());
    }
  }

  @Test
  void everyProblemOfTheAccountsFileIsToldAndEndsAsAWrongConfiguration() throws Exception {
    Path accounts = directory.resolve("accounts.json");
    Files.writeString(accounts, "{\"accounts\":[{\"id\":1}],\"more\":2}");
    Ended ended = run("http.port=0", "accounts.file=" + accounts);
    assertEquals(2, ended.code(), ended.output());
    assertTrue(ended.output().contains("accounts[0].id"), ended.output());
    assertTrue(ended.output().contains("no other fields than accounts"), ended.output());
  }

  @Test
  void everyWrongSettingIsToldWithTheNearestKnown() throws Exception {
    Ended ended = run("http.port=x", "shard.windw=1");
    assertEquals(2, ended.code(), ended.output());
    assertTrue(ended.output().contains("http.port = x"), ended.output());
    assertTrue(ended.output().contains("did you mean shard.window?"), ended.output());
  }

  @Test
  void aStartThatEndsAtOnceLeavesNoNativeCodeBehind() throws Exception {
    Ended ended = run("http.port=x");
    assertEquals(2, ended.code(), ended.output());
    try (var left = Files.walk(directory.resolve("tmp"))) {
      assertEquals(
          List.of(), left.filter(file -> file.toString().contains("perdure-native")).toList());
    }
  }

  private Ended run(String... settings) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Path temporary = Files.createDirectories(directory.resolve("tmp"));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.perdure.Main"));
    command.addAll(List.of("--set", "data.dir=" + directory.resolve("data")));
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "it goes on");
      return new Ended(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }
}
