package io.perdure.example;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Writes down that it ran: appends the number in the payload's {@code "seq":} field as one line to
 * the file that environment variable {@code LEDGER} names, then answers 200 bytes. Whoever reads
 * the file knows what ran, and how often, without asking the node.
 *
 * <p>Each execution is one {@code write} to a file opened for append, so a line outlives the
 * process and is never torn. Thread: event loop; the write runs on a worker of its own, in order.
 */
public final class LedgerVerticle extends VerticleBase {
  /** Serves function {@code ledger} of namespace {@code default}. */
  public static final String ADDRESS = "perdure.fn.default.ledger";

  private static final byte[] FIELD = "\"seq\":".getBytes(StandardCharsets.US_ASCII);
  private static final Buffer ANSWER = Buffer.buffer("r".repeat(200));

  private FileOutputStream ledger;
  private WorkerExecutor writer;

  @Override
  public Future<?> start() throws IOException {
    String file = System.getenv("LEDGER");
    if (file == null) {
      throw new IOException("environment variable LEDGER names no file");
    }
    ledger = new FileOutputStream(file, true);
    writer = vertx.createSharedWorkerExecutor("ledger", 1);
    return vertx.eventBus().consumer(ADDRESS, this::execute).completion();
  }

  @Override
  public Future<?> stop() throws IOException {
    ledger.close();
    return writer.close();
  }

  private void execute(Message<Buffer> call) {
    byte[] line = line(call.body());
    if (line.length == 0) {
      call.fail(400, "the payload has no number in a field \"seq\"");
      return;
    }
    writer
        .executeBlocking(
            () -> {
              ledger.write(line);
              return null;
            })
        .onSuccess(written -> call.reply(ANSWER))
        .onFailure(e -> call.fail(500, "cannot write the ledger: " + e.getMessage()));
  }

  /** The digits after the first {@code "seq":} and a line end; empty when there are none. */
  static byte[] line(Buffer payload) {
    int at = indexAfterField(payload);
    int end = at;
    while (end < payload.length() && payload.getByte(end) >= '0' && payload.getByte(end) <= '9') {
      end++;
    }
    return end == at
        ? new byte[0]
        : Buffer.buffer(end - at + 1)
            .appendBuffer(payload, at, end - at)
            .appendByte((byte) '\n')
            .getBytes();
  }

  private static int indexAfterField(Buffer payload) {
    for (int from = 0; from + FIELD.length <= payload.length(); from++) {
      int matched = 0;
      while (matched < FIELD.length && payload.getByte(from + matched) == FIELD[matched]) {
        matched++;
      }
      if (matched == FIELD.length) {
        return from + FIELD.length;
      }
    }
    return payload.length();
  }
}
