package io.perdure.runtime.managed.custom;

import static io.perdure.runtime.Attempts.await;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.Calls;
import io.perdure.runtime.managed.Conversation;
import io.perdure.runtime.managed.Conversation.Answer;
import io.vertx.core.Future;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The process of an instance, without limits, and what is said with it. */
final class StartedProgram implements AutoCloseable {
  private final OneLoop loop;
  private final Conversation conversation;
  private final Process process;
  private final Thread waiting;

  private StartedProgram(OneLoop loop, Conversation conversation, Process process, Thread waiting) {
    this.loop = loop;
    this.conversation = conversation;
    this.process = process;
    this.waiting = waiting;
  }

  static StartedProgram start(OneLoop loop, Conversation conversation) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(conversation.argv())
            .directory(conversation.directory().toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(conversation.environment());
    Process process = builder.start();
    Thread waiting =
        new Thread(
            () -> {
              process.onExit().join();
              loop.run(conversation::lost);
            });
    waiting.setDaemon(true);
    waiting.start();
    return new StartedProgram(loop, conversation, process, waiting);
  }

  Future<Void> ready() {
    return loop.on(conversation::ready);
  }

  Answer call(CustomSpec spec, String payload) throws Exception {
    Call call = Calls.of(spec, payload);
    return await(loop.on(() -> conversation.call(call, call.deadline(), log -> {})));
  }

  /** Waits for a line that the program prints. */
  void awaitOutput(String expected) throws IOException {
    BufferedReader reader = process.inputReader(UTF_8);
    String line;
    do {
      line = reader.readLine();
      if (line == null) {
        throw new AssertionError("the program ended before it said: " + expected);
      }
    } while (!line.equals(expected));
  }

  long exitCode() throws InterruptedException {
    if (!process.waitFor(Attempts.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the process runs on");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      waiting.join();
      await(loop.on(conversation::close));
    } catch (Exception e) {
      throw new AssertionError("it did not close", e);
    }
  }
}
