package io.perdure.api.v1;

import io.perdure.api.JsonOut;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.GetUsage;
import io.perdure.router.Router;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/** {@code /v1/account}: what the caller has, and may have. */
final class AccountRoutes {
  private final Bus bus;
  private final Router router;

  AccountRoutes(Bus bus, Router router) {
    this.bus = bus;
    this.router = router;
  }

  void addTo(RouteTable table) {
    table.add(HttpMethod.GET, "/v1/account", "getAccount", this::get);
  }

  private Future<?> get(Call call) {
    call.noQuery();
    return bus.request(Addresses.GET_USAGE, new GetUsage(call.account().id()))
        .compose(
            usage ->
                call.reply(
                    200,
                    JsonOut.object(
                        384,
                        json -> {
                          json.writeStringField("id", call.account().id());
                          json.writeStringField("name", call.account().name());
                          json.writeObjectFieldStart("usage");
                          json.writeNumberField("functions", usage.functions());
                          json.writeNumberField("namespaces", usage.namespaces());
                          json.writeEndObject();
                          json.writeObjectFieldStart("limits");
                          json.writeNumberField("functions", usage.functionsMax());
                          json.writeNumberField("namespaces", usage.namespacesMax());
                          json.writeNumberField("payloadBytes", router.payloadBytesMax());
                          json.writeEndObject();
                        })));
  }
}
