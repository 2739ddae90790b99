package io.perdure.runtime.managed.shim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The server's side of the shim protocol, by hand: starts a shim and says and hears single frames,
 * also such as the real server never would. Waits are bounded, 20 s each.
 */
final class ShimPeer implements Closeable {
  static final int INIT = 1;
  static final int CALL = 2;
  static final int CANCEL = 3;
  static final int PRE_STOP = 4;
  static final int EXIT = 5;
  static final int HELLO = 64;
  static final int READY = 65;
  static final int INIT_FAILED = 66;
  static final int RESULT = 67;
  static final int ERROR = 68;
  static final int LOG = 69;
  static final int PRE_STOPPED = 70;

  private static final long WAIT_SECONDS = 20;
  private static final String TOKEN = "t0ken";

  /** Tells who waits for it. */
  private static final class Output extends ByteArrayOutputStream {
    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
      super.write(bytes, from, count);
      notifyAll();
    }
  }

  /** What the shim said; type -1 stands for the end of the connection. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(int type, int call, byte[] body) {
    String text() {
      return new String(body, UTF_8);
    }

    JsonObject json() {
      return new JsonObject(text());
    }

    /** Its stack as one text. */
    String stack() {
      return String.join(
          "\n", json().getJsonArray("stackTrace").stream().map(String::valueOf).toList());
    }

    @Override
    public String toString() {
      return "frame " + type + " of call " + call + ": " + text();
    }
  }

  private final Process process;
  private final SocketChannel channel;
  private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream output = new Output();
  private final Thread outputReader;
  private final JsonObject init;
  private int calls;

  /** Starts the shim of {@code language} in an instance of 256 MB. */
  static ShimPeer start(
      Language language, List<String> interpreter, Path code, Map<String, String> env)
      throws IOException {
    Managed spec =
        new Managed(
            language, "any", "any", null, env, 256, 512, 1, null, 1_000, null, List.of(), 0, 1_000);
    List<String> argv = new ArrayList<>(interpreter);
    argv.addAll(Holder.SHIMS.arguments(spec));
    return new ShimPeer(argv, code, env);
  }

  /** Unpacked once, like on a node. */
  private static final class Holder {
    static final Shims SHIMS = unpack();

    private static Shims unpack() {
      try {
        return Shims.unpack(Path.of("target", "shims"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Starts {@code argv} in {@code code}, its output going to {@link #output}, and waits for its
   * HELLO.
   */
  ShimPeer(List<String> argv, Path code, Map<String, String> env) throws IOException {
    Path socket = Files.createTempDirectory("shim").resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      ProcessBuilder builder = new ProcessBuilder(argv).directory(code.toFile());
      builder.redirectErrorStream(true);
      builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
      builder.environment().putAll(env);
      builder.environment().put("PERDURE_SOCKET", socket.toString());
      builder.environment().put("PERDURE_TOKEN", TOKEN);
      process = builder.start();
      outputReader = reader("output", () -> process.getInputStream().transferTo(output));
      // a process that dies at once would leave accept() waiting
      Thread unblock = reader("exit", () -> closeWhenGone(server));
      channel = accept(server);
      unblock.interrupt();
    } finally {
      Files.deleteIfExists(socket);
      Files.deleteIfExists(socket.getParent());
    }
    init =
        new JsonObject()
            .put("flavour", "native")
            .put("language", "any")
            .put("runtime", "any")
            .put("handler", "index.handler")
            .put("initializer", null)
            .put("preStop", null)
            .put("codeDirectory", code.toString())
            .put("concurrency", 1)
            .put("resultBytesMax", 6 << 20)
            .put(
                "function",
                new JsonObject()
                    .put("name", "resize")
                    .put("namespace", "pictures")
                    .put("version", "7")
                    .put("qualifier", "live")
                    .put("memoryMb", 256)
                    .put("timeoutMs", 3_000)
                    .put("accountId", "1250000000")
                    .put("region", "ap-guangzhou")
                    .put("instanceId", "i-1"));
    reader("frames", this::readFrames);
    Frame hello = expect(HELLO);
    if (!hello.text().equals(TOKEN)) {
      throw new AssertionError("wrong token: " + hello);
    }
  }

  private void closeWhenGone(ServerSocketChannel server) throws IOException {
    try {
      process.waitFor();
      server.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it has called, so nobody waits
    }
  }

  private SocketChannel accept(ServerSocketChannel server) throws IOException {
    try {
      return server.accept();
    } catch (IOException e) {
      throw new IOException("the shim ended before it called: " + output(), e);
    }
  }

  /**
   * Changes what INIT will say: a field of it or, when it has none of that name, the function's.
   */
  ShimPeer with(String name, Object value) {
    (init.containsKey(name) ? init : init.getJsonObject("function")).put(name, value);
    return this;
  }

  /** INIT, and READY comes back. */
  ShimPeer ready() {
    send(INIT, 0, init.toBuffer().getBytes());
    expect(READY);
    return this;
  }

  /** INIT, and the reason why it cannot start comes back. */
  JsonObject refused() {
    send(INIT, 0, init.toBuffer().getBytes());
    return expect(INIT_FAILED).json();
  }

  /** Sends a call with a minute of time, and returns its number. */
  int begin(byte[] payload) {
    return begin(payload, System.currentTimeMillis() + 60_000);
  }

  int begin(byte[] payload, long deadline) {
    int number = ++calls;
    byte[] about =
        new JsonObject()
            .put("requestId", "r-" + number)
            .put("deadlineMs", deadline)
            .put("attempt", 2)
            .put("retryCount", 1)
            .put("qualifier", "live")
            .put("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            .toBuffer()
            .getBytes();
    ByteBuffer body = ByteBuffer.allocate(4 + about.length + payload.length);
    send(CALL, number, body.putInt(about.length).put(about).put(payload).array());
    return number;
  }

  int begin(String payload) {
    return begin(payload.getBytes(UTF_8));
  }

  /** A whole call; its answer, of either kind. */
  Frame call(byte[] payload) {
    int number = begin(payload);
    Frame answer = next();
    if (answer.call() != number) {
      throw new AssertionError("wanted an answer to " + number + " and got " + answer + said());
    }
    return answer;
  }

  Frame call(String payload) {
    return call(payload.getBytes(UTF_8));
  }

  /** The result of a call that has to succeed. */
  String result(String payload) {
    return require(RESULT, call(payload)).text();
  }

  /** The error of a call that has to fail. */
  Frame error(String payload) {
    return require(ERROR, call(payload));
  }

  Frame expect(int type) {
    return require(type, next());
  }

  private Frame require(int type, Frame frame) {
    if (frame.type() != type) {
      throw new AssertionError("wanted frame " + type + " and got " + frame + said());
    }
    return frame;
  }

  /** The next frame, whatever it is. */
  Frame next() {
    try {
      Frame frame = frames.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (frame == null) {
        throw new AssertionError("the shim says nothing" + said());
      }
      return frame;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  List<Frame> next(int count) {
    return Stream.generate(this::next).limit(count).toList();
  }

  private String said() {
    return "; it printed: " + output();
  }

  void send(int type, int call, byte[] body) {
    ByteBuffer frame = ByteBuffer.allocate(9 + body.length);
    frame.putInt(5 + body.length).put((byte) type).putInt(call).put(body).flip();
    try {
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void send(int type, int call) {
    send(type, call, new byte[0]);
  }

  /** Closes the connection and nothing else. */
  void hangUp() throws IOException {
    channel.close();
  }

  /** Waits for the end of the process; its exit code. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the shim does not end" + said());
    }
    outputReader.join();
    return process.exitValue();
  }

  /** What the process has printed so far; all of it once it has ended. */
  String output() {
    synchronized (output) {
      return output.toString(UTF_8);
    }
  }

  /** Waits until the process has printed {@code text}. */
  void printed(String text) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    synchronized (output) {
      while (!output().contains(text)) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError("no \"" + text + "\" in: " + output());
        }
        output.wait(left);
      }
    }
  }

  long pid() {
    return process.pid();
  }

  private void readFrames() throws IOException {
    try (DataInputStream in = new DataInputStream(Channels.newInputStream(channel))) {
      while (true) {
        byte[] body = new byte[in.readInt() - 5];
        int type = in.readUnsignedByte();
        int call = in.readInt();
        in.readFully(body);
        frames.add(new Frame(type, call, body));
      }
    } catch (EOFException e) {
      frames.add(new Frame(-1, 0, new byte[0]));
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static Thread reader(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // the process or the connection has ended, which the test looks at by itself
              }
            },
            "shim-" + name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    process.destroyForcibly().onExit().join();
  }
}
