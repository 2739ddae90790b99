package io.perdure.bus;

import static io.perdure.bus.Message.lengthOf;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.StopMode;

/** What the executor of a node is told. All of it is sent by shards of the same node. */
@SuppressWarnings("ArrayRecordComponent") // payload bytes are handed over, never compared
public final class ExecutorMessages {
  private ExecutorMessages() {}

  /** Sent to or answered by the executor. */
  public sealed interface OfExecutor extends Message {}

  /** What a shard has it do. */
  public sealed interface Order extends OfExecutor {}

  /**
   * An attempt to be started when a slot of its function is free. Every one is answered, sooner or
   * later, by {@code Began} and then {@code Succeeded} or {@code Broke}, or by {@code Released}.
   *
   * @param invocation as committed; its payload is stored unless it says that it is not kept
   * @param epoch fencing epoch of the attempt
   * @param attempt number of the attempt, from 1
   * @param direct whether its caller takes a result that is too large to be kept
   * @param payload its bytes, or null when the executor has to ask the shard for them
   */
  public record Run(Invocation invocation, long epoch, int attempt, boolean direct, byte[] payload)
      implements Order {
    /** Of which the result is kept. */
    public Run(Invocation invocation, long epoch, int attempt, byte[] payload) {
      this(invocation, epoch, attempt, false, payload);
    }

    @Override
    public int bodyBytes() {
      return lengthOf(payload);
    }
  }

  /** Give it back as {@code Released} if it has not begun; otherwise nothing is answered. */
  public record Revoke(InvocationId id, long epoch, int attempt) implements Order {}

  /** Tell the running attempt to stop. */
  public record Interrupt(InvocationId id, long epoch, int attempt, StopMode mode, long graceMillis)
      implements Order {}

  /** Ends whatever a shard of this node still has running: the shard has been lost or failed. */
  public record Abandon(int shard, long epoch) implements Order {}

  /** Starts nothing new; answered when nothing runs or when {@code graceMillis} have passed. */
  public record Drain(long graceMillis) implements OfExecutor {}

  /** How busy a function is on this node. */
  public record GetGate(long functionUid) implements OfExecutor, Repeatable {}

  /**
   * Answer to {@link GetGate}.
   *
   * @param awaitsInstance what is queued waits for its runtime, which has no room for it now
   */
  public record Gate(
      int running,
      int concurrency,
      int queued,
      boolean awaitsInstance,
      int nodeRunning,
      int nodeConcurrency)
      implements OfExecutor {}
}
