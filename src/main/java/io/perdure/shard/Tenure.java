package io.perdure.shard;

/** Who owns a shard, as told last. Thread-safe; who has to act on it is called at each change. */
final class Tenure implements ShardStorage.Ownership {
  /** One telling; compared by identity: to be given the shard again is a change, too. */
  static final class Told {
    private final boolean here;
    private final String owner;

    private Told(boolean here, String owner) {
      this.here = here;
      this.owner = owner;
    }

    /** Whether this node owns the shard. */
    boolean here() {
      return here;
    }

    /** Name of another node that does; null while none is known. */
    String owner() {
      return owner;
    }
  }

  private final Runnable onChange;
  private volatile Told latest = new Told(false, null);

  /**
   * Nobody owns it yet.
   *
   * @param onChange called on the thread of whoever tells; to be handed over at once
   */
  Tenure(Runnable onChange) {
    this.onChange = onChange;
  }

  Told latest() {
    return latest;
  }

  @Override
  public void gained() {
    latest = new Told(true, null);
    onChange.run();
  }

  @Override
  public void lost(String owner) {
    latest = new Told(false, owner);
    onChange.run();
  }
}
