package io.perdure.executor;

import static java.lang.System.Logger.Level.INFO;

import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.Homes;
import io.perdure.bus.LimitMessages.PlacesGrant;
import io.perdure.bus.LimitMessages.PlacesMoved;
import io.perdure.bus.LimitMessages.PlacesRenewed;
import io.perdure.bus.LimitMessages.RenewPlaces;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Lends places of functions to the nodes of a cluster, for all shards that this node owns. Thread:
 * event loop.
 */
public final class PlacesVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(PlacesVerticle.class.getName());

  private final Homes homes;
  private final Functions functions;
  private final Bus bus;
  private final LongSupplier nanos;
  private final Map<Integer, PlaceHome> byShard = new HashMap<>();

  /**
   * The homes of this node.
   *
   * @param nanos a clock that never goes back
   */
  public PlacesVerticle(Homes homes, Functions functions, Bus bus, LongSupplier nanos) {
    this.homes = homes;
    this.functions = functions;
    this.bus = bus;
    this.nanos = nanos;
  }

  @Override
  public Future<?> start() {
    List<Future<Void>> served = new ArrayList<>();
    for (int shard = 0; shard < homes.shards(); shard++) {
      served.add(bus.serve(Addresses.RENEW_PLACES.at(shard), this::renew));
    }
    return Future.all(served);
  }

  private Future<PlacesRenewed> renew(RenewPlaces report) {
    Promise<Long> confirmed = Promise.promise();
    homes
        .confirm(report.shard())
        .onComplete(epoch -> context.runOnContext(v -> confirmed.handle(epoch)));
    return confirmed.future().compose(epoch -> renew(report, epoch));
  }

  private Future<PlacesRenewed> renew(RenewPlaces report, long epoch) {
    PlaceHome home = byShard.get(report.shard());
    if (home == null || home.epoch() < epoch) {
      LOG.log(INFO, "home of the functions of shard {0} from now on", report.shard());
      home = new PlaceHome(epoch, nanos.getAsLong());
      byShard.put(report.shard(), home);
    } else if (home.epoch() > epoch) {
      return Future.failedFuture(new FailureException(new Failure.Fenced(report.shard(), null)));
    }
    PlaceHome.Decision decision =
        home.renew(report, this::concurrency, homes.nodes(), homes.present(), nanos.getAsLong());
    for (Map.Entry<String, List<PlacesGrant>> moved : decision.moved().entrySet()) {
      bus.send(
          Addresses.PLACES_MOVED.onNode(moved.getKey()),
          new PlacesMoved(report.shard(), moved.getValue()));
    }
    return Future.succeededFuture(decision.answer());
  }

  /** Negative while the function is not known here. */
  private int concurrency(long functionUid) {
    Function function = functions.byUid(functionUid);
    return function == null ? -1 : function.concurrency();
  }
}
