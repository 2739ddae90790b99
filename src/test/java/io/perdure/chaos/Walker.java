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
      int length = 0;
      while (!callers.ends(PAUSE_MILLIS + length / 5)) { // a long list is walked over less often
        length = walk();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Goes on with the same cursor after a page that was refused or not answered.
   *
   * @return how many were listed
   */
  private int walk() throws InterruptedException {
    int walk = callers.nextWalk();
    String order = random.nextBoolean() ? "asc" : "desc";
    String query = "limit=" + LIMITS[random.nextInt(LIMITS.length)] + "&order=" + order;
    String cursor = "";
    int length = 0;
    do {
      String position = cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, UTF_8);
      Request.Outcome page = callers.send(Request.page(walk, query + position), random);
      if (page.op().succeeded()) {
        length += page.op().seen().size();
        if (!page.op().more()) {
          return length;
        }
        cursor = page.json().path("cursor").asText();
      }
    } while (!callers.ends(10));
    return length;
  }
}
