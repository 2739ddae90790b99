package io.perdure.config;

import static io.perdure.config.Rule.atLeast;
import static io.perdure.config.Rule.between;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultsFileTest {
  /** A config record as a concern would have it. */
  record Toy(Duration pause, int batch, long bodyBytes, Optional<Path> file, List<String> names) {
    static Toy read(Section root) {
      Section toy = root.section("toy");
      return new Toy(
          toy.duration("pause", Duration.ofDays(3), atLeast(Duration.ofSeconds(1))),
          toy.integer("batch", 500, between(1, 10_000)),
          toy.bytes("body-bytes", 6 << 20, between(0L, 1L << 30)),
          toy.optionalPath("file"),
          root.list("names", List.of("a", "b"), Rule.any()));
    }
  }

  @TempDir Path dir;

  @Test
  void fileWithEveryKeyDefaultAndCommentHasNoDifference() throws IOException {
    assertEquals(
        List.of(),
        differences(
            """
            {
              "toy": {
                // pause between two
                "pause": "72h",
                "batch": 500, // how many
                /* how large */
                "body-bytes": "6MiB",
                // where
                "file": null
              },
              "names": ["a", "b"] // which
            }
            """));
  }

  @Test
  void anotherSpellingOfTheSameValueIsNoDifference() throws IOException {
    var found =
        differences(
            """
            { // one line each
              "toy.pause": "3d", // same
              "toy.batch": 500, // same
              "toy.body-bytes": 6291456, // same
              "toy.file": null, // same
              "names": ["a", "b"] // same
            }
            """);
    assertEquals(List.of(), found);
  }

  @Test
  void missingExtraChangedAndUncommentedKeysAreAllTold() throws IOException {
    var found =
        differences(
            """
            {
              "toy": {
                // changed
                "pause": "71h",
                // of no use
                "bach": 500,
                "body-bytes": "6MiB"
              },
              // which
              "names": ["a", "b"]
            }
            """);
    assertEquals(5, found.size(), found::toString);
    assertTrue(found.get(0).contains("no such setting; did you mean toy.batch?"), found.get(0));
    assertEquals("toy.pause differs from its default \"72h\"", found.get(1));
    assertEquals("toy.batch is missing; its default is 500", found.get(2));
    assertEquals("toy.file is missing; its default is null", found.get(3));
    assertEquals("line 7: body-bytes has no comment", found.get(4));
  }

  private List<String> differences(String json) throws IOException {
    return DefaultsFile.differences(
        Files.writeString(dir.resolve("defaults.json"), json), Toy::read);
  }
}
