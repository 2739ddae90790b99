package io.perdure.bus;

import io.perdure.invocation.About;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Function;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.Route;
import io.perdure.invocation.RuntimeSpec;
import java.util.List;

/** What the registry is asked; and the topic on which it tells of changes. */
public final class RegistryMessages {
  private RegistryMessages() {}

  /** Sent to, answered by or published by the registry. */
  public sealed interface OfRegistry extends Message {}

  /**
   * A namespace.
   *
   * @param revision counts changes, from 1; 0 for {@code default} while nothing was set
   */
  public record Namespace(
      String account, String name, About about, long createdAt, long modifiedAt, long revision) {}

  /**
   * Creates a namespace or replaces what is told of it.
   *
   * @param ifRevision only if that is the present revision; 0 for any, -1 for "must not exist"
   */
  public record PutNamespace(String account, String name, About about, long ifRevision)
      implements OfRegistry {}

  /** Answer to {@link PutNamespace}. */
  public record NamespacePut(Namespace namespace, boolean created) implements OfRegistry {}

  /** Removes an empty namespace; {@code default} cannot be removed. */
  public record DeleteNamespace(String account, String name, long ifRevision)
      implements OfRegistry {}

  /** By name, after {@code after} (null for the start), at most {@code limit}, 1 to 1000. */
  public record ListNamespaces(String account, String prefix, String after, int limit)
      implements OfRegistry, Repeatable {}

  /** Answer to {@link ListNamespaces}. */
  public record NamespacesListed(List<Namespace> namespaces, boolean more) implements OfRegistry {}

  /**
   * Creates a function or replaces its settings; its versions stay as they are.
   *
   * @param about null to leave it as it is
   * @param runtime of a managed one the package must be stored, or be null: then the function keeps
   *     the package it has
   * @param ifRevision only if that is the present revision; 0 for any, -1 for "must not exist"
   * @param paused null to leave the queue as it is
   * @param by who asks: noted when the queue is paused
   */
  public record PutFunction(
      String account,
      String namespace,
      String name,
      Function.Flavour flavour,
      About about,
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
      implements OfRegistry, Repeatable {}

  /** Answer to {@link ListFunctions}. */
  public record FunctionsListed(List<Function> functions, boolean more) implements OfRegistry {}

  // ---- versions and aliases. Their scope is a function, or the namespace when function is null.

  /**
   * An immutable version of a function, or of all functions of a namespace.
   *
   * @param number "1", "2", ...: growing within its scope, never used again
   * @param namespace what was told of the namespace by then; null for a function's version
   */
  public record Version(String number, String description, long createdAt, About namespace) {
    /** Of a function. */
    public Version(String number, String description, long createdAt) {
      this(number, description, createdAt, null);
    }
  }

  /** Freezes what the scope is now. */
  public record PublishVersion(
      String account, String namespace, String function, String description)
      implements OfRegistry {}

  /** Answer to {@link PublishVersion}. */
  public record VersionPublished(Version version) implements OfRegistry {}

  /** Refused while an alias leads to it. */
  public record DeleteVersion(String account, String namespace, String function, String number)
      implements OfRegistry {}

  /**
   * By number.
   *
   * @param after exclusive, null for the start
   * @param limit 1 to 1000
   */
  public record ListVersions(
      String account,
      String namespace,
      String function,
      boolean descending,
      String after,
      int limit)
      implements OfRegistry, Repeatable {}

  /** Answer to {@link ListVersions}. */
  public record VersionsListed(List<Version> versions, boolean more) implements OfRegistry {}

  /** A name for a version that can be moved to another one. */
  public record Alias(
      String name, Route route, About about, long createdAt, long modifiedAt, long revision) {}

  /**
   * Creates an alias or moves it.
   *
   * @param about null to leave it as it is
   * @param ifRevision as of {@link PutFunction}
   */
  public record PutAlias(
      String account,
      String namespace,
      String function,
      String name,
      Route route,
      About about,
      long ifRevision)
      implements OfRegistry {}

  /** Answer to {@link PutAlias}. */
  public record AliasPut(Alias alias, boolean created) implements OfRegistry {}

  /** Invocations that were submitted by the alias and have not begun become INVALID. */
  public record DeleteAlias(
      String account, String namespace, String function, String name, long ifRevision)
      implements OfRegistry {}

  /**
   * By name.
   *
   * @param version only those that lead to it, null for all
   */
  public record ListAliases(
      String account,
      String namespace,
      String function,
      String version,
      String prefix,
      String after,
      int limit)
      implements OfRegistry, Repeatable {}

  /** Answer to {@link ListAliases}. */
  public record AliasesListed(List<Alias> aliases, boolean more) implements OfRegistry {}

  // ---- settings of asynchronous invocations

  /** {@link AsyncSettings} as they are stored. */
  public record AsyncSet(
      String function, String qualifier, AsyncSettings settings, long createdAt, long modifiedAt) {}

  /** What settings are by now; {@code settings} null for none. */
  public record AsyncBefore(AsyncSettings settings) {}

  /**
   * Sets them; {@code settings} null removes them, which fails when there are none.
   *
   * @param onlyIf what they must be by then, else it fails as a precondition; null for anything
   */
  public record PutAsync(
      String account,
      String namespace,
      String function,
      String qualifier,
      AsyncSettings settings,
      AsyncBefore onlyIf)
      implements OfRegistry {
    /** Whatever they are by then. */
    public PutAsync(
        String account,
        String namespace,
        String function,
        String qualifier,
        AsyncSettings settings) {
      this(account, namespace, function, qualifier, settings, null);
    }
  }

  /** Answer to {@link PutAsync}; {@code set} is null when they were removed. */
  public record AsyncPut(AsyncSet set, boolean created) implements OfRegistry {}

  /**
   * By function and qualifier.
   *
   * @param function null for all of the namespace
   * @param after "function/qualifier", exclusive, null for the start
   */
  public record ListAsync(
      String account, String namespace, String function, String after, int limit)
      implements OfRegistry, Repeatable {}

  /** Answer to {@link ListAsync}. */
  public record AsyncListed(List<AsyncSet> found, boolean more) implements OfRegistry {}

  /** A function and a qualifier of it. */
  public record Qualified(String namespace, String function, String qualifier) {}

  /**
   * Functions of all namespaces whose settings say that invocations are tasks, by namespace,
   * function and qualifier. Those of FC 3.0, which are in no namespace that is shown, are left out.
   *
   * @param after exclusive, null for the start
   */
  public record ListTracked(String account, Qualified after, int limit)
      implements OfRegistry, Repeatable {}

  /** Answer to {@link ListTracked}. */
  public record TrackedListed(List<Qualified> found, boolean more) implements OfRegistry {}

  // ---- what an account has

  /** Answered by {@link Usage}. */
  public record GetUsage(String account) implements OfRegistry, Repeatable {}

  /**
   * What an account has, and may have.
   *
   * @param namespaces besides {@code default}
   * @param namespacesMax besides {@code default}
   * @param schedulesMax of one function
   */
  public record Usage(
      int functions, int functionsMax, int namespaces, int namespacesMax, int schedulesMax)
      implements OfRegistry {}

  /** Published after a change is committed and visible; {@code deleted} when the uid has ended. */
  public record FunctionChanged(long functionUid, boolean deleted) implements OfRegistry {}

  // ---- between the nodes of a cluster

  /**
   * Asks for the right to tell of functions for a while.
   *
   * @param node the name of the one that asks
   * @param through index of the last change of the registry that is seen there
   */
  public record RenewLease(String node, long through) implements OfRegistry, Repeatable {}

  /**
   * Answer to {@link RenewLease}.
   *
   * @param millis for so long, counted from when it was asked for; 0 when the node lags behind what
   *     is acknowledged
   */
  public record LeaseRenewed(long millis) implements OfRegistry {}

  /** All changes of the registry up to {@code index} are seen on {@code node}. */
  public record SeenThrough(String node, long index) implements OfRegistry {}
}
