package io.perdure.runtime.managed.process;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.invocation.RunError.Kind;
import io.perdure.runtime.managed.CodeDirectories.CodeDirectory;
import io.perdure.runtime.managed.Processes;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.process.NamedPipes;
import io.perdure.runtime.process.ProcessGroups;
import io.perdure.runtime.process.ProcessLoop;
import io.perdure.runtime.process.WorkDirectories;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Processes as {@link Isolation} has them. Who works on what: a small pool makes, starts, kills and
 * removes; one loop reads output and signals groups; two watches measure memory and disk.
 */
public final class LimitedProcesses implements Processes {
  static final String OUT_OF_MEMORY = "OutOfMemory";
  static final String DISK_QUOTA_EXCEEDED = "DiskQuotaExceeded";

  private static final System.Logger LOG = System.getLogger(LimitedProcesses.class.getName());

  /** Starts and clean-ups at the same time. */
  private static final int THREADS = 4;

  private final Vertx vertx;
  private final Isolation isolation;
  private final Places places;
  private final UserIds ids;
  private final UserSweep sweep;
  private final ProcessLoop loop = new ProcessLoop("perdure-instances");
  private final ProcessGroups groups;
  private final WorkDirectories pipeDirectories;
  private final MemoryWatch memory = new MemoryWatch();
  private final DiskWatch disk;
  private final Launcher launcher;
  private final ExecutorService pool;
  private final Set<OwnPlace> open = ConcurrentHashMap.newKeySet();
  private final Set<LimitedProcess> running = ConcurrentHashMap.newKeySet();
  private final AtomicLong oomKills = new AtomicLong(new Proc().oomKills());
  private volatile boolean closed;

  private LimitedProcesses(
      Vertx vertx, Isolation isolation, Path directory, List<Path> hidden, int instancesMax) {
    this.vertx = vertx;
    this.isolation = isolation;
    Path base = directory.toAbsolutePath().normalize();
    this.places = new Places(base);
    List<Path> shared = isolation.privateTmp() ? UserSweep.SHARED_STILL : UserSweep.SHARED;
    this.ids = new UserIds(isolation.config().idsFrom(), isolation.config().ids(), UserIds.locks());
    this.sweep =
        new UserSweep(
            isolation.tools(), isolation.config().idsFrom(), isolation.config().ids(), shared);
    this.groups = new ProcessGroups(isolation.tools().setsid(), isolation.tools().setpriv());
    this.pipeDirectories = new WorkDirectories(base.resolve(Places.PIPES));
    this.disk = new DiskWatch(isolation.bubblewrap() ? List.of() : shared);
    this.launcher =
        new Launcher(
            isolation,
            new LaunchLine(isolation, base, hidden),
            new NamedPipes(
                pipeDirectories, isolation.tools().mkfifo().orElse(Path.of("/usr/bin/mkfifo"))),
            instancesMax);
    AtomicInteger number = new AtomicInteger();
    // Its queue is bounded by the instances: each has one step under way.
    this.pool =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "perdure-instance-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Gets {@code directory} ready, and removes what an earlier run of the server left there.
   *
   * @param hidden directories that bubblewrap keeps from functions, such as the data directory
   * @param instancesMax most instances at once
   */
  public static Future<LimitedProcesses> open(
      Vertx vertx, Isolation isolation, Path directory, List<Path> hidden, int instancesMax) {
    LimitedProcesses made = new LimitedProcesses(vertx, isolation, directory, hidden, instancesMax);
    return made.work(
        () -> {
          made.prepare();
          return made;
        });
  }

  private void prepare() throws IOException {
    if (isolation.problem().isPresent()) {
      LOG.log(WARNING, "no functions from uploaded code: {0}", isolation.problem().get());
      return;
    }
    places.prepare();
    pipeDirectories.removeOld();
    if (isolation.drops()) {
      Set<Integer> former = sweep.usersOfAnything();
      former.addAll(places.formerUsers());
      for (int user : former) {
        if (ids.take(user) && quiet(user)) {
          free(user);
        }
      }
    }
    places.removeOld();
    LOG.log(INFO, "isolation of functions: {0}", isolation.describe());
  }

  @Override
  public Future<Place> place(String instance, CodeDirectory code) {
    if (isolation.problem().isPresent()) {
      return Future.failedFuture(cannotStart(isolation.problem().get()));
    }
    return work(() -> makePlace(instance, code));
  }

  private Place makePlace(String instance, CodeDirectory code) throws IOException {
    int user = -1;
    if (isolation.drops()) {
      user = ids.take();
      if (user < 0) {
        throw cannotStart("no user id is free: raise runtime.managed.isolation.ids");
      }
    }
    try {
      Path work = places.make(instance, user);
      OwnPlace place =
          new OwnPlace(instance, work, user, isolation.drops() ? code.group() : -1, code.path());
      open.add(place);
      return place;
    } catch (IOException | RuntimeException e) {
      if (user >= 0) {
        ids.release(user);
      }
      throw e;
    }
  }

  @Override
  public Future<InstanceProcess> start(
      Place place, Path directory, List<String> argv, Map<String, String> env, Limits limits) {
    OwnPlace own = (OwnPlace) place;
    Context context = vertx.getOrCreateContext();
    Promise<InstanceProcess> promise = Promise.promise();
    work(() -> launcher.start(own, directory, argv, env, limits))
        .onFailure(promise::fail)
        .onSuccess(
            launched -> {
              LimitedProcess process = new LimitedProcess(this, context, own, launched, limits);
              running.add(process);
              own.process = process;
              loop.execute(process::attach);
              promise.complete(process);
            });
    return promise.future();
  }

  @Override
  public Future<Void> close() {
    if (closed) {
      return Future.succeededFuture();
    }
    closed = true;
    List<Future<?>> ends = new ArrayList<>();
    running.forEach(
        process -> {
          process.signal(Signal.KILL);
          ends.add(process.exited());
        });
    return Future.join(ends)
        .transform(ended -> Future.join(open.stream().map(OwnPlace::remove).toList()))
        .transform(
            removed ->
                work(
                    () -> {
                      memory.close();
                      disk.close();
                      loop.execute(groups::close);
                      loop.close();
                      pipeDirectories.removeAll();
                      return (Void) null;
                    }))
        .onComplete(done -> pool.shutdown());
  }

  @Override
  public Future<Void> leave() {
    return vertx.executeBlocking(
        () -> {
          places.close();
          return null;
        },
        false);
  }

  /** Ends what is left of {@code user}; false when that cannot be. On the pool. */
  private boolean quiet(int user) {
    boolean killed = sweep.killed(user);
    if (!killed) {
      LOG.log(WARNING, "processes of user {0} do not end, its id is not used again", user);
    }
    return killed;
  }

  /** Removes what is left of {@code user} and lets the next one have its id. On the pool. */
  private void free(int user) {
    try {
      if (!isolation.bubblewrap()) {
        sweep.removeFiles(user);
      }
      ids.release(user);
    } catch (IOException e) {
      LOG.log(WARNING, "files of user " + user + " stay, so its id is not used again", e);
    }
  }

  /** What will kill all of {@code user} if the server dies is noted where other servers look. */
  void guard(int user) {
    if (user < 0) {
      return;
    }
    try {
      ids.guardedBy(user, groups.guard());
    } catch (IOException e) {
      LOG.log(WARNING, "other servers may use id " + user + " too soon if this one dies", e);
    }
  }

  ProcessLoop loop() {
    return loop;
  }

  ProcessGroups groups() {
    return groups;
  }

  MemoryWatch memory() {
    return memory;
  }

  DiskWatch disk() {
    return disk;
  }

  ExecutorService pool() {
    return pool;
  }

  UserSweep sweep() {
    return sweep;
  }

  /** True when the kernel has killed somebody for want of memory since this was asked last. */
  boolean kernelWasShortOfMemory() {
    long now = new Proc().oomKills();
    return now > oomKills.getAndSet(now);
  }

  void ended(LimitedProcess process) {
    running.remove(process);
  }

  static StartFailure cannotStart(String why) {
    return new StartFailure(Kind.PLATFORM, "CannotStart", why);
  }

  /** Does {@code task} on the pool and answers on the caller's context. */
  private <T> Future<T> work(Callable<T> task) {
    Context context = vertx.getOrCreateContext();
    Promise<T> promise = Promise.promise();
    try {
      pool.execute(
          () -> {
            try {
              T result = task.call();
              context.runOnContext(v -> promise.complete(result));
            } catch (StartFailure e) {
              context.runOnContext(v -> promise.fail(e));
            } catch (Exception e) {
              StartFailure failure = cannotStart("an instance cannot be prepared: " + e);
              context.runOnContext(v -> promise.fail(failure));
            }
          });
    } catch (RejectedExecutionException e) {
      promise.fail(cannotStart("the server is shutting down"));
    }
    return promise.future();
  }

  /** The directory and the user of one instance. */
  final class OwnPlace implements Place {
    final String instance;
    final Path work;
    final int user; // -1 for the server's own
    final int group; // that may read the code, or -1
    final Path code;
    private volatile LimitedProcess process;
    private Future<Void> removed;

    OwnPlace(String instance, Path work, int user, int group, Path code) {
      this.instance = instance;
      this.work = work;
      this.user = user;
      this.group = group;
      this.code = code;
    }

    @Override
    public Path work() {
      return work;
    }

    @Override
    public synchronized Future<Void> remove() {
      if (removed == null) {
        LimitedProcess mine = process;
        removed =
            (mine == null ? Future.succeededFuture() : mine.exited())
                .compose(gone -> LimitedProcesses.this.work(this::removeNow));
      }
      return removed;
    }

    private Void removeNow() {
      open.remove(this);
      // First its processes: while one is left, it could lead the removal elsewhere by a link.
      if (user >= 0 && !quiet(user)) {
        return null;
      }
      try {
        Places.remove(work);
        if (user >= 0) {
          free(user);
        }
      } catch (IOException e) { // what could read it, its user, is not used again
        LOG.log(WARNING, "cannot remove " + work + ", the next start will try again", e);
      }
      return null;
    }
  }
}
