package io.perdure.bus;

import static io.perdure.bus.Message.lengthOf;

import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RunError;
import io.perdure.invocation.StopMode;
import java.util.List;

/**
 * What the executors of a cluster tell one another about attempts that one, the host, runs for
 * another one, which is full. The attempt stays the other's, its origin's: all that is known of it,
 * and all that is decided, is there.
 */
@SuppressWarnings("ArrayRecordComponent") // bodies are handed over, never compared
public final class GuestMessages {
  private GuestMessages() {}

  /** Sent to or answered by an executor. */
  public sealed interface OfGuests extends Message {}

  /**
   * Which attempt is meant.
   *
   * @param origin name of the node
   * @param session of its executor: one that was started anew knows nothing of what was
   * @param number ascending within the session
   */
  public record GuestId(String origin, long session, long number) {}

  /**
   * To a host: an attempt to be run at once, or not at all. Answered by {@link TakenIn}.
   *
   * @param function as the origin has found it: what it says is what runs
   * @param direct whether its caller takes a result that is too large to be kept
   */
  public record TakeIn(
      GuestId guest,
      Invocation invocation,
      Function function,
      long epoch,
      int attempt,
      boolean direct,
      byte[] payload)
      implements OfGuests {
    @Override
    public int bodyBytes() {
      return lengthOf(payload);
    }
  }

  /**
   * Answer to {@link TakeIn}.
   *
   * @param taken when not, nothing of it has been done
   * @param begun whether it has begun; else {@link GuestBegan} says so later
   * @param instance where it runs on the host, null unless it has begun
   * @param slots that are free now
   */
  public record TakenIn(boolean taken, boolean begun, String instance, int slots)
      implements OfGuests {}

  /**
   * To a host, each second while it runs something for the origin: these it is to go on with. It
   * ends others of the same origin, and all when it hears nothing. Without any it asks for free
   * slots only. Answered by {@link GuestsKept}.
   *
   * @param last number that was given out: what came later is not spoken of
   */
  public record KeepGuests(String origin, long session, long last, List<Long> numbers)
      implements OfGuests, Repeatable {}

  /**
   * Answer to {@link KeepGuests}.
   *
   * @param missing those of the numbers that it does not have, or not any more
   * @param slots that are free now
   */
  public record GuestsKept(List<Long> missing, int slots) implements OfGuests {}

  /** To the executor of a node: how many attempts of others it has. */
  public record CountGuests() implements OfGuests, Repeatable {}

  /** Answer to {@link CountGuests}: those that run, and those whose end their origin is to hear. */
  public record GuestCount(int guests) implements OfGuests {}

  /** To a host, not answered; of what it does not have it does nothing. */
  public sealed interface GuestOrder extends OfGuests {
    GuestId guest();
  }

  /** The attempt is to stop. */
  public record StopGuest(GuestId guest, StopMode mode, long graceMillis) implements GuestOrder {}

  /** Answered by {@link GuestReleased} unless the attempt may have begun. */
  public record ReturnGuest(GuestId guest) implements GuestOrder {}

  /** Nobody waits for its end any more: it is ended by force. */
  public record DropGuest(GuestId guest) implements GuestOrder {}

  /** To the origin, one at a time and again until it is answered. */
  public sealed interface GuestNews extends OfGuests {
    GuestId guest();
  }

  /** The attempt has begun. */
  public record GuestBegan(GuestId guest, String instance) implements GuestNews {}

  /**
   * A stop was delivered to it.
   *
   * @param acknowledged whether it has said that it was
   */
  public record GuestStopping(GuestId guest, boolean acknowledged, String detail)
      implements GuestNews {}

  /** It has not begun and will not. */
  public record GuestReleased(GuestId guest) implements GuestNews {}

  /**
   * It has ended.
   *
   * @param instance where it ran on the host
   * @param error null when it has succeeded; the host's own failures are of kind PLATFORM
   * @param memoryBytes most memory its instance used, 0 when unknown
   */
  public record GuestEnded(
      GuestId guest,
      String instance,
      RunError error,
      long retryAfterMillis,
      long memoryBytes,
      byte[] result,
      byte[] log)
      implements GuestNews {
    @Override
    public int bodyBytes() {
      return lengthOf(result) + lengthOf(log);
    }
  }
}
