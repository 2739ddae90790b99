package io.perdure.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The data directories when all nodes have ended: each sound in itself, and all alike. */
final class Replicas {
  private static final int VERIFY_SECONDS = 300;
  private static final Pattern RECORDS = Pattern.compile("(\\d+) stores, (\\d+) records,");

  private Replicas() {}

  /**
   * Verifies each by {@code perdure verify}.
   *
   * @param alike whether they hold the same invocations
   */
  static void check(List<Member> members, boolean alike, Findings findings)
      throws IOException, InterruptedException {
    List<String> held = new ArrayList<>();
    for (Member member : members) {
      List<String> words = new ArrayList<>(member.place().command());
      words.addAll(List.of("verify", member.place().data().toString()));
      Process verify = new ProcessBuilder(words).redirectErrorStream(true).start();
      verify.getOutputStream().close();
      String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!verify.waitFor(VERIFY_SECONDS, TimeUnit.SECONDS) || verify.exitValue() != 0) {
        verify.destroyForcibly();
        findings.violation("a data directory is not sound", member.name() + ": " + said);
        continue;
      }
      Matcher records = RECORDS.matcher(said);
      held.add(records.find() ? records.group() : said);
      findings.count("data directories verified", 1);
    }
    if (alike && held.stream().distinct().count() > 1) {
      findings.violation("replicas differ", held);
    }
  }
}
