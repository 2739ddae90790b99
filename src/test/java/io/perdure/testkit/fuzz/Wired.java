package io.perdure.testkit.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A signed request, its parts still apart. */
public final class Wired {
  /** In upper case, if it is a good one. */
  public String method;

  /** Path and query. */
  public String target;

  /** What follows the head. */
  public byte[] body;

  /** Without those that tell how long the body is. */
  public final List<Pair> headers = new ArrayList<>();

  private final List<Integer> chunks;

  /**
   * A request.
   *
   * @param chunks sizes of those the body is sent in; empty for a body with its length
   */
  public Wired(String method, String target, byte[] body, List<Integer> chunks) {
    this.method = method;
    this.target = target;
    this.body = body;
    this.chunks = chunks;
  }

  /** All of it as it is sent. */
  public byte[] bytes() {
    StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    headers.forEach(
        pair -> head.append(pair.name()).append(": ").append(pair.value()).append("\r\n"));
    if (!chunks.isEmpty()) {
      head.append("Transfer-Encoding: chunked\r\n\r\n");
    } else if (body.length > 0 || method.equals("POST")) {
      head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    } else {
      head.append("\r\n");
    }
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.toString().getBytes(ISO_8859_1));
    if (chunks.isEmpty()) {
      bytes.writeBytes(body);
    } else {
      chunked(bytes);
    }
    return bytes.toByteArray();
  }

  private void chunked(ByteArrayOutputStream bytes) {
    int at = 0;
    for (int i = 0; at < body.length; i++) {
      int length = Math.min(chunks.get(i % chunks.size()), body.length - at);
      bytes.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(ISO_8859_1));
      bytes.write(body, at, length);
      bytes.writeBytes("\r\n".getBytes(ISO_8859_1));
      at += length;
    }
    bytes.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
  }
}
