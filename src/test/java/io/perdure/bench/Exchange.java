package io.perdure.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * One keep-alive connection and the request that is on it, one at a time. What a workload wants to
 * remember between request and answer it leaves in the public fields.
 */
final class Exchange {
  private static final byte[] CONTENT_LENGTH = "\r\ncontent-length:".getBytes(US_ASCII);
  private static final int REQUEST_BYTES_MAX = 1 << 18;

  /** When the request was meant to be sent, {@link System#nanoTime}; set by the workload. */
  long intendedNanos;

  /** Whatever the workload wants to know again when the answer is there. */
  Object tag;

  /** Whether a request is on its way; kept by the loop. */
  boolean busy;

  private final InetSocketAddress server;
  private final ByteBuffer out = ByteBuffer.allocateDirect(REQUEST_BYTES_MAX);
  private SocketChannel channel;
  private SelectionKey key;
  private byte[] in = new byte[1 << 14];
  private int received;
  private int bodyAt;
  private int bodyBytes = -1;

  Exchange(int port) {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Where a workload puts the next request, empty and ready to be filled. */
  ByteBuffer request() {
    return out;
  }

  void connect(Selector selector) throws IOException {
    channel = SocketChannel.open(server);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    key = channel.register(selector, SelectionKey.OP_READ, this);
  }

  boolean isConnected() {
    return channel != null;
  }

  /** Sends what {@link #request} holds. */
  void send() throws IOException {
    received = 0;
    bodyBytes = -1;
    out.flip();
    flush();
  }

  /** Goes on writing what the socket did not take at once. */
  void flush() throws IOException {
    channel.write(out);
    key.interestOps(
        out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }

  boolean isFlushed() {
    return !out.hasRemaining();
  }

  /** Reads what is there; true when the answer is complete. */
  boolean receive() throws IOException {
    if (received == in.length) {
      in = Arrays.copyOf(in, in.length * 2);
    }
    int read = channel.read(ByteBuffer.wrap(in, received, in.length - received));
    if (read < 0) {
      throw new EOFException("the node closed the connection");
    }
    received += read;
    if (bodyBytes < 0) {
      parseHead();
    }
    return bodyBytes >= 0 && received - bodyAt >= bodyBytes;
  }

  private void parseHead() throws IOException {
    for (int i = 3; i < received; i++) {
      if (in[i] == '\n' && in[i - 1] == '\r' && in[i - 2] == '\n') {
        bodyAt = i + 1;
        bodyBytes = contentLength();
        return;
      }
    }
  }

  private int contentLength() throws IOException {
    int status = status();
    if (status == 204 || status == 304) {
      return 0;
    }
    for (int i = 0; i + CONTENT_LENGTH.length < bodyAt; i++) {
      if (isContentLength(i)) {
        return (int) number(i + CONTENT_LENGTH.length);
      }
    }
    throw new IOException(
        "an answer without content-length: " + new String(in, 0, bodyAt, US_ASCII));
  }

  /** Header names come in any case. */
  private boolean isContentLength(int at) {
    int matched = 0;
    while (matched < CONTENT_LENGTH.length
        && Character.toLowerCase(in[at + matched]) == CONTENT_LENGTH[matched]) {
      matched++;
    }
    return matched == CONTENT_LENGTH.length;
  }

  /** The number that begins at {@code at}, after blanks. */
  private long number(int at) {
    int i = at;
    while (in[i] == ' ') {
      i++;
    }
    long value = 0;
    for (; i < received && in[i] >= '0' && in[i] <= '9'; i++) {
      value = value * 10 + (in[i] - '0');
    }
    return value;
  }

  void prepare() {
    out.clear();
  }

  void disconnect() throws IOException {
    if (channel != null) {
      channel.close(); // also cancels the key
      channel = null;
    }
  }

  /** Status of the answer. */
  int status() {
    return (in[9] - '0') * 100 + (in[10] - '0') * 10 + (in[11] - '0');
  }

  int bodyBytes() {
    return bodyBytes;
  }

  /** The body as text; for samples and errors. */
  String body() {
    return new String(in, bodyAt, bodyBytes, US_ASCII);
  }

  /** Whether the body contains that text. */
  boolean bodyContains(byte[] text) {
    return indexAfter(text) >= 0;
  }

  /** The text from behind {@code mark} to the next quote; null when the mark is absent. */
  String textAfter(byte[] mark) {
    int from = indexAfter(mark);
    if (from < 0) {
      return null;
    }
    int end = from;
    while (end < received && in[end] != '"') {
      end++;
    }
    return new String(in, from, end - from, US_ASCII);
  }

  /** The number behind {@code mark}; -1 when the mark is absent. */
  long numberAfter(byte[] mark) {
    int from = indexAfter(mark);
    return from < 0 ? -1 : number(from);
  }

  private int indexAfter(byte[] text) {
    int end = bodyAt + bodyBytes;
    for (int i = bodyAt; i + text.length <= end; i++) {
      if (Arrays.equals(in, i, i + text.length, text, 0, text.length)) {
        return i + text.length;
      }
    }
    return -1;
  }
}
