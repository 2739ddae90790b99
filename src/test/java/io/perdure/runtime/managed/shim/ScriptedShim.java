package io.perdure.runtime.managed.shim;

import io.perdure.runtime.managed.Conversation;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The shim's end of a connection, told by a test what to say. Blocks. */
final class ScriptedShim implements AutoCloseable {
  private final SocketChannel channel;

  /** A frame the server sent. */
  record Frame(int type, int number, Buffer body) {}

  ScriptedShim(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
  }

  /** Connects as the instance of that conversation and says so. */
  static ScriptedShim of(Conversation conversation) throws IOException {
    ScriptedShim shim = new ScriptedShim(Path.of(conversation.environment().get("PERDURE_SOCKET")));
    shim.say(Frames.HELLO, 0, conversation.environment().get("PERDURE_TOKEN"));
    return shim;
  }

  void say(int type, int number, String body) throws IOException {
    say(Frames.frame(type, number, Buffer.buffer(body)));
  }

  void say(JsonObject body, int type, int number) throws IOException {
    say(type, number, body.encode());
  }

  void say(Buffer bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes.getBytes());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** The next frame of the server. */
  Frame hear() throws IOException {
    Buffer length = read(4);
    Buffer rest = read(length.getInt(0));
    return new Frame(rest.getUnsignedByte(0), rest.getInt(1), rest.slice(5, rest.length()));
  }

  /** Waits until the server has closed the connection, whatever it says until then. */
  void awaitClosed() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(65536);
    try {
      while (channel.read(bytes) >= 0) {
        bytes.clear();
      }
    } catch (IOException reset) {
      // closed while something we said was not read yet
    }
  }

  private Buffer read(int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the server closed the connection");
      }
    }
    return Buffer.buffer(buffer.array());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
