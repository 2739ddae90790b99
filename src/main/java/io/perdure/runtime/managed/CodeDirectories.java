package io.perdure.runtime.managed;

import io.perdure.invocation.Function;
import io.vertx.core.Future;
import java.nio.file.Path;

/** Unpacked code packages on this node. Any thread. */
public interface CodeDirectories {
  /**
   * The code of {@code function}, unpacked once and shared by its instances.
   *
   * @return fails with {@link io.perdure.runtime.managed.StartFailure} when the package cannot be
   *     had or is broken
   */
  Future<CodeDirectory> acquire(Function function);

  /** Removes what is not in use. */
  Future<Void> close();

  /** Code that stays where it is until it is released. */
  interface CodeDirectory {
    /** Absolute; nobody but the server may write there. */
    Path path();

    /** The group that may read it, or -1 when the server drops no privileges. */
    int group();

    /** No instance of the holder uses it any more. Once. */
    void release();
  }
}
