package io.perdure.bus;

import java.util.List;

/** What the bus itself sends: the messages of others, several at a time. */
public final class BusMessages {
  private BusMessages() {}

  /** Sent by the bus. */
  public sealed interface OfBus extends Message {}

  /**
   * Messages from one context to one address, in the order in which they were sent.
   *
   * @param answersTo where the answers go, itself in parcels; null when none is wanted
   */
  public record Parcel(String answersTo, List<Item> items) implements OfBus {}

  /**
   * One message of a parcel.
   *
   * @param number of a request, and of the answer to it; 0 for what is not answered
   */
  public record Item(long number, Message message) {}
}
