package io.perdure.registry;

import io.perdure.invocation.Failure;
import io.perdure.journal.Batch;
import io.perdure.journal.Journal;
import io.perdure.store.StoreReader;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Set;

/** The registry's store, and a journal that commits to it: one opening of it, by its owner. */
public interface RegistryStorage {
  StoreReader reader();

  Journal journal();

  /**
   * Completes if no other opening, on whatever node, has followed this one by some moment after the
   * call: what the view had by then is all there is. Fails when that is not known.
   */
  default Future<Void> confirm() {
    return Future.succeededFuture();
  }

  /**
   * Completes when whatever this node's view has by now is seen on every node that may tell of it.
   * Fails with {@link io.perdure.invocation.FailureException} when that cannot be found out any
   * more; the changes are made nevertheless.
   */
  default Future<Void> acknowledged() {
    return Future.succeededFuture();
  }

  /** Makes a consistent copy in {@code directory}, which must not exist. Blocking. */
  void checkpoint(Path directory);

  /** Where the registry's storage is, and who may open it. */
  @FunctionalInterface
  interface Source {
    /**
     * Opens it; again after a failure, when the journal of the opening before is closed. Each call
     * gives a journal of its own. Blocking. Fails with StoreException when it cannot be trusted or
     * written.
     */
    RegistryStorage open();

    /**
     * Tells {@code watcher} from now on, beginning with how it is at this moment. Several may
     * watch: each is told of everything, in the order in which they began to. A node that stands
     * alone owns the registry, and says so at once, on the thread of the caller.
     */
    default void watch(Watcher watcher) {
      watcher.gained();
    }

    /**
     * Why what this node has may not be told, because it may be old; null when it is known that all
     * that was acknowledged by now is seen. To be asked behind the look-up. Thread: any.
     */
    default Failure stale() {
      return null;
    }

    /**
     * What this node has of the registry, whoever owns it; null where the owner is alone. With it
     * {@link Watcher#applied} tells of every change, this node's own included, and the view follows
     * that and nothing else; without it whoever commits shows what is committed.
     */
    default StoreReader replica() {
      return null;
    }
  }

  /**
   * Told what becomes of the registry on this node. {@link #applied}, {@link #replaced} and {@link
   * #gained} come in order, never two at once: {@code applied} when the replica has the batch, and
   * before its commit completes if it was asked for here; {@code gained} behind all that was
   * acknowledged before. The others may come on any thread.
   */
  interface Watcher {
    /** This node owns the registry from now on: it may be opened. */
    void gained();

    /**
     * This node does not: what is open is not to be used any more.
     *
     * @param owner name of the node that does; null while that is not known
     */
    void lost(String owner);

    /**
     * The replica has one batch more. Nothing is done but what takes as long as the batch is large.
     *
     * @param batch may be empty: what is known of a node is how far it has come
     * @param index ascending, the same for the same batch on every node
     */
    default void applied(Batch batch, long index) {}

    /** The replica has been replaced whole. To be read anew before this returns. */
    default void replaced() {}

    /**
     * Which nodes have a replica; told before {@link #gained}, and when it changes.
     *
     * @param nodes by name, this one included
     */
    default void members(Set<String> nodes) {}
  }
}
