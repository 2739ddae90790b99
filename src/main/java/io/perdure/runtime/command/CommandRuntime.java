package io.perdure.runtime.command;

import static java.lang.System.Logger.Level.WARNING;

import io.perdure.runtime.Call;
import io.perdure.runtime.FunctionRuntime;
import io.perdure.runtime.Outcome;
import io.perdure.runtime.Running;
import io.perdure.runtime.process.NamedPipes;
import io.perdure.runtime.process.ProcessGroups;
import io.perdure.runtime.process.ProcessLoop;
import io.perdure.runtime.process.Programs;
import io.perdure.runtime.process.WorkDirectories;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs each attempt as a process of its own. */
public final class CommandRuntime implements FunctionRuntime {
  private static final System.Logger LOG = System.getLogger(CommandRuntime.class.getName());

  private static final int REMOVE_TRIES = 5;
  private static final long REMOVE_PAUSE_MILLIS = 100;

  private final Vertx vertx;
  private final Clock clock;
  private final ProcessGroups groups;
  private final WorkDirectories directories;
  private final NamedPipes pipes;
  private final ExecutorService pool;
  private final ProcessLoop loop = new ProcessLoop("perdure-processes");
  private final Set<ProcessAttempt> attempts = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * A runtime with threads of its own. Blocks for a moment: looks for {@code setsid} and {@code
   * mkfifo} on the server's PATH.
   *
   * @param clock measures the grace of a stop
   */
  public CommandRuntime(Vertx vertx, CommandConfig config, Clock clock) {
    this(vertx, config, clock, Programs.find("setsid", Programs.path()));
  }

  CommandRuntime(Vertx vertx, CommandConfig config, Clock clock, Optional<Path> setsid) {
    this.vertx = vertx;
    this.clock = clock;
    this.groups = new ProcessGroups(setsid);
    this.directories = new WorkDirectories(config.directory());
    this.pipes =
        new NamedPipes(
            directories,
            Programs.find("mkfifo", Programs.path()).orElse(Path.of("/usr/bin/mkfifo")));
    AtomicInteger number = new AtomicInteger();
    // Its queue is bounded by the executor's concurrency: one start and one clean-up an attempt.
    this.pool =
        Executors.newFixedThreadPool(
            config.threads(),
            task -> {
              Thread thread = new Thread(task, "perdure-command-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    pool.execute(directories::removeOld);
  }

  @Override
  public Running start(Call call) {
    ProcessAttempt attempt = new ProcessAttempt(this, call, vertx.getOrCreateContext());
    if (closed) {
      attempt.refuse("the runtime is closed");
      return attempt;
    }
    attempts.add(attempt);
    pool.execute(attempt::launch);
    return attempt;
  }

  /** Kills what runs, waits for it, then ends the threads and removes the directories. */
  @Override
  public Future<Void> close() {
    if (closed) {
      return Future.succeededFuture();
    }
    closed = true;
    List<Future<Outcome>> ends = attempts.stream().map(ProcessAttempt::kill).toList();
    Promise<Void> done = Promise.promise();
    Future.join(ends)
        .onComplete(
            ended ->
                loop.execute(
                    () -> {
                      groups.close();
                      loop.close();
                      pool.execute(
                          () -> {
                            directories.removeAll();
                            done.complete();
                          });
                      pool.shutdown();
                    }));
    return done.future();
  }

  Clock clock() {
    return clock;
  }

  ProcessGroups groups() {
    return groups;
  }

  ProcessLoop loop() {
    return loop;
  }

  ExecutorService pool() {
    return pool;
  }

  NamedPipes pipes() {
    return pipes;
  }

  WorkDirectories directories() {
    return directories;
  }

  /** The attempt is over; its directory, if it came to one, goes. On the pool. */
  void ended(ProcessAttempt attempt, Path directory) {
    attempts.remove(attempt);
    if (directory != null) {
      remove(directory, REMOVE_TRIES);
    }
  }

  /** A process that has just been killed may still write for a moment: hence more than one try. */
  private void remove(Path directory, int triesLeft) {
    try {
      WorkDirectories.remove(directory);
    } catch (IOException e) {
      if (triesLeft > 1 && !closed) {
        vertx.setTimer(
            REMOVE_PAUSE_MILLIS, id -> pool.execute(() -> remove(directory, triesLeft - 1)));
      } else {
        LOG.log(WARNING, "cannot remove " + directory + ", the next start will try again", e);
      }
    }
  }
}
