package io.perdure.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.client.PerdureClient;
import io.perdure.client.PerdureClient.Page;
import io.perdure.client.PerdureExtension;
import io.perdure.client.PerdureNode;
import io.perdure.client.Query;
import io.perdure.invocation.InvocationId;
import io.perdure.router.Answers;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lists of a whole node. */
@ExtendWith(PerdureExtension.class)
class ListScenarioTest {
  @Test
  void whoSubmittedFindsItInTheListAlthoughTheClockStandsStill(PerdureNode node) {
    node.function("f").returns("done");
    PerdureClient client = node.client();
    for (int i = 0; i < 60; i++) {
      InvocationId mine = Answers.of(client.submit("f", Buffer.buffer("x"))).id();
      assertEquals(
          mine,
          Answers.of(client.list(Query.of("f").withLimit(3))).invocations().get(0).id(),
          "submit " + i);
    }
  }

  @Test
  void pagesShowEveryInvocationOnceWhileOthersAreSubmitted(PerdureNode node) {
    node.function("f").returns("done");
    PerdureClient client = node.client();
    List<Future<InvocationId>> before = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      before.add(client.submit("f", Buffer.buffer("x")).map(made -> made.id()));
    }
    Set<InvocationId> missing = new HashSet<>();
    before.forEach(one -> missing.add(Answers.of(one)));
    Set<InvocationId> seen = new HashSet<>();
    String cursor = null;
    do {
      List<Future<?>> meanwhile = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        meanwhile.add(client.submit("f", Buffer.buffer("x")));
      }
      Page page = Answers.of(client.list(Query.of("f").withLimit(7).after(cursor)));
      page.invocations().forEach(one -> assertEquals(true, seen.add(one.id())));
      cursor = page.cursor();
      meanwhile.forEach(Answers::of);
    } while (cursor != null);
    missing.removeAll(seen);
    assertEquals(Set.of(), missing);
  }
}
