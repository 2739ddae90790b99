package io.perdure.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.perdure.config.Problems;
import io.perdure.config.Settings;
import io.perdure.ops.LogConfig.Format;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {
  @TempDir Path dir;

  @Test
  void levelAndFormatAreSettings() {
    var problems = new Problems();
    var config =
        new Settings(problems)
            .set(Map.of("log.level", "DEBUG", "log.format", "json"))
            .read(root -> LogConfig.read(root.section("log")));
    assertEquals(new LogConfig(Level.DEBUG, Format.JSON), config);
    assertTrue(problems.isEmpty(), problems::toString);
  }

  @Test
  void defaultsAreInfoAndAutomatic() {
    var config = new Settings(new Problems()).read(root -> LogConfig.read(root.section("log")));
    assertEquals(new LogConfig(Level.INFO, Format.AUTO), config);
  }

  @Test
  void librariesStayAtInfoWhenOurLevelIsLower() {
    Logger own = Logger.getAnonymousLogger();
    Logger others = Logger.getAnonymousLogger();
    Logs.setLevels(Level.DEBUG, own, others);
    assertEquals(java.util.logging.Level.FINE, own.getLevel());
    assertEquals(java.util.logging.Level.INFO, others.getLevel());
    Logs.setLevels(Level.ERROR, own, others);
    assertEquals(java.util.logging.Level.SEVERE, own.getLevel());
    assertEquals(java.util.logging.Level.SEVERE, others.getLevel());
  }

  /** What a node would do: it has the whole process, so it is tried in one of its own. */
  static final class Child {
    public static void main(String[] args) throws InterruptedException {
      Logs.install(new LogConfig(Level.DEBUG, Format.AUTO), System.out);
      System.Logger log = System.getLogger("io.perdure.Child");
      log.log(Level.DEBUG, "ours");
      System.getLogger("other").log(Level.DEBUG, "a library's debug line");
      letVertxLog();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    LogManager.getLogManager()
                        .reset(); // as the JDK's own hook does, sooner or later
                    log.log(Level.INFO, "while it ends", new IllegalStateException("on purpose"));
                    Logs.flush();
                  }));
      System.exit(3);
    }

    private static void letVertxLog() throws InterruptedException {
      var context = Vertx.vertx().getOrCreateContext();
      var done = new CountDownLatch(1);
      context.runOnContext(
          first -> {
            throw new IllegalStateException("nobody catches it");
          });
      context.runOnContext(second -> done.countDown());
      done.await();
    }
  }

  @Test
  @Timeout(60)
  void everyLineOfAProcessIsJsonUpToItsLastShutdownHook() throws Exception {
    List<JsonNode> lines = runChild();
    assertEquals(List.of("ours", "Unhandled exception", "while it ends"), texts(lines, "message"));
    assertEquals(List.of("DEBUG", "ERROR", "INFO"), texts(lines, "level"));
    assertTrue(texts(lines, "logger").get(1).startsWith("io.vertx."));
    assertEquals(
        "java.lang.IllegalStateException: on purpose", lines.get(2).get("error").textValue());
  }

  private static List<String> texts(List<JsonNode> lines, String field) {
    return lines.stream().map(line -> line.get(field).textValue()).toList();
  }

  private List<JsonNode> runChild() throws IOException, InterruptedException {
    Path errors = dir.resolve("stderr");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectError(errors.toFile()) // the JDK's own warnings are no log lines
            .start();
    try {
      String output = new String(child.getInputStream().readAllBytes(), UTF_8);
      assertTrue(child.waitFor(30, TimeUnit.SECONDS));
      assertEquals(3, child.exitValue(), output + Files.readString(errors));
      var lines = new ArrayList<JsonNode>();
      for (String line : output.lines().toList()) {
        lines.add(JsonMapper.builder().build().readTree(line));
      }
      return lines;
    } finally {
      child.destroyForcibly();
    }
  }
}
