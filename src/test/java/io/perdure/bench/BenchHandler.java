package io.perdure.bench;

import java.io.IOException;

/**
 * A Java function that returns at once. It is packed alone and run in instances, so it knows
 * nothing of the rest.
 */
public final class BenchHandler {
  /** The handler. */
  public String handle(byte[] payload) {
    return "ok";
  }

  /** What a JVM costs by itself: says that it runs, and ends with its input. */
  public static void main(String[] args) throws IOException {
    System.out.println(1);
    while (System.in.read() >= 0) {
      // until nobody waits for it any more
    }
  }
}
