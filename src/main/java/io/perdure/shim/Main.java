package io.perdure.shim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process of a Java function. This thread reads what the server says, as long as it says
 * anything; the function runs on others.
 *
 * <p>What runs before the first call has no lambdas and joins no strings by {@code +}: the JDK
 * builds the code for either when it is first met, which is a tenth of a cold start.
 */
public final class Main {
  /** As when the JVM itself ends a process for want of memory. */
  private static final int OUT_OF_MEMORY = 3;

  private final Wire wire;
  private final Prepare prepare;
  private final BlockingQueue<CallThread.Work> queue = new LinkedBlockingQueue<>();
  private final List<CallThread> threads = new CopyOnWriteArrayList<>();
  private final AtomicInteger working = new AtomicInteger();

  private Instance instance;
  // Set before READY is sent, read when a call has come after that.
  private volatile Code code;
  private volatile Contexts contexts;
  private volatile Handler handler;

  private Main(Wire wire, Prepare prepare) {
    this.wire = wire;
    this.prepare = prepare;
  }

  /** Connects to PERDURE_SOCKET and works until the connection ends. */
  public static void main(String[] args) {
    try {
      String socket = System.getenv("PERDURE_SOCKET");
      String token = System.getenv("PERDURE_TOKEN");
      Prepare prepare = new Prepare();
      prepare.start();
      Wire wire = new Wire(socket);
      wire.send(Wire.HELLO, 0, token);
      new Main(wire, prepare).serve();
    } catch (IOException e) {
      end(0); // the server is gone
    }
  }

  /** At once: without the function's shutdown hooks, for which nobody waits any more. */
  static void end(int code) {
    Runtime.getRuntime().halt(code);
  }

  @SuppressWarnings("InfiniteLoopStatement") // ends with the connection
  private void serve() throws IOException {
    while (true) {
      int length = wire.readInt() - 5;
      int type = wire.readByte();
      int number = wire.readInt();
      switch (type) {
        case Wire.INIT -> {
          instance = new Instance(Json.object(new String(wire.readBytes(length), UTF_8)));
          submit(
              new CallThread.Work() {
                @Override
                public void run() throws IOException {
                  init();
                }
              });
        }
        case Wire.CALL -> {
          int aboutLength = wire.readInt();
          String about = new String(wire.readBytes(aboutLength), UTF_8);
          byte[] payload = wire.readBytes(length - 4 - aboutLength);
          Call call = new Call(number, Json.object(about), payload);
          submit(
              new CallThread.Work() {
                @Override
                public void run() throws IOException {
                  Main.this.run(call);
                }
              });
        }
        case Wire.CANCEL -> {
          for (CallThread thread : threads) {
            thread.cancel(number);
          }
        }
        case Wire.PRE_STOP -> preStop();
        default -> Runtime.getRuntime().exit(type == Wire.EXIT ? 0 : 1);
      }
    }
  }

  /** Gives work to a thread that has none, or to a new one: the server never sends too much. */
  private void submit(CallThread.Work work) {
    if (working.incrementAndGet() > threads.size()) {
      ClassLoader loader = code == null ? ClassLoader.getPlatformClassLoader() : code.loader();
      String name = "call-".concat(Integer.toString(threads.size() + 1));
      CallThread thread = new CallThread(name, queue, loader);
      threads.add(thread);
      thread.start();
    }
    queue.add(work);
  }

  /** To be called before the server learns that there is room again. */
  private void finished() {
    working.decrementAndGet();
  }

  private void init() throws IOException {
    Output.install(instance.concurrency > 1 ? wire : null);
    try {
      prepare.join();
      // before anything of the JDK has looked at them
      follow("java.io.tmpdir", "TMPDIR");
      follow("user.home", "HOME");
      code = new Code(instance.codeDirectory);
      Thread.currentThread().setContextClassLoader(code.loader());
      contexts = new Contexts(instance, code.loader());
      handler = code.find(instance.handler, "handler", contexts);
      if (instance.initializer != null) {
        code.find(instance.initializer, "initializer", contexts).hook();
      }
    } catch (Throwable e) {
      outOfMemory(e);
      flush();
      finished();
      wire.send(Wire.INIT_FAILED, 0, Failure.ofInit(e));
      return;
    }
    flush();
    finished();
    wire.send(Wire.READY, 0);
  }

  /** A property that the JVM takes from the machine instead of the environment. */
  private static void follow(String property, String variable) {
    String value = System.getenv(variable);
    if (value != null) {
      System.setProperty(property, value);
    }
  }

  private void run(Call call) throws IOException {
    CallThread thread = (CallThread) Thread.currentThread();
    Result result = null;
    String error = null;
    thread.enter(call);
    try {
      result = handler.call(call, instance);
      if (result.written() > result.bytesMax()) {
        error =
            Failure.ofResult(
                "ResultTooLarge",
                "the result has " + result.written() + " bytes, more than " + result.bytesMax());
      }
    } catch (ToJson.Unwritable e) {
      error =
          Failure.ofResult(
              "BadResponse", "the result cannot be turned into JSON: " + e.getMessage());
    } catch (Throwable e) {
      outOfMemory(e);
      error = Failure.ofCall(e);
    }
    flush();
    thread.leave();
    thread.done();
    finished();
    if (error != null) {
      wire.send(Wire.ERROR, call.number(), error);
    } else {
      result.send(wire, call.number());
    }
  }

  /** On a thread of its own, since those for calls may be busy. */
  private void preStop() {
    Thread thread =
        new Thread("pre-stop") {
          @Override
          public void run() {
            try {
              if (instance.preStop != null) {
                code.find(instance.preStop, "pre-stop hook", contexts).hook();
              }
            } catch (Throwable e) {
              outOfMemory(e);
              System.err.print(Failure.printed(e)); // it ends all the same; for the function's log
            }
            flush();
            try {
              wire.send(Wire.PRE_STOPPED, 0);
            } catch (IOException e) {
              end(0);
            }
          }
        };
    thread.setContextClassLoader(code.loader());
    thread.start();
  }

  /** The JVM ends by itself when it is out of memory; this is for what the JDK's code throws. */
  private static void outOfMemory(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      end(OUT_OF_MEMORY);
    }
  }

  private static void flush() {
    System.out.flush();
    System.err.flush();
  }
}
