package io.perdure.runtime.managed;

import io.perdure.runtime.managed.CodeDirectories.CodeDirectory;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Starts processes under limits, each as the leader of a group in a directory of its own, with no
 * more of the server's surroundings than it is given. Called on the executor's event loop, answers
 * on it; what blocks is done elsewhere.
 */
public interface Processes {
  /**
   * Makes a place for an instance: its own directory, and the user it is to run as.
   *
   * @return fails with {@link StartFailure} when there is none
   */
  Future<Place> place(String instance, CodeDirectory code);

  /**
   * Starts {@code argv} there.
   *
   * @param directory where it starts; it and the code have to be readable to the place's user
   * @param argv program and arguments; a program without a slash is looked for on the server's PATH
   * @param env all of it: nothing is inherited
   * @return fails with {@link StartFailure} when it cannot be executed
   */
  Future<InstanceProcess> start(
      Place place, Path directory, List<String> argv, Map<String, String> env, Limits limits);

  /** Kills what is left and removes the places. */
  Future<Void> close();

  /** Gives the directory up, when everybody else who used it is closed too. */
  default Future<Void> leave() {
    return Future.succeededFuture();
  }

  /** Where an instance lives. */
  interface Place {
    /** Its own directory, absolute and writable: HOME, TMPDIR, gone when it has ended. */
    Path work();

    /** Removes it; an instance that runs there has to be over. */
    Future<Void> remove();
  }

  /**
   * What an instance may use.
   *
   * @param memoryMb of all its processes together
   * @param diskMb in its own directory, of all files together
   * @param processes processes and threads
   * @param openFiles descriptors of each process
   * @param cpuSeconds CPU time of each process over its whole life; 0 for no limit, as what is kept
   *     warm for days needs
   * @param dataMb what each process may reserve (RLIMIT_DATA), so that one that asks for far too
   *     much is refused by the kernel and does not have to be caught; 0 for no limit. What is
   *     reserved and what is used are far apart in Java and Node.js
   */
  record Limits(
      int memoryMb, int diskMb, int processes, int openFiles, int cpuSeconds, int dataMb) {}

  /** A signal to the whole group. */
  enum Signal {
    TERM,
    KILL
  }

  /**
   * How the first process ended.
   *
   * @param code exit code, 128 + number after a signal
   * @param cause why the platform ended it: "OutOfMemory" or "DiskQuotaExceeded"; null when it did
   *     not
   * @param detail what was exceeded and by how much, null without a cause
   */
  record Exit(int code, String cause, String detail) {}

  /** A process and all it started. */
  interface InstanceProcess {
    long pid();

    /** What a signal reaches, for the record. */
    String describe();

    /** What it writes to stdout and stderr, in order, as it comes. Set once, at once. */
    void output(Consumer<Buffer> to);

    /** Completes when all it has written so far has been given to {@link #output}. */
    Future<Void> drained();

    void signal(Signal signal);

    /**
     * Memory all of it uses now, and the most since the start, in bytes; looked at now and then.
     */
    long memoryBytes();

    long memoryBytesMax();

    /**
     * Completes, never fails, when the first process is gone and the rest of the group is killed.
     */
    Future<Exit> exited();
  }
}
