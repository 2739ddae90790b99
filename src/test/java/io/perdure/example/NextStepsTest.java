package io.perdure.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.perdure.api.auth.AccountsFile;
import io.perdure.config.Problems;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NextStepsTest {
  @TempDir Path dir;
  private String token;
  private String text;

  @BeforeEach
  void print() throws IOException {
    var accounts = AccountsFile.open(Optional.empty(), dir, new Problems()).orElseThrow();
    token = Tour.token(accounts.file());
    text = new NextSteps(URI.create("http://127.0.0.1:9000"), dir, "an-id", "words-python").text();
  }

  @Test
  void shellReadsTheTokenFromTheFileThatTheNodeMade() throws Exception {
    String line = text.lines().filter(l -> l.strip().startsWith("auth=")).findFirst().orElseThrow();
    assertEquals("Authorization: Bearer " + token, sh("-c", line + "\nprintf %s \"$auth\""));
  }

  @Test
  void tokenItselfIsNotPrinted() {
    assertFalse(text.contains(token), text);
  }

  @Test
  void linesBelowTheFirstAreForAShell() throws Exception {
    String lines = text.substring(text.indexOf("api="));
    assertEquals("", sh("-nc", lines));
  }

  /** What a shell prints, complaints included. */
  private static String sh(String option, String lines) throws IOException, InterruptedException {
    Process shell = new ProcessBuilder("sh", option, lines).redirectErrorStream(true).start();
    shell.getOutputStream().close();
    String printed = new String(shell.getInputStream().readAllBytes(), UTF_8);
    shell.waitFor();
    return printed;
  }
}
