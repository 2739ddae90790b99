package io.perdure.api;

/**
 * Whether the node serves, as {@code /readyz} tells it.
 *
 * @param ready true when it does
 * @param reason why not, for people; empty when it does
 * @param recovered share of the recovery done, 0 to 1
 */
public record Readiness(boolean ready, String reason, double recovered) {
  /** It serves. */
  public static final Readiness READY = new Readiness(true, "", 1);

  /** It does not serve. */
  public static Readiness notYet(String reason, double recovered) {
    return new Readiness(false, reason, recovered);
  }
}
