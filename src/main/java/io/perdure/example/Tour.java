package io.perdure.example;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows a node at work: makes the example functions, submits one invocation of a real program,
 * prints its life cycle as it happens, and says what to try next.
 */
public final class Tour {
  /**
   * Longest time from the submit to the end. Each try takes about a second, on a slow machine 10.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final TourApi api;
  private final Examples examples;
  private final Path dataDir;
  private final PrintStream out;

  private Tour(TourApi api, Path dataDir, PrintStream out) {
    this.api = api;
    this.dataDir = dataDir.toAbsolutePath().normalize();
    this.examples = new Examples(this.dataDir.resolve("examples"));
    this.out = out;
  }

  /**
   * Runs the tour. Blocks until the invocation has ended; what serves the example over HTTP stays
   * up on a daemon thread. A second tour of the same node changes nothing but makes one invocation
   * more.
   *
   * @param base where the node serves, such as {@code http://127.0.0.1:9000}
   * @param token of an account
   * @param dataDir of the node, for the example programs
   * @throws IOException if anything does not work as it should; the message says what
   */
  public static void run(URI base, String token, Path dataDir, PrintStream out)
      throws IOException, InterruptedException {
    new Tour(new TourApi(base, token), dataDir, out).run();
  }

  /**
   * The first token in a file of accounts, such as the node makes on its first start.
   *
   * @throws IOException if it cannot be read or has none
   */
  public static String token(Path accounts) throws IOException {
    for (JsonNode account : new ObjectMapper().readTree(accounts.toFile()).path("accounts")) {
      if (account.path("tokens").path(0).isTextual()) {
        return account.path("tokens").path(0).textValue();
      }
    }
    throw new IOException("the tour needs an account with a token, and " + accounts + " has none");
  }

  private void run() throws IOException, InterruptedException {
    out.println();
    out.println("Functions, made with PUT " + TourApi.FUNCTIONS + "NAME:");
    var made = new ArrayList<String>();
    for (Examples.Example example : examples.all()) {
      String refusal = api.putFunction(example.name(), example.definition());
      if (refusal == null) {
        made.add(example.name());
      }
      String remark = refusal == null ? example.remark() : "skipped: " + refusal;
      out.printf("  %-14s %s%n", example.name(), remark);
    }
    byte[] payload = Files.readAllBytes(examples.wordCount());
    out.println();
    out.println("One invocation: \"words\" counts the words of its own source. Its first attempt");
    out.println("fails on purpose.");
    String id = api.submit("words", payload).path("id").asText();
    out.println("  accepted and on disk as " + id);
    JsonNode ended = follow(id);
    out.println("  result: " + api.text("/v1/invocations/" + id + "/result").strip());
    out.println("  kept until " + ended.path("expiresAt").asText());
    if (!ended.path("status").asText().equals("SUCCEEDED")) {
      throw new IOException("invocation " + id + " ended " + ended.path("status").asText());
    }
    made.retainAll(List.of(Examples.PYTHON, Examples.NODE));
    waitedFor(made, payload);
    new NextSteps(api.base(), dataDir, id, made.isEmpty() ? null : made.get(0)).print(out);
    out.flush();
  }

  /** Has functions of uploaded code do the same, twice each: the second time they are warm. */
  private void waitedFor(List<String> functions, byte[] payload)
      throws IOException, InterruptedException {
    if (functions.isEmpty()) {
      return;
    }
    out.println();
    out.println(
        "The same by uploaded code, and waited for: POST .../invoke, first cold, then warm.");
    for (String function : functions) {
      long began = System.nanoTime();
      api.invoke(function, payload);
      long cold = System.nanoTime();
      String result = api.invoke(function, payload);
      long warm = System.nanoTime();
      out.printf(
          "  %-14s %4d ms, %3d ms: %s%n",
          function,
          NANOSECONDS.toMillis(cold - began),
          NANOSECONDS.toMillis(warm - cold),
          result.strip());
    }
  }

  /** Prints every event as it comes, and gives the record once it has ended. */
  private JsonNode follow(String id) throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(PATIENCE);
    int seen = 0;
    while (true) {
      seen = api.events(id, seen, deadline, this::print);
      JsonNode now = api.json("/v1/invocations/" + id);
      if (!now.path("endedAt").asText("").isEmpty()) {
        return now;
      }
      if (Instant.now().isAfter(deadline)) {
        throw new IOException("invocation " + id + " has not ended: " + now);
      }
    }
  }

  private void print(JsonNode event) {
    LocalTime at =
        LocalTime.ofInstant(
            Instant.parse(event.path("at").asText()).truncatedTo(ChronoUnit.MILLIS),
            ZoneId.systemDefault());
    int attempt = event.path("attempt").asInt();
    out.printf(
        "  %-12s  %-10s %-9s  %s%n",
        at,
        event.path("type").asText(),
        attempt == 0 ? "" : "attempt " + attempt,
        event.path("detail").asText());
    out.flush();
  }
}
