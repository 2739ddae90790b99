package io.perdure.bus;

/** The answer that says nothing but "it is done". */
public record Done() implements Message {
  /** The one instance needed. */
  public static final Done DONE = new Done();
}
