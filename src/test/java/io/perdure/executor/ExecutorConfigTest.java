package io.perdure.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.runtime.command.CommandConfig;
import io.perdure.runtime.http.HttpConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExecutorConfigTest {
  private final Problems problems = new Problems();

  @Test
  void defaultsHoldUnlessSet() {
    Settings settings = new Settings(problems);
    assertEquals(
        ExecutorConfig.DEFAULT,
        settings.read(root -> ExecutorConfig.read(root.section("executor"))));
    assertEquals(
        HttpConfig.DEFAULT,
        settings.read(root -> HttpConfig.read(root.section("executor").section("http"))));
    assertEquals(
        new CommandConfig(Path.of("work"), 4),
        settings.read(
            root ->
                CommandConfig.read(root.section("executor").section("command"), Path.of("work"))));
    assertTrue(problems.isEmpty(), problems::toString);
  }

  @Test
  void whatIsSetIsRead() {
    Settings settings =
        new Settings(problems)
            .set(
                Map.of(
                    "executor.concurrency", "12",
                    "executor.result-bytes-max", "1MiB",
                    "executor.sync-result-bytes-max", "2MiB",
                    "executor.unkept-bytes-max", "3MiB",
                    "executor.log-bytes-max", "0",
                    "executor.queue-per-function", "640"));
    assertEquals(
        new ExecutorConfig(12, 640, 1 << 20, 2 << 20, 3 << 20, 0),
        settings.read(root -> ExecutorConfig.read(root.section("executor"))));
    Settings http =
        new Settings(problems)
            .set(
                Map.of(
                    "http.connections-per-host", "2",
                    "http.connect-timeout", "250ms",
                    "http.keep-alive", "0s"));
    assertEquals(
        new HttpConfig(2, Duration.ofMillis(250), Duration.ZERO),
        http.read(root -> HttpConfig.read(root.section("http"))));
    assertTrue(problems.isEmpty(), problems::toString);
  }

  @Test
  void nodeThatMayRunNothingIsAProblem() {
    new Settings(problems)
        .set(Map.of("executor.concurrency", "0"))
        .read(root -> ExecutorConfig.read(root.section("executor")));
    assertTrue(problems.toString().contains("from 1 to 100000"), problems::toString);
  }
}
