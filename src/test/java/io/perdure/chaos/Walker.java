package io.perdure.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Random;

/** A client that walks over the whole list, each page asked of any node, again and again. */
final class Walker implements Runnable {
  private static final int PAUSE_MILLIS = 200;
  private static final int[] LIMITS = {100, 300, 1_000};

  private final Callers callers;
  private final Random random;

  Walker(Callers callers, Random random) {
    this.callers = callers;
    this.random = random;
  }

  @Override
  public void run() {
    try {
      while (!callers.ends(PAUSE_MILLIS)) {
        walk();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Goes on with the same cursor after a page that was refused or not answered. */
  private void walk() throws InterruptedException {
    int walk = callers.nextWalk();
    String order = random.nextBoolean() ? "asc" : "desc";
    String query = "limit=" + LIMITS[random.nextInt(LIMITS.length)] + "&order=" + order;
    String cursor = "";
    do {
      String position = cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, UTF_8);
      Request.Outcome page =
          Request.page(walk, query + position).send(callers.any(random), callers.history());
      if (page.op().succeeded()) {
        if (!page.op().more()) {
          return;
        }
        cursor = page.json().path("cursor").asText();
      }
    } while (!callers.ends(10));
  }
}
