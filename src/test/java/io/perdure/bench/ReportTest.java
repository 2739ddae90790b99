package io.perdure.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.bench.Report.Figure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private final Report report =
      new Report(
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.US_ASCII));

  @Test
  void aFigureIsGivenAsAShareOfEachLimitOfTheRun() {
    report.add("a", 50, "inv/s");
    report.add("b", 20, "inv/s");

    report.add("c", 10, "inv/s", "a", "absent", "b", "c");

    List<Figure> figures = report.figures();
    assertEquals(4, figures.size());
    assertEquals(0.2, figures.get(2).ratio());
    assertEquals(0.5, figures.get(3).ratio());
  }

  @Test
  void aFigureWithoutALimitStandsAlone() {
    report.add("c", 10, "inv/s", "absent");

    assertEquals(1, report.figures().size());
    assertNull(report.figures().get(0).ratio());
  }

  @Test
  void theTargetOfARatioIsComparedWithTheRatio() {
    report.add(Limits.COMMIT_PATH, 100, "inv/s");

    report.add("completed, event-bus", 31, "inv/s", Limits.COMMIT_PATH);

    Figure figure = report.figures().get(1);
    assertEquals(">= 0.30", figure.target());
    assertTrue(figure.met());
  }

  @Test
  void theTargetOfAValueIsComparedWithTheValue() {
    report.add("resident memory, idle", 121, "MB");

    Figure figure = report.figures().get(0);
    assertEquals("<= 120", figure.target());
    assertFalse(figure.met());
  }

  @Test
  void theTableNamesAFigureOnceAndSaysWhatMissedItsTarget() {
    report.add(Limits.COMMIT_PATH, 100, "inv/s");
    report.add(Limits.PLAIN_LOG, 200, "inv/s");
    report.add("completed, event-bus", 10, "inv/s", Limits.COMMIT_PATH, Limits.PLAIN_LOG);

    String table = Table.plain(report.figures());

    assertEquals(1, table.split("completed, event-bus", -1).length - 1);
    assertTrue(table.contains("MISSED"), table);
    assertTrue(table.contains("0.05"), table);
  }

  @Test
  void whatARunHasWrittenIsATableInMarkdown(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("bench.json");
    report.setting("cores", 4);
    report.add(Limits.EMPTY_GET, 100, "req/s");
    report.add("status by id", 70, "req/s", Limits.EMPTY_GET);
    report.note("something");
    report.write(file);

    String markdown = Table.markdown(List.of(file));

    assertTrue(markdown.contains("- cores: 4\n"), markdown);
    assertTrue(
        markdown.contains(
            "| status by id | 70.000 | req/s | empty HTTP server, GET | 0.70 | >= 0.60 | met |\n"),
        markdown);
    assertTrue(markdown.contains("Note: something\n"), markdown);
  }

  @Test
  void figuresAreHeldAgainstTheBestPeer(@TempDir Path directory) throws IOException {
    Path slow = directory.resolve("slow.json");
    Path fast = directory.resolve("fast.json");
    Files.writeString(slow, "{\"peer\":\"slow\",\"e2e\":{\"completed_per_s\":{\"med\":10}}}");
    Files.writeString(fast, "{\"peer\":\"fast\",\"e2e\":{\"completed_per_s\":{\"med\":20}}}");

    Peers.report(List.of(slow, fast), report);

    assertEquals(20, report.find(Peers.COMPLETED).orElseThrow());
    assertTrue(report.find(Peers.STATUS).isEmpty());
  }
}
