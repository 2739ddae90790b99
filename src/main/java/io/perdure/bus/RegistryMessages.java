package io.perdure.bus;

import io.perdure.invocation.Function;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;
import java.util.List;

/** What the registry is asked; and the topic on which it tells of changes. */
public final class RegistryMessages {
  private RegistryMessages() {}

  /** Sent to, answered by or published by the registry. */
  public sealed interface OfRegistry extends Message {}

  /** A namespace. */
  public record Namespace(String account, String name, String description, long createdAt) {}

  /** Creates a namespace or changes its description. */
  public record PutNamespace(String account, String name, String description)
      implements OfRegistry {}

  /** Answer to {@link PutNamespace}. */
  public record NamespacePut(Namespace namespace, boolean created) implements OfRegistry {}

  /** Removes an empty namespace; {@code default} cannot be removed. */
  public record DeleteNamespace(String account, String name) implements OfRegistry {}

  /** By name, after {@code after} (null for the start), at most {@code limit}, 1 to 1000. */
  public record ListNamespaces(String account, String prefix, String after, int limit)
      implements OfRegistry {}

  /** Answer to {@link ListNamespaces}. */
  public record NamespacesListed(List<Namespace> namespaces, boolean more) implements OfRegistry {}

  /**
   * Creates a function or replaces its settings.
   *
   * @param ifRevision only if that is the present revision; 0 for any, -1 for "must not exist"
   * @param paused null to leave the queue as it is
   * @param by who asks: noted when the queue is paused
   */
  public record PutFunction(
      String account,
      String namespace,
      String name,
      Function.Flavour flavour,
      RuntimeSpec runtime,
      long timeoutMillis,
      int concurrency,
      RetryPolicy retry,
      long eventAgeMillis,
      RetentionPolicy retention,
      Boolean paused,
      String by,
      long ifRevision)
      implements OfRegistry {}

  /** Pauses or resumes the queue of a function. */
  public record SetPaused(String account, String namespace, String name, boolean paused, String by)
      implements OfRegistry {}

  /** Answer to {@link PutFunction} and {@link SetPaused}. */
  public record FunctionPut(Function function, boolean created) implements OfRegistry {}

  /** Deletes a function: its uid ends at once, its queue becomes INVALID in portions. */
  public record DeleteFunction(String account, String namespace, String name, long ifRevision)
      implements OfRegistry {}

  /** By name, after {@code after} (null for the start), at most {@code limit}, 1 to 1000. */
  public record ListFunctions(
      String account, String namespace, String prefix, String after, int limit)
      implements OfRegistry {}

  /** Answer to {@link ListFunctions}. */
  public record FunctionsListed(List<Function> functions, boolean more) implements OfRegistry {}

  /** Published after a change is committed and visible; {@code deleted} when the uid has ended. */
  public record FunctionChanged(long functionUid, boolean deleted) implements OfRegistry {}
}
