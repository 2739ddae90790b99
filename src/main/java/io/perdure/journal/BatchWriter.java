package io.perdure.journal;

/** Makes a batch durable: the port behind {@link StandaloneJournal}. */
public interface BatchWriter {
  /**
   * Writes {@code batch}, whole, and returns once it would survive the loss of power. Blocks on the
   * disk: never on an event loop.
   *
   * @throws RuntimeException when it failed; whether the batch is on disk is unknown then
   */
  void write(Batch batch);
}
