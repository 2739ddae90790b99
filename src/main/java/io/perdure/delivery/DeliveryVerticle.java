package io.perdure.delivery;

import static java.lang.System.Logger.Level.ERROR;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.DeliveryMessages.Deliver;
import io.perdure.bus.DeliveryMessages.DeliveryTold;
import io.perdure.bus.ShardMessages.Body;
import io.perdure.bus.ShardMessages.GetBody;
import io.perdure.bus.ShardMessages.Part;
import io.perdure.invocation.DeliveryOutcome;
import io.perdure.invocation.Destination.Target;
import io.perdure.invocation.Destination.ToAddress;
import io.perdure.invocation.Destination.ToFunction;
import io.perdure.invocation.Destination.ToWebhook;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.router.Router;
import io.perdure.time.Clock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;

/**
 * Attempts deliveries as the shards hand them over, and tells what became of each. Thread: event
 * loop.
 */
public final class DeliveryVerticle extends VerticleBase {
  private static final System.Logger LOG = System.getLogger(DeliveryVerticle.class.getName());

  private final DeliveryConfig config;
  private final Functions functions;
  private final Router router;
  private final Bus bus;
  private final Clock clock;
  private final MeterRegistry registry;
  private final DeliveryEvents events;
  private final Lanes lanes;

  /** What was handed over before {@link #begin}; null from then on. */
  private List<Deliver> early = new ArrayList<>();

  private DeliveryMeters meters;
  private SendToFunction toFunction;
  private SendToWebhook toWebhook;
  private SendToAddress toAddress;
  private boolean stopped;

  /**
   * Delivers, once {@link #begin} is called.
   *
   * @param region of Function Compute, which its events name
   */
  public DeliveryVerticle(
      DeliveryConfig config,
      String region,
      Functions functions,
      Router router,
      Bus bus,
      Clock clock,
      MeterRegistry meters) {
    this.config = config;
    this.functions = functions;
    this.router = router;
    this.bus = bus;
    this.clock = clock;
    this.registry = meters;
    this.events = new DeliveryEvents(region, config.eventBytesMax());
    this.lanes = new Lanes(config.policy(), this::attempt);
  }

  @Override
  public Future<?> start() {
    meters = new DeliveryMeters(registry);
    toFunction = new SendToFunction(router);
    toWebhook = new SendToWebhook(vertx, config.policy().perTarget(), config.timeout(), clock);
    toAddress = new SendToAddress(vertx, config.timeout());
    return bus.listen(Addresses.DELIVER, this::handedOver);
  }

  /** The node serves: what is handed over is delivered from now on. Any thread. */
  public void begin() {
    context.runOnContext(
        v -> {
          List<Deliver> waiting = early;
          early = null;
          waiting.forEach(this::handedOver);
        });
  }

  /** What is under way is given up: the shards have it as owed, and try again after a start. */
  @Override
  public Future<?> stop() {
    stopped = true;
    meters.close();
    return toWebhook.close();
  }

  private void handedOver(Deliver deliver) {
    if (stopped) {
      return;
    }
    if (early != null) {
      early.add(deliver); // bounded by what the shards hand over
      return;
    }
    lanes.add(deliver);
    meters.observe(lanes.running(), lanes.waiting());
  }

  private void attempt(Deliver deliver) {
    String kind = deliver.invocation().delivery().destination().target().kind();
    long started = meters.started();
    inTime(deliver)
        .onComplete(
            done -> {
              meters.ended(kind, started);
              if (!stopped) {
                // Not nested: many may end at once, each before it is known to have begun.
                context.runOnContext(v -> ended(deliver, done.result()));
              }
            });
  }

  private void ended(Deliver deliver, DeliveryOutcome outcome) {
    Invocation of = deliver.invocation();
    bus.send(
        Addresses.DELIVERY.at(of.id().shard()),
        new DeliveryTold(of.id(), deliver.epoch(), outcome));
    lanes.ended(deliver);
    meters.observe(lanes.running(), lanes.waiting());
  }

  /** Never failed, and never longer than the limit. */
  private Future<DeliveryOutcome> inTime(Deliver deliver) {
    Promise<DeliveryOutcome> outcome = Promise.promise();
    long millis = config.timeout().toMillis();
    // In real time, whatever time the node is told it is: others take as long as they take.
    long timer =
        vertx.setTimer(
            millis,
            id ->
                outcome.tryComplete(
                    new DeliveryOutcome.Failed(
                        deliver.attempt(), "no answer within " + millis + " ms", false, 0)));
    send(deliver)
        .otherwise(cause -> unexpected(deliver, cause))
        .onSuccess(
            done -> {
              vertx.cancelTimer(timer);
              outcome.tryComplete(done);
            });
    return outcome.future();
  }

  private Future<DeliveryOutcome> send(Deliver deliver) {
    Invocation of = deliver.invocation();
    return Future.all(body(of, Part.PAYLOAD), body(of, Part.RESULT))
        .compose(
            bodies ->
                send(
                    of.delivery().destination().target(),
                    deliver,
                    events.event(of, flavour(of), bodies.resultAt(0), bodies.resultAt(1))));
  }

  private Future<byte[]> body(Invocation of, Part part) {
    return (part == Part.PAYLOAD ? of.payload() : of.result()).isEmpty()
        ? Future.succeededFuture(new byte[0])
        : bus.request(Addresses.GET_BODY.at(of.id().shard()), new GetBody(of.id(), part))
            .map(Body::bytes);
  }

  private Future<DeliveryOutcome> send(Target target, Deliver deliver, byte[] event) {
    Invocation of = deliver.invocation();
    int attempt = deliver.attempt();
    if (target instanceof ToFunction to) {
      return toFunction.send(to, of, attempt, event);
    }
    return target instanceof ToWebhook to
        ? toWebhook.send(to, of, attempt, event)
        : toAddress.send((ToAddress) target, of, attempt, event);
  }

  /** That of the function, and of one that has been deleted since what is known of the call. */
  private Flavour flavour(Invocation of) {
    Function function = functions.byUid(of.functionUid());
    if (function != null) {
      return function.flavour();
    }
    if (of.origin() != Invocation.Origin.FC) {
      return Flavour.NATIVE;
    }
    return of.namespace().startsWith("$") ? Flavour.FC3 : Flavour.FC2;
  }

  private static DeliveryOutcome unexpected(Deliver deliver, Throwable cause) {
    if (cause instanceof FailureException e) {
      Failure failure = e.failure();
      boolean gone = failure instanceof Failure.Removed;
      return new DeliveryOutcome.Failed(deliver.attempt(), failure.message(), gone, 0);
    }
    LOG.log(ERROR, "delivering " + deliver.invocation().id() + " failed, tried again", cause);
    return new DeliveryOutcome.Failed(deliver.attempt(), String.valueOf(cause), false, 0);
  }
}
