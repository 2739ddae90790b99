package io.perdure.chaos;

import io.perdure.store.StoreContents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The data directories when all nodes have ended: each sound in itself, and all alike. */
final class Replicas {
  private static final int VERIFY_SECONDS = 300;

  private Replicas() {}

  /** Verifies each by {@code perdure verify}, and compares what they have of the same shards. */
  static void check(List<Member> members, Findings findings)
      throws IOException, InterruptedException {
    Map<String, Map<String, String>> byStore = new TreeMap<>();
    for (Member member : members) {
      verify(member, findings);
      StoreContents.of(member.place().data())
          .forEach(
              (store, contents) ->
                  byStore
                      .computeIfAbsent(store, first -> new TreeMap<>())
                      .put(member.name(), contents));
    }
    byStore.forEach((store, held) -> compare(store, held, findings));
    findings.count("stores compared over all replicas", byStore.size());
  }

  static void compare(String store, Map<String, String> held, Findings findings) {
    if (held.values().stream().distinct().count() > 1) {
      findings.violation("replicas differ", store + ": " + held);
    }
  }

  private static void verify(Member member, Findings findings)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(member.place().command());
    words.addAll(List.of("verify", member.place().data().toString()));
    Process verify = new ProcessBuilder(words).redirectErrorStream(true).start();
    verify.getOutputStream().close();
    String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (verify.waitFor(VERIFY_SECONDS, TimeUnit.SECONDS) && verify.exitValue() == 0) {
      findings.count("data directories verified", 1);
    } else {
      verify.destroyForcibly();
      findings.violation("a data directory is not sound", member.name() + ": " + said);
    }
  }
}
