package io.perdure.node;

import static java.lang.System.Logger.Level.INFO;

import io.perdure.api.ApiVerticle;
import io.perdure.api.Dialect;
import io.perdure.api.HttpConfig;
import io.perdure.api.Probes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a node is reached over HTTP: on one port, or on one more for probes and metrics. */
final class Endpoints {
  private static final System.Logger LOG = System.getLogger(Endpoints.class.getName());

  private final Vertx vertx;
  private final Deployments deployments;
  private int port;
  private int managementPort;

  Endpoints(Vertx vertx, Deployments deployments) {
    this.vertx = vertx;
    this.deployments = deployments;
  }

  /** The port the dialects are served on; 0 before {@link #open}. */
  int port() {
    return port;
  }

  /** The port probes and metrics are served on; 0 before {@link #open}. */
  int managementPort() {
    return managementPort;
  }

  /**
   * Serves from now on. Fails when it cannot listen, saying where and why.
   *
   * @param apart where probes and metrics are served instead of beside the dialects
   */
  Future<Void> open(
      HttpConfig http, List<Dialect> dialects, Optional<Integer> apart, Probes probes) {
    if (apart.isEmpty()) {
      List<Dialect> all = new ArrayList<>(dialects);
      all.add(probes); // behind the paths that are asked for most
      return listen(http, all)
          .onSuccess(at -> port = at)
          .onSuccess(at -> managementPort = at)
          .mapEmpty();
    }
    return listen(http, dialects)
        .onSuccess(at -> port = at)
        .compose(at -> listen(http.onPort(apart.get()), List.of(probes)))
        .onSuccess(at -> LOG.log(INFO, "probes and metrics on port {0}", Integer.toString(at)))
        .onSuccess(at -> managementPort = at)
        .mapEmpty();
  }

  private Future<Integer> listen(HttpConfig http, List<Dialect> dialects) {
    return ApiVerticle.deploy(vertx, http, dialects)
        .map(
            listening -> {
              deployments.atEnd(() -> vertx.undeploy(listening.deploymentId()));
              return listening.port();
            });
  }
}
