package io.perdure.runtime.managed.process;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.runtime.managed.Processes.Exit;
import io.perdure.runtime.managed.Processes.InstanceProcess;
import io.perdure.runtime.managed.Processes.Limits;
import io.perdure.runtime.managed.Processes.Signal;
import io.perdure.runtime.managed.process.Launcher.Launched;
import io.perdure.runtime.managed.process.LimitedProcesses.OwnPlace;
import io.perdure.runtime.process.NamedPipes.NamedPipe;
import io.perdure.runtime.process.ProcessGroups;
import io.perdure.runtime.process.ProcessLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One instance's process. Its fields belong to the process loop but for those that say otherwise;
 * what is told goes to the context it was started on.
 */
final class LimitedProcess implements InstanceProcess {
  private static final System.Logger LOG = System.getLogger(LimitedProcess.class.getName());
  private static final long MIB = 1024 * 1024;

  /** Between two looks at its pipe after long silence; a call's end does not wait for it. */
  private static final long PAUSE_MAX_MILLIS = 200;

  /** What has been read and not yet taken: beyond it the process waits at its pipe. */
  private static final long UNTAKEN_BYTES_MAX = MIB;

  private static final int LAST_READS_MAX = 64;

  /** At most so many bytes a nanosecond are read: 32 MB/s. */
  private static final long NANOS_PER_READ = TimeUnit.MILLISECONDS.toNanos(2);

  private static final int CODE_KILLED = 128 + 9;

  private final LimitedProcesses all;
  private final Context context;
  private final Process process;
  private final Launched launched;
  private final int user;
  private final MemoryWatch.Watched memory;
  private final DiskWatch.Watched disk;
  private final ProcessLoop.Reader reader = this::read;
  private final Promise<Exit> exit = Promise.promise();
  private final AtomicLong untakenBytes = new AtomicLong(); // any thread
  private Consumer<Buffer> output; // null until somebody listens
  private long readNanos = System.nanoTime();
  private boolean over;
  private boolean looked; // at its memory, for the first call
  private boolean killed; // asked for by the owner
  private String cause;
  private String detail;

  LimitedProcess(
      LimitedProcesses all, Context context, OwnPlace place, Launched launched, Limits limits) {
    this.all = all;
    this.context = context;
    this.process = launched.process();
    this.launched = launched;
    this.user = place.user;
    this.memory =
        new MemoryWatch.Watched(process.pid(), user, limits.memoryMb() * MIB, limits.processes()) {
          @Override
          void exceeded(String cause, String detail) {
            end(cause, detail);
          }
        };
    this.disk =
        new DiskWatch.Watched(place.work, user, limits.diskMb() * MIB) {
          @Override
          void exceeded(String cause, String detail) {
            end(cause, detail);
          }
        };
  }

  /** It has just been started. */
  void attach() {
    all.guard(user);
    all.groups().started(process, user);
    all.loop().add(reader, PAUSE_MAX_MILLIS);
    all.memory().add(memory);
    all.disk().add(disk);
    tellExit();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what follows only hands over, it cannot fail
  private void tellExit() {
    process.onExit().whenComplete((gone, failure) -> all.loop().execute(this::exitedNow));
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public String describe() {
    return all.groups().describe(process) + (user < 0 ? "" : " of user " + user);
  }

  @Override
  public void output(Consumer<Buffer> to) {
    all.loop()
        .execute(
            () -> {
              output = to;
              all.loop().hurry(reader);
            });
  }

  @Override
  public Future<Void> drained() {
    Promise<Void> promise = Promise.promise();
    Runnable done = () -> context.runOnContext(v -> promise.complete());
    all.loop()
        .execute(
            () -> {
              if (!over) {
                readWhatIsThere();
                all.loop().hurry(reader);
              }
              // The first call of an instance often ends before anybody has looked at its memory.
              if (over || looked) {
                done.run();
              } else {
                looked = true;
                all.memory().lookAt(memory, done);
              }
            });
    return promise.future();
  }

  @Override
  public void signal(Signal signal) {
    all.loop()
        .execute(
            () -> {
              if (!over) {
                killed |= signal == Signal.KILL;
                all.groups().signal(process, ProcessGroups.Signal.valueOf(signal.name()));
              }
            });
  }

  @Override
  public long memoryBytes() {
    return memory.bytes();
  }

  @Override
  public long memoryBytesMax() {
    return memory.mostBytes();
  }

  @Override
  public Future<Exit> exited() {
    return exit.future();
  }

  /** It is over a limit. Any thread. */
  private void end(String why, String exceeded) {
    all.loop()
        .execute(
            () -> {
              if (!over && detail == null) {
                cause = why;
                detail = exceeded;
                LOG.log(INFO, "{0} is killed: {1}", describe(), exceeded);
                all.groups().signal(process, ProcessGroups.Signal.KILL);
              }
            });
  }

  private boolean read(byte[] buffer) {
    long now = System.nanoTime();
    if (output == null
        || untakenBytes.get() > UNTAKEN_BYTES_MAX
        || now - readNanos < NANOS_PER_READ) {
      return false;
    }
    readNanos = now;
    return read(buffer, buffer.length) > 0;
  }

  /** What is in the pipe now, even if what was read before has not been taken yet. */
  private void readWhatIsThere() {
    try {
      byte[] buffer = all.loop().buffer();
      int left = output == null ? 0 : launched.output().available();
      int count = left;
      while (left > 0 && count > 0) {
        count = read(buffer, Math.min(left, buffer.length));
        left -= count;
      }
    } catch (IOException e) {
      unreadable(e);
    }
  }

  private int read(byte[] buffer, int most) {
    try {
      NamedPipe pipe = launched.output();
      int count = pipe.read(buffer, most);
      if (count > 0) {
        Buffer bytes = Buffer.buffer(Arrays.copyOf(buffer, count));
        Consumer<Buffer> to = output;
        untakenBytes.addAndGet(count);
        context.runOnContext(
            v -> {
              untakenBytes.addAndGet(-count);
              to.accept(bytes);
            });
      }
      return count;
    } catch (IOException e) {
      unreadable(e);
      return 0;
    }
  }

  private void unreadable(IOException e) {
    LOG.log(WARNING, "cannot read the output of " + describe() + ", it is killed", e);
    all.groups().signal(process, ProcessGroups.Signal.KILL);
  }

  private void exitedNow() {
    over = true;
    all.groups().ended(process);
    for (int i = 0; i < LAST_READS_MAX && output != null; i++) {
      if (read(all.loop().buffer(), all.loop().buffer().length) == 0) {
        break;
      }
    }
    all.loop().remove(reader);
    all.disk().remove(disk);
    int code = process.exitValue();
    all.memory().remove(memory, left -> all.pool().execute(() -> finish(code, left)));
  }

  /** Ends what is left of it. On the pool. */
  private void finish(int code, Set<Long> left) {
    Exit ended = new Exit(code, cause, detail);
    boolean shortage = all.kernelWasShortOfMemory();
    if (launched.group().outOfMemory() || (shortage && code == CODE_KILLED && unexplained())) {
      ended =
          new Exit(code, LimitedProcesses.OUT_OF_MEMORY, "the kernel killed it for want of memory");
    }
    if (user >= 0) {
      all.sweep().kill(user);
    } else {
      left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
    launched.close();
    all.ended(this);
    Exit told = ended;
    context.runOnContext(v -> exit.complete(told));
  }

  /** True when it was not killed by the server. */
  private boolean unexplained() {
    return !killed && detail == null;
  }
}
