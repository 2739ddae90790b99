package io.perdure.node;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.api.Bodies;
import io.perdure.api.CodeLinks;
import io.perdure.api.Dialect;
import io.perdure.api.auth.Accounts;
import io.perdure.api.fc.FcApi;
import io.perdure.api.fc.sign.Nonces;
import io.perdure.api.scf.ScfApi;
import io.perdure.api.v1.NativeApi;
import io.perdure.bus.Bus;
import io.perdure.registry.Registry;
import io.perdure.router.FunctionSearch;
import io.perdure.router.Router;
import io.perdure.time.Clock;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;

/** The dialects of a node, wired to what they share. */
final class Dialects {
  private final NodeConfig config;
  private final Accounts accounts;
  private final Router router;
  private final Bus bus;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final Bodies bodies;
  private final HttpMeters meters;
  private final FunctionSearch search;
  private final CodeLinks links;

  /** Who signs has the time of the day, whatever time a node is told it is by a test. */
  private final InstantSource day = InstantSource.system();

  private Dialects(
      Vertx vertx,
      NodeConfig config,
      Accounts accounts,
      Registry registry,
      Router router,
      Bus bus,
      Clock clock,
      MeterRegistry metrics) {
    this.config = config;
    this.accounts = accounts;
    this.router = router;
    this.bus = bus;
    this.clock = clock;
    this.metrics = metrics;
    this.bodies = new Bodies(config.api());
    this.meters = new HttpMeters(metrics);
    this.search = new FunctionSearch(vertx, registry::functions);
    this.links = new CodeLinks(bus, day, accounts);
    Gauge.builder("perdure.http.bodies.bytes", bodies, Bodies::heldBytes)
        .description("Bytes of request bodies held in memory")
        .strongReference(true)
        .register(metrics);
  }

  /** All there are, in the order in which their routes are walked. */
  static List<Dialect> all(
      Vertx vertx,
      NodeConfig config,
      Accounts accounts,
      Registry registry,
      Router router,
      Bus bus,
      Clock clock,
      MeterRegistry metrics) {
    Dialects of = new Dialects(vertx, config, accounts, registry, router, bus, clock, metrics);
    return List.of(of.nativeApi(), of.scf(), of.fc(), of.links);
  }

  private NativeApi nativeApi() {
    return new NativeApi(
        bus,
        router,
        accounts,
        bodies,
        config.nativeApi().within(config.api().idleTimeout()),
        config.rateLimit().limits("native"),
        meters);
  }

  private ScfApi scf() {
    return ScfApi.create(
        bus,
        router,
        clock,
        search,
        links,
        new io.perdure.api.scf.sign.Signatures(accounts, day, config.scf().clockSkew()),
        bodies,
        config.scf().within(config.api().idleTimeout()),
        config.rateLimit().limits("scf"),
        meters);
  }

  private FcApi fc() {
    return FcApi.create(
        bus,
        router,
        clock,
        search,
        links,
        new io.perdure.api.fc.sign.Signatures(accounts, day, config.fc().clockSkew(), nonces()),
        bodies,
        config.fc().within(config.api().idleTimeout()),
        config.rateLimit().limits("fc"),
        meters);
  }

  private Nonces nonces() {
    Nonces nonces = new Nonces(config.fc().noncesMax());
    Gauge.builder("perdure.fc.nonces", nonces, Nonces::kept)
        .description("Nonces of signatures kept to refuse repeated requests")
        .strongReference(true)
        .register(metrics);
    FunctionCounter.builder("perdure.fc.nonces.forgotten", nonces, Nonces::forgotten)
        .description("Nonces forgotten before their time because there were too many")
        .register(metrics);
    return nonces;
  }
}
