package io.perdure.api.scf.action;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.ScfTester;
import io.perdure.testkit.Zips;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ManyCreatesTest {
  @Test
  void asManyFunctionsAsAreAllowedInASecondCanBeMadeAtOnce() {
    ExecutorService threads = Executors.newFixedThreadPool(100);
    try (ScfTester scf = ScfTester.start(Map.of())) {
      List<CompletableFuture<JsonNode>> calls =
          IntStream.range(0, 100)
              .mapToObj(
                  i -> {
                    byte[] zip = Zips.of("index.py", "# " + i);
                    return CompletableFuture.supplyAsync(
                        () ->
                            scf.call(
                                "CreateFunction",
                                Made.body("many" + i, "")
                                    .replace(Made.ZIP, Base64.getEncoder().encodeToString(zip))),
                        threads);
                  })
              .toList();

      for (CompletableFuture<JsonNode> call : calls) {
        assertEquals("", call.join().path("Error").path("Code").asText());
      }
    } finally {
      threads.shutdown();
    }
  }
}
