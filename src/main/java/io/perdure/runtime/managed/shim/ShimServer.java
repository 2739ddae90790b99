package io.perdure.runtime.managed.shim;

import static java.lang.System.Logger.Level.DEBUG;

import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The socket that shims call: finds out which instance a connection belongs to, by the token the
 * instance was given, and hands it to that conversation.
 *
 * <p>Anybody on the machine may connect, since instances run as other users; whoever does not show
 * a token at once is shut out again. Event loop of the context that called {@link #listen}.
 */
final class ShimServer {
  private static final System.Logger LOG = System.getLogger(ShimServer.class.getName());

  /** How long a connection may take to say who it is. */
  static final long HELLO_MILLIS = 5_000;

  /** Connections that have not said yet who they are; beyond it the oldest is closed. */
  static final int STRANGERS_MAX = 256;

  /** {@code sun_path} has 104 bytes on some systems, 108 on others. */
  private static final int PATH_BYTES_MAX = 100;

  private static final int TOKEN_BYTES = 32;

  private final Clock clock;
  private final Path path;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Expected> expected = new HashMap<>();
  private final Set<Stranger> strangers = new LinkedHashSet<>();
  private NetServer server;
  private long serial;

  /** An instance that has not called yet. */
  private record Expected(String secret, ShimConversation conversation) {}

  private ShimServer(Clock clock, Path path) {
    this.clock = clock;
    this.path = path;
  }

  /**
   * Listens below {@code directory}, which is made; sockets an earlier run left there are removed.
   */
  static Future<ShimServer> listen(Vertx vertx, Clock clock, Path directory) {
    byte[] name = new byte[8];
    new SecureRandom().nextBytes(name);
    ShimServer made =
        new ShimServer(clock, directory.toAbsolutePath().resolve(HexFormat.of().formatHex(name)));
    if (made.path.toString().getBytes(StandardCharsets.UTF_8).length >= PATH_BYTES_MAX) {
      return Future.failedFuture(
          new IOException(
              "the path of the socket, "
                  + made.path
                  + ", is too long for the operating system: choose a shorter directory"));
    }
    made.server = vertx.createNetServer().connectHandler(made::connected);
    return vertx
        .executeBlocking(() -> prepare(directory))
        .compose(v -> made.server.listen(SocketAddress.domainSocketAddress(made.path.toString())))
        .compose(
            v ->
                vertx.executeBlocking(
                    () ->
                        Files.setPosixFilePermissions(
                            made.path, PosixFilePermissions.fromString("rw-rw-rw-"))))
        .map(made);
  }

  private static Path prepare(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    try (DirectoryStream<Path> old = Files.newDirectoryStream(directory)) {
      for (Path socket : old) {
        Files.deleteIfExists(socket);
      }
    }
    return directory;
  }

  /** Where to call; absolute. */
  Path path() {
    return path;
  }

  Clock clock() {
    return clock;
  }

  /** A token that one connection can show, once, to be {@code conversation}'s. */
  String expect(ShimConversation conversation) {
    byte[] secret = new byte[TOKEN_BYTES];
    random.nextBytes(secret);
    String text = HexFormat.of().formatHex(secret);
    String key = Long.toString(serial++);
    expected.put(key, new Expected(text, conversation));
    return key + "." + text;
  }

  /** The token is worth nothing any more. */
  void forget(String token) {
    expected.remove(key(token));
  }

  Future<Void> close() {
    expected.clear();
    return server.close();
  }

  private void connected(NetSocket socket) {
    if (strangers.size() >= STRANGERS_MAX) {
      strangers.iterator().next().refuse("made room for another one");
    }
    new Stranger(socket);
  }

  /** The conversation whose token this is; it is used up. Null when it is nobody's. */
  private ShimConversation claim(String token) {
    String key = key(token);
    Expected claimed = expected.get(key);
    if (claimed == null) {
      return null;
    }
    byte[] secret = claimed.secret().getBytes(StandardCharsets.UTF_8);
    byte[] shown = token.substring(key.length() + 1).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(secret, shown)) { // takes the same time wherever they differ
      return null;
    }
    expected.remove(key);
    return claimed.conversation();
  }

  /** The part before the secret, which is no secret. */
  private static String key(String token) {
    int dot = token.indexOf('.');
    return dot < 0 ? "" : token.substring(0, dot);
  }

  /** A connection that has not said yet whose it is. */
  private final class Stranger implements Frames.Sink {
    private static final int HELLO_BYTES_MAX = 128;

    private final NetSocket socket;
    private final Frames.Decoder decoder = new Frames.Decoder(HELLO_BYTES_MAX, this);
    private final Clock.Timer timer;
    private ShimConversation conversation;

    Stranger(NetSocket socket) {
      this.socket = socket;
      strangers.add(this);
      timer = clock.at(clock.millis() + HELLO_MILLIS, () -> refuse("it did not say who it is"));
      socket.closeHandler(v -> gone());
      socket.exceptionHandler(e -> LOG.log(DEBUG, "a connection to " + path + " broke", e));
      socket.handler(decoder);
    }

    @Override
    public void frame(int type, int number, Buffer body) {
      if (conversation != null) {
        conversation.frame(type, number, body);
        return;
      }
      ShimConversation claimed =
          type == Frames.HELLO ? claim(body.toString(StandardCharsets.UTF_8)) : null;
      if (claimed == null) {
        refuse("it did not show a token that is expected");
        return;
      }
      gone();
      conversation = claimed;
      conversation.connected(socket, decoder);
    }

    @Override
    public void garbage(String what) {
      if (conversation != null) {
        conversation.garbage(what);
      } else {
        refuse("it sent " + what);
      }
    }

    @Override
    public Frames.Larger larger(int type, int number, int bodyBytes) {
      return conversation == null
          ? Frames.Larger.REFUSE
          : conversation.larger(type, number, bodyBytes);
    }

    private void refuse(String why) {
      LOG.log(DEBUG, "closed a connection to {0}: {1}", path, why);
      gone();
      decoder.stop();
      socket.close().onFailure(e -> LOG.log(DEBUG, "could not close it", e));
    }

    private void gone() {
      timer.cancel();
      strangers.remove(this);
    }
  }
}
