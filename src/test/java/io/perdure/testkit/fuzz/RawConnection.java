package io.perdure.testkit.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A connection on which any bytes can be sent, and answers are read as HTTP has them. */
final class RawConnection implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 20_000;

  /** How long an answer to what may be no complete request is waited for. */
  private static final int GUESS_MILLIS = 150;

  private final Socket socket;
  private final InputStream in;

  RawConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** The answer to a complete request; null when the connection has ended before it began. */
  Answer exchange(byte[] request) throws IOException {
    try {
      send(request);
    } catch (IOException e) {
      return read(); // it was refused while it was sent: the answer may be there
    }
    return read();
  }

  /** All answers to bytes that may be anything, until the server or the bytes have ended. */
  List<Answer> exchangeAll(byte[] bytes) throws IOException {
    List<Answer> answers = new ArrayList<>();
    try {
      send(bytes);
      socket.setSoTimeout(GUESS_MILLIS);
      in.mark(1);
      if (in.read() >= 0) {
        in.reset();
      }
    } catch (SocketTimeoutException e) {
      // the server waits for more of the request
    } catch (IOException e) {
      return answers; // reset: the server has ended it
    }
    socket.setSoTimeout(PATIENCE_MILLIS);
    try {
      boolean more = true;
      while (more) {
        if (in.available() == 0 && !socket.isOutputShutdown()) {
          // No more comes from here; what is answered already can still be read.
          socket.shutdownOutput();
        }
        Answer answer = read();
        more = answer != null && !answer.last();
        if (answer != null) {
          answers.add(answer);
        }
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return answers; // reset
    }
    return answers;
  }

  private void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  private Answer read() throws IOException {
    String first = line();
    while (first != null && first.startsWith("HTTP/1.1 100 ")) {
      line();
      first = line();
    }
    if (first == null) {
      return null;
    }
    if (!first.matches("HTTP/1\\.[01] \\d{3} .*")) {
      throw new AssertionError("not HTTP: " + first);
    }
    Map<String, String> headers = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (String line = line(); line != null && !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      names.add(line.substring(0, colon));
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new AssertionError("the answer ends in its body");
    }
    return new Answer(
        Integer.parseInt(first.substring(9, 12)),
        headers,
        names,
        new String(body, java.nio.charset.StandardCharsets.UTF_8));
  }

  private String line() throws IOException {
    var line = new java.io.ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        return null;
      }
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
