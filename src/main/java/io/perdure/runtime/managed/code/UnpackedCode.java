package io.perdure.runtime.managed.code;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.CodeMessages.CodeRead;
import io.perdure.bus.CodeMessages.ReadCode;
import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.RunError.Kind;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.managed.CodeDirectories;
import io.perdure.runtime.managed.StartFailure;
import io.perdure.runtime.managed.code.CodeFiles.BrokenPackage;
import io.perdure.runtime.managed.code.CodeFiles.Fetch;
import io.perdure.runtime.managed.code.CodeFiles.Unpacked;
import io.perdure.zip.ZipBounds;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Code fetched over the bus and unpacked below {@code <managed>/code}, once for each function and
 * package, whatever versions and instances use it. A function's code is not shared with another
 * one's: each has a group of its own when privileges are dropped, and only it can enter.
 *
 * <p>Code out of use stays as long as all of it takes less than a bound; then what is longest out
 * of use goes first. Nothing outlives the server: what an earlier run left is removed at the start.
 *
 * <p>Any thread; all work on files is done on threads of its own.
 */
public final class UnpackedCode implements CodeDirectories {
  private static final System.Logger LOG = System.getLogger(UnpackedCode.class.getName());

  private final Vertx vertx;
  private final Bus bus;
  private final UnpackedCodeConfig config;
  private final CodeFiles files;
  private final WorkerExecutor threads;
  private final Future<Void> prepared;
  private final boolean grouped;

  /** Guards what follows. */
  private final Object lock = new Object();

  private final Map<Key, Shared> all = new HashMap<>();
  private final Set<Shared> unused = new LinkedHashSet<>(); // longest out of use first
  private final Deque<Integer> groups = new ArrayDeque<>(); // that are free
  private final Set<Future<Void>> removals = new HashSet<>(); // under way
  private long bytes;
  private boolean closed;

  private record Key(long functionUid, String sha256) {}

  /** Code of one function, being unpacked, in use or out of use. */
  private static final class Shared {
    private final Key key;
    private final Promise<Unpacked> ready = Promise.promise();
    private int group = -1;
    private int holders;

    Shared(Key key) {
      this.key = key;
    }
  }

  /**
   * Begins with removing what an earlier run left.
   *
   * @param managed directory of all managed functions, made when it is missing
   * @param bounds what a package may unpack to
   * @param groupsFrom first id of the groups that code is given to; -1 to give it to none
   * @param groupCount how many there are, and so most unpacked packages at once; nobody else may
   *     use them
   */
  public UnpackedCode(
      Vertx vertx,
      Bus bus,
      UnpackedCodeConfig config,
      Path managed,
      ZipBounds bounds,
      int groupsFrom,
      int groupCount) {
    this.vertx = vertx;
    this.bus = bus;
    this.config = config;
    files = new CodeFiles(managed, bounds);
    threads = vertx.createSharedWorkerExecutor("perdure-code-unpack", config.threads());
    grouped = groupsFrom >= 0;
    for (int i = 0; grouped && i < groupCount; i++) {
      groups.add(groupsFrom + i);
    }
    prepared =
        threads.executeBlocking(
            () -> {
              files.prepare();
              return null;
            });
  }

  @Override
  public Future<CodeDirectory> acquire(Function function) {
    CodeRef code = function.runtime() instanceof Managed managed ? managed.code() : null;
    if (code == null) {
      return Future.failedFuture(unusable("no code has been uploaded for the function"));
    }
    Context caller = vertx.getOrCreateContext();
    Shared shared;
    boolean first;
    synchronized (lock) {
      if (closed) {
        return Future.failedFuture(cannotStart("the node is shutting down"));
      }
      Key key = new Key(function.uid(), code.sha256());
      shared = all.get(key);
      first = shared == null;
      if (first) {
        shared = new Shared(key);
        if (grouped && groups.isEmpty()) {
          removeUnused(true);
          return Future.failedFuture(
              cannotStart("all groups that code can be given to are in use"));
        }
        shared.group = grouped ? groups.remove() : -1;
        all.put(key, shared);
      }
      shared.holders++;
      unused.remove(shared);
    }
    if (first) {
      unpack(shared, code);
    }
    return answer(shared, caller);
  }

  /** On the caller's context, whoever's work it was. */
  private Future<CodeDirectory> answer(Shared shared, Context caller) {
    Promise<CodeDirectory> answer = Promise.promise();
    shared
        .ready
        .future()
        .map(unpacked -> (CodeDirectory) new Held(shared, unpacked.path()))
        .onComplete(done -> caller.runOnContext(v -> answer.handle(done)));
    return answer.future();
  }

  private void unpack(Shared shared, CodeRef code) {
    prepared
        .compose(v -> threads.executeBlocking(() -> files.fetch(code), false))
        .compose(
            fetch ->
                fetchAll(fetch, code)
                    .compose(v -> blocking(() -> fetch.unpack(shared.group)))
                    .eventually(() -> closeQuietly(fetch)))
        .onComplete(done -> unpacked(shared, done));
  }

  private Future<Void> closeQuietly(Fetch fetch) {
    return blocking(
            () -> {
              fetch.close();
              return (Void) null;
            })
        .onFailure(
            e -> LOG.log(WARNING, "cannot remove a fetched code package, the next start does", e))
        .otherwiseEmpty();
  }

  /** One piece after another; a callback and no chain of futures, since there may be thousands. */
  private Future<Void> fetchAll(Fetch fetch, CodeRef code) {
    Promise<Void> end = Promise.promise();
    fetchFrom(0, fetch, code, end);
    return end.future();
  }

  private void fetchFrom(int piece, Fetch fetch, CodeRef code, Promise<Void> end) {
    bus.request(Addresses.READ_CODE, new ReadCode(code.sha256(), piece))
        .compose(
            read ->
                blocking(
                    () -> {
                      fetch.add(read.bytes());
                      return read;
                    }))
        .map(CodeRead::last)
        .onFailure(end::fail)
        .onSuccess(
            last -> {
              if (last) {
                end.complete();
              } else {
                fetchFrom(piece + 1, fetch, code, end);
              }
            });
  }

  private void unpacked(Shared shared, AsyncResult<Unpacked> done) {
    if (done.failed()) {
      synchronized (lock) {
        all.remove(shared.key);
        giveBack(shared.group);
        if (done.cause() instanceof IOException) {
          removeUnused(true); // the disk may be full
        }
      }
      shared.ready.fail(failure(shared.key, done.cause()));
      return;
    }
    Unpacked unpacked = done.result();
    LOG.log(DEBUG, "code of function {0} is in {1}", shared.key.functionUid(), unpacked.path());
    synchronized (lock) {
      bytes += unpacked.bytes();
      removeUnused(false);
    }
    shared.ready.complete(unpacked);
  }

  private static StartFailure failure(Key key, Throwable cause) {
    if (cause instanceof BrokenPackage) {
      LOG.log(
          ERROR,
          "the code of function "
              + key.functionUid()
              + " cannot be used, its invocations fail: "
              + cause.getMessage());
      return unusable(cause.getMessage());
    }
    if (cause instanceof FailureException e && e.failure().kind() == Failure.Kind.NOT_FOUND) {
      return unusable(e.failure().message());
    }
    if (cause instanceof FailureException e) {
      return cannotStart("the code package cannot be read: " + e.failure().message());
    }
    LOG.log(WARNING, "code of function " + key.functionUid() + " cannot be unpacked", cause);
    return cannotStart("the code cannot be unpacked: " + cause);
  }

  private void release(Shared shared) {
    synchronized (lock) {
      if (--shared.holders == 0) {
        unused.add(shared);
        if (!closed) { // else the next start removes it, as it does what is still in use
          removeUnused(false);
        }
      }
    }
  }

  /** Removes what is out of use: as much as is too much, or all of it. */
  private void removeUnused(boolean everything) {
    List<Shared> gone = new ArrayList<>();
    for (Shared shared : unused) {
      if (!everything && bytes <= config.cacheBytes()) {
        break;
      }
      gone.add(shared);
      bytes -= shared.ready.future().result().bytes();
    }
    for (Shared shared : gone) {
      unused.remove(shared);
      all.remove(shared.key);
      remove(shared);
    }
  }

  private void remove(Shared shared) {
    Path path = shared.ready.future().result().path();
    Future<Void> removed =
        blocking(
            () -> {
              files.remove(path);
              return null;
            });
    synchronized (lock) {
      removals.add(removed);
    }
    removed
        .onFailure(e -> LOG.log(WARNING, "cannot remove " + path + ", the next start does", e))
        .onComplete(
            done -> {
              synchronized (lock) {
                removals.remove(removed);
                if (done.succeeded()) {
                  giveBack(shared.group); // not before: another function's code must not be his
                }
              }
            });
  }

  private void giveBack(int group) {
    if (group >= 0) {
      groups.add(group);
    }
  }

  @Override
  public Future<Void> close() {
    List<Future<Void>> last;
    synchronized (lock) {
      closed = true;
      removeUnused(true);
      last = new ArrayList<>(removals);
    }
    last.add(prepared);
    return Future.join(last).otherwiseEmpty().eventually(threads::close).mapEmpty();
  }

  private interface Work<T> {
    T run() throws IOException, BrokenPackage;
  }

  private <T> Future<T> blocking(Work<T> work) {
    return threads.executeBlocking(work::run, false);
  }

  private static StartFailure unusable(String message) {
    return new StartFailure(Kind.FUNCTION, "CodeUnusable", message);
  }

  private static StartFailure cannotStart(String message) {
    return new StartFailure(Kind.PLATFORM, "CannotStart", message);
  }

  private final class Held implements CodeDirectory {
    private final Shared shared;
    private final Path path;
    private final AtomicBoolean released = new AtomicBoolean();

    Held(Shared shared, Path path) {
      this.shared = shared;
      this.path = path;
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public int group() {
      return shared.group;
    }

    @Override
    public void release() {
      if (released.compareAndSet(false, true)) {
        UnpackedCode.this.release(shared);
      }
    }
  }
}
