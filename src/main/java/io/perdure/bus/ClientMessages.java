package io.perdure.bus;

import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.StopMode;
import java.util.List;
import java.util.Map;

/**
 * What event-bus clients ask any node. The account is named, not proven: whoever can write to the
 * event bus is trusted. A null account means the node's first one.
 */
@SuppressWarnings("ArrayRecordComponent") // payload bytes are handed over, never compared
public final class ClientMessages {
  private ClientMessages() {}

  /** Sent to or answered by the client surface. */
  public sealed interface OfClient extends Message {}

  /** Submits by name. Answered by {@code Submitted}. */
  public record ClientSubmit(
      String account,
      String namespace,
      String function,
      String key,
      long delayMillis,
      Map<String, String> labels,
      String traceparent,
      byte[] payload)
      implements OfClient {}

  /** Answered by {@code Found}. */
  public record ClientGet(String account, InvocationId id) implements OfClient {}

  /** Answered by {@code Found} after an event beyond {@code afterSeq}, the end, or the time. */
  public record ClientAwait(
      String account, InvocationId id, int afterSeq, boolean terminal, long waitMillis)
      implements OfClient {}

  /** Answered by {@code Body}. */
  public record ClientGetBody(String account, InvocationId id, ShardMessages.Part part)
      implements OfClient {}

  /** Answered by {@code Found}. */
  public record ClientStop(String account, InvocationId id, StopMode mode, long graceMillis)
      implements OfClient {}

  /** Answered by {@link Listed}. */
  public record ClientList(
      String account,
      String namespace,
      String function,
      List<String> statuses,
      Map<String, String> labels,
      long from,
      long to,
      boolean descending,
      int limit,
      String cursor)
      implements OfClient {}

  /** A page; {@code cursor} is null on the last one. */
  public record Listed(List<Invocation> invocations, String cursor) implements OfClient {}
}
