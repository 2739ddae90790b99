package io.perdure.bus;

import java.util.List;

/**
 * What the limiters are asked. In a cluster every rate and every function has a home, the owner of
 * one shard, which decides for all nodes.
 */
public final class LimitMessages {
  /**
   * How long a node may use the places of functions that its homes have granted it, from the moment
   * it asked: longer than it takes until another node owns a shard whose owner has died or is held
   * up, three elections of two seconds, so that nothing is ended for that. Milliseconds.
   */
  public static final long PLACES_LEASE_MILLIS = 8_000;

  /**
   * How long a node may use tokens that a home has lent it, from the moment it asked: what a lease
   * brings at most is the rate's share of it. Milliseconds.
   */
  public static final long TOKENS_LEASE_MILLIS = 50;

  private LimitMessages() {}

  /** Sent to or answered by a limiter. */
  public sealed interface OfLimiter extends Message {}

  /**
   * Takes {@code tokens} from the bucket of (account, dialect, action), or fails as throttled with
   * the time after which it is worth trying again.
   *
   * @param dialect "native", "scf", "fc"
   * @param action the dialect's name of the operation
   * @param tokens at least 1
   */
  public record Acquire(String account, String dialect, String action, int tokens)
      implements OfLimiter {}

  /**
   * Takes from the same bucket as many tokens as there are, {@code least} to {@code most} of them,
   * to be used within {@link #TOKENS_LEASE_MILLIS}. Fails like {@link Acquire} when there are not
   * that many. Answered by {@link TokensLeased}.
   *
   * @param returned tokens of an earlier lease that were not used
   */
  public record LeaseTokens(
      String account, String dialect, String action, int least, int most, int returned)
      implements OfLimiter {}

  /** Answer to {@link LeaseTokens}. */
  public record TokensLeased(int tokens) implements OfLimiter {}

  /**
   * All that a node has of the functions whose home is one shard, and would like to have: places to
   * run attempts in. What is not named it does not have.
   *
   * @param session of the node's executor: one that was started anew knows nothing of the places
   *     that it had
   * @param number ascending within the session: what comes late is told by it
   * @param homeEpoch of the home as the node knows it, from an earlier answer; 0 for unknown
   */
  public record RenewPlaces(
      String node, long session, long number, long homeEpoch, int shard, List<PlacesUse> uses)
      implements OfLimiter, Repeatable {}

  /**
   * Of one function.
   *
   * @param concurrency of the function as the node knows it
   * @param held places granted before that the node keeps; all that it uses are among them
   * @param wanted places that it could use now, those it uses included
   */
  public record PlacesUse(long functionUid, int concurrency, int held, int wanted) {}

  /**
   * Answer to {@link RenewPlaces}: good for {@link #PLACES_LEASE_MILLIS} from when it was asked.
   *
   * @param homeEpoch of the home, another one whenever its memory has begun anew
   * @param grants one for each function asked for
   */
  public record PlacesRenewed(long homeEpoch, List<PlacesGrant> grants) implements OfLimiter {}

  /**
   * Of one function.
   *
   * @param held places that the node has now; less than it kept when it had lost them before
   * @param share places that it is to come down to as soon as it can, since others want the rest;
   *     {@link #ALL} while there is enough for all nodes, and where some are missing because a node
   *     that has gone had them: what ran there may run on
   */
  public record PlacesGrant(long functionUid, int held, int share) {
    public static final int ALL = Integer.MAX_VALUE;
  }

  /** To a node: places it has wanted are free, or others want some of those that it has. */
  public record PlacesMoved(int shard, List<PlacesGrant> shares) implements OfLimiter {}
}
