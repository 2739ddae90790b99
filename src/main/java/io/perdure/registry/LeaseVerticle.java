package io.perdure.registry;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.LeaseRenewed;
import io.perdure.bus.RegistryMessages.RenewLease;
import io.perdure.bus.RegistryMessages.SeenThrough;
import io.perdure.bus.Routes;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.journal.Batch;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A node's right to tell of functions, and, on the owner of the registry, the granting of it. One
 * on each node of a cluster. Thread: event loop.
 *
 * <p>A lease is asked for once a second. It counts from the moment before it was asked for, and the
 * owner grants it only if it still was the owner at some moment after that: so it has ended when a
 * next owner, who counts with the leases of all members for as long, leaves this node out.
 */
public final class LeaseVerticle extends VerticleBase {
  static final long RENEW_MILLIS = 1_000;

  private static final System.Logger LOG = System.getLogger(LeaseVerticle.class.getName());
  private static final long LOOK_MILLIS = 250;

  /** An owner that takes longer may have gone: another is asked while the lease still holds. */
  private static final long TIMEOUT_MILLIS = 2_000;

  private final String self;
  private final Registry registry;
  private final Followers followers;
  private final RegistryStorage.Source source;
  private final Supplier<Future<Void>> confirm;
  private final Bus bus;
  private final LongSupplier nanos;

  private final AtomicBoolean telling = new AtomicBoolean();
  private volatile String owner;
  private long renewAt;
  private boolean asking;
  private boolean told;

  /**
   * Asks for nothing before its start.
   *
   * @param self name of this node
   * @param registry what is told of
   * @param followers told of the registry's ownership by {@code source} before this one is
   * @param confirm completes if this node still owned the registry at some moment after the call
   * @param nanos a time that is never put back or forward
   */
  public LeaseVerticle(
      String self,
      Registry registry,
      Followers followers,
      RegistryStorage.Source source,
      Supplier<Future<Void>> confirm,
      Bus bus,
      LongSupplier nanos) {
    this.self = self;
    this.registry = registry;
    this.followers = followers;
    this.source = source;
    this.confirm = confirm;
    this.bus = bus;
    this.nanos = nanos;
  }

  /** As {@link Followers#current}. */
  public boolean current() {
    return followers.current();
  }

  /** As {@link Followers#refusal}. */
  public Failure refusal() {
    return Followers.refusal();
  }

  @Override
  public Future<?> start() {
    renewAt = nanos.getAsLong();
    return Future.all(
            bus.serve(Addresses.RENEW_LEASE, this::grant),
            bus.listen(Addresses.SEEN_THROUGH, seen -> followers.seen(seen.node(), seen.index())))
        .onSuccess(
            served -> {
              source.watch(new Watching());
              vertx.setPeriodic(LOOK_MILLIS, id -> look());
              look();
            });
  }

  private final class Watching implements RegistryStorage.Watcher {
    @Override
    public void gained() {
      followers.gained();
    }

    @Override
    public void lost(String to) {
      owner = to;
      followers.lost();
    }

    @Override
    public void members(Set<String> nodes) {
      followers.members(nodes);
    }

    /** Tells the owner at once, of several that came together once. */
    @Override
    public void applied(Batch batch, long index) {
      if (!followers.owns() && !telling.getAndSet(true)) {
        context.runOnContext(
            none -> {
              telling.set(false);
              bus.send(Addresses.SEEN_THROUGH, new SeenThrough(self, registry.through()));
            });
      }
    }
  }

  private Future<LeaseRenewed> grant(RenewLease asked) {
    if (!followers.owns()) {
      return Future.failedFuture(new FailureException(new Failure.Fenced(Routes.REGISTRY, owner)));
    }
    return confirm
        .get()
        .recover(
            e ->
                Future.failedFuture(
                    new FailureException(new Failure.Fenced(Routes.REGISTRY, owner))))
        .map(confirmed -> new LeaseRenewed(followers.grant(asked.node(), asked.through())));
  }

  /** Renews the lease when it is time to, and sees whose lease has ended. Tests call it. */
  void look() {
    followers.look();
    long now = nanos.getAsLong();
    if (now - renewAt >= 0 && !asking) {
      renewAt = now + TimeUnit.MILLISECONDS.toNanos(RENEW_MILLIS);
      renew(now);
    }
    tell();
  }

  private void renew(long asked) {
    asking = true;
    bus.request(Addresses.RENEW_LEASE, new RenewLease(self, registry.through()), TIMEOUT_MILLIS)
        .onComplete(
            done -> {
              asking = false;
              if (done.failed()) {
                LOG.log(DEBUG, "no lease of the registry: {0}", done.cause().getMessage());
              } else if (done.result().millis() > 0) {
                followers.hold(asked + TimeUnit.MILLISECONDS.toNanos(done.result().millis()));
                tell();
              }
            });
  }

  /** Logs when it has been lost or got. */
  private void tell() {
    boolean now = current();
    if (now != told) {
      told = now;
      if (now) {
        LOG.log(INFO, "this node has a lease of the registry");
      } else {
        LOG.log(WARNING, "this node has no lease of the registry any more: it refuses look-ups");
      }
    }
  }
}
