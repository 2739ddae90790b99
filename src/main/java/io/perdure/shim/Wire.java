package io.perdure.shim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Frames over the socket: u32 length of what follows, u8 type, u32 call (0 for the instance), body.
 * One thread reads, any may send; a thread that sends must not be interrupted meanwhile, since that
 * closes the connection ({@link CallThread} sees to it).
 */
final class Wire {
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

  private static final byte[] NOTHING = new byte[0];

  /** What goes through the kernel at once; larger frames take several rounds. */
  private static final int BUFFER_BYTES = 64 * 1024;

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
  private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

  Wire(String path) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
  }

  int readByte() throws IOException {
    need(1);
    return in.get() & 0xff;
  }

  int readInt() throws IOException {
    need(4);
    return in.getInt();
  }

  byte[] readBytes(int count) throws IOException {
    byte[] bytes = new byte[count];
    int at = 0;
    while (at < count) {
      need(1);
      int part = Math.min(count - at, in.remaining());
      in.get(bytes, at, part);
      at += part;
    }
    return bytes;
  }

  private void need(int bytes) throws IOException {
    if (in.remaining() >= bytes) {
      return;
    }
    in.compact();
    while (in.position() < bytes) {
      if (channel.read(in) < 0) {
        throw new EOFException();
      }
    }
    in.flip();
  }

  void send(int type, int call) throws IOException {
    send(type, call, NOTHING, 0, 0);
  }

  void send(int type, int call, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    send(type, call, bytes, 0, bytes.length);
  }

  synchronized void send(int type, int call, byte[] body, int from, int count) throws IOException {
    out.clear();
    out.putInt(5 + count).put((byte) type).putInt(call);
    int at = from;
    int end = from + count;
    do {
      int part = Math.min(out.remaining(), end - at);
      out.put(body, at, part).flip();
      at += part;
      while (out.hasRemaining()) {
        channel.write(out);
      }
      out.clear();
    } while (at < end);
  }
}
