package io.perdure.api.scf.action;

import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Shape;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Actions of the cloud that mean nothing on a machine of one's own, and what to use instead. */
public final class UnsupportedActions {
  private static final String LAYERS =
      "Layers are not offered: put what functions share into their code packages.";
  private static final String PROVISIONED =
      "Provisioned concurrency is not offered: instances are kept warm between invocations, and"
          + " POST /v1/namespaces/{namespace}/functions/{function}/instances:warm starts them ahead of time.";
  private static final String DOMAINS =
      "Custom domains are not offered: put a reverse proxy with the domain in front of the node.";

  private static final Map<String, List<String>> BY_REASON =
      Map.of(
          LAYERS,
          List.of(
              "DeleteLayerVersion",
              "GetLayerVersion",
              "ListLayers",
              "ListLayerVersions",
              "PublishLayerVersion"),
          PROVISIONED,
          List.of(
              "DeleteProvisionedConcurrencyConfig",
              "GetProvisionedConcurrencyConfig",
              "PutProvisionedConcurrencyConfig"),
          DOMAINS,
          List.of(
              "CreateCustomDomain",
              "DeleteCustomDomain",
              "GetCustomDomain",
              "ListCustomDomains",
              "UpdateCustomDomain"));

  private UnsupportedActions() {}

  /** All of them; each refuses whatever it is called with. */
  public static Stream<Action> all() {
    return BY_REASON.entrySet().stream()
        .flatMap(entry -> entry.getValue().stream().map(name -> refusing(name, entry.getKey())));
  }

  private static Action refusing(String name, String reason) {
    return new Action(
        name, Shape.ANYTHING, call -> Future.failedFuture(ScfError.unsupported(reason)));
  }
}
