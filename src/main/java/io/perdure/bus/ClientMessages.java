package io.perdure.bus;

import static io.perdure.bus.Message.lengthOf;

import io.perdure.bus.CodeMessages.AbandonUpload;
import io.perdure.bus.CodeMessages.AddToUpload;
import io.perdure.bus.CodeMessages.BeginUpload;
import io.perdure.bus.CodeMessages.FinishUpload;
import io.perdure.bus.RegistryMessages.DeleteFunction;
import io.perdure.bus.RegistryMessages.ListFunctions;
import io.perdure.bus.RegistryMessages.PublishVersion;
import io.perdure.bus.RegistryMessages.PutAlias;
import io.perdure.bus.RegistryMessages.PutFunction;
import io.perdure.invocation.Function;
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

  /**
   * Submits by name. Answered by {@code Submitted}.
   *
   * @param qualifier version or alias, null for the latest
   */
  public record ClientSubmit(
      String account,
      String namespace,
      String function,
      String qualifier,
      String key,
      long delayMillis,
      Map<String, String> labels,
      String traceparent,
      byte[] payload)
      implements OfClient {
    @Override
    public int bodyBytes() {
      return lengthOf(payload);
    }

    @Override
    public boolean repeatable() {
      return key != null;
    }
  }

  /**
   * Submits and waits for the end. Answered by {@link ClientInvoked}.
   *
   * @param submit what to run
   * @param waitMillis the caller's patience, 0 for as long as the function may take
   * @param withLog whether the log is wanted, too
   */
  public record ClientInvoke(ClientSubmit submit, long waitMillis, boolean withLog)
      implements OfClient {
    @Override
    public int bodyBytes() {
      return submit.bodyBytes();
    }

    @Override
    public boolean repeatable() {
      return submit.repeatable();
    }
  }

  /**
   * What became of it by then.
   *
   * @param created false when its key was there before
   * @param result what it returned; empty while it has not ended
   * @param log empty unless it was asked for
   */
  public record ClientInvoked(Invocation invocation, boolean created, byte[] result, byte[] log)
      implements OfClient {
    @Override
    public int bodyBytes() {
      return lengthOf(result) + lengthOf(log);
    }
  }

  /** Answered by {@code Found}. */
  public record ClientGet(String account, InvocationId id) implements OfClient, Repeatable {}

  /** Answered by {@code Found} after an event beyond {@code afterSeq}, the end, or the time. */
  public record ClientAwait(
      String account, InvocationId id, int afterSeq, boolean terminal, long waitMillis)
      implements OfClient, Repeatable {}

  /** Answered by {@code Body}. */
  public record ClientGetBody(String account, InvocationId id, ShardMessages.Part part)
      implements OfClient, Repeatable {}

  /** Answered by {@code Found}. */
  public record ClientStop(String account, InvocationId id, StopMode mode, long graceMillis)
      implements OfClient, Repeatable {}

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
      implements OfClient, Repeatable {}

  // ---- functions. A null account inside of a request means the node's first one, too.

  /** Answered by {@code FunctionPut}. */
  public record ClientPutFunction(PutFunction put) implements OfClient {}

  /**
   * Answered by {@link ClientFunction}.
   *
   * @param qualifier version or alias, null for the latest
   */
  public record ClientGetFunction(
      String account, String namespace, String function, String qualifier)
      implements OfClient, Repeatable {}

  /** A function, or a version of it. */
  public record ClientFunction(Function function) implements OfClient {}

  /** Answered by {@code Done}. */
  public record ClientDeleteFunction(DeleteFunction delete) implements OfClient {}

  /** Answered by {@code FunctionsListed}. */
  public record ClientListFunctions(ListFunctions list) implements OfClient, Repeatable {}

  /** Answered by {@code VersionPublished}. */
  public record ClientPublishVersion(PublishVersion publish) implements OfClient {}

  /** Answered by {@code AliasPut}. */
  public record ClientPutAlias(PutAlias put) implements OfClient {}

  /** Answered by {@code UploadState}. All parts of an upload go to one node. */
  public record ClientBeginUpload(BeginUpload begin) implements OfClient {}

  /** Answered by {@code UploadState}. */
  public record ClientAddToUpload(AddToUpload add) implements OfClient {
    @Override
    public int bodyBytes() {
      return add.bodyBytes();
    }
  }

  /** Answered by {@code UploadState}. */
  public record ClientFinishUpload(FinishUpload finish) implements OfClient {}

  /** Answered by {@code Done}. */
  public record ClientAbandonUpload(AbandonUpload abandon) implements OfClient {}

  /** A page; {@code cursor} is null on the last one. */
  public record Listed(List<Invocation> invocations, String cursor) implements OfClient {}
}
