package io.perdure.executor;

import io.perdure.invocation.Function;

/**
 * How many attempts of a function this node may run at once. Belongs to the executor's event loop.
 */
interface Places {
  /** Who has attempts to be started. */
  interface Host {
    /** Places of the function in use, those claimed by waiting callers included. */
    int used(long functionUid);

    /** Places of the function that could be used now, those in use included. */
    int useful(long functionUid);

    /** There are more places than before. */
    void more(long functionUid);

    /** Of the attempts that run all but {@code most} have to end: others may take their places. */
    void lost(long functionUid, int most);
  }

  /** Every place of every function is this node's: it stands alone. */
  Places ALL = Function::concurrency;

  /** Places of {@code function} that attempts may be in at this moment. */
  int of(Function function);

  /** More of {@code function} could run than {@link #of} allows. */
  default void wanted(Function function) {}

  /** A place of the function is used no more. */
  default void freed(long functionUid) {}

  /** Whether what is missing may still come: a claim may wait a little for its place. */
  default boolean mayGrow() {
    return false;
  }

  /**
   * Whether nobody can say at the moment how many more there are: who counts them has gone, or has
   * only just begun to.
   */
  default boolean uncounted(long functionUid) {
    return false;
  }
}
