package io.perdure.api.v1;

import io.perdure.api.Bodies;
import io.perdure.api.JsonOut;
import io.perdure.api.auth.Accounts;
import io.perdure.bus.Addresses;
import io.perdure.bus.AdminMessages.MakeBackup;
import io.perdure.bus.Bus;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;

/** {@code /v1/admin}: for the operator, who is the first account of the accounts file. */
final class AdminRoutes {
  /** A backup of much data takes its time: links are quick, the flush before them is not. */
  private static final long BACKUP_MILLIS_MAX = 600_000;

  private final Bus bus;
  private final Bodies bodies;
  private final Accounts accounts;

  AdminRoutes(Bus bus, Bodies bodies, Accounts accounts) {
    this.bus = bus;
    this.bodies = bodies;
    this.accounts = accounts;
  }

  void addTo(RouteTable table) {
    table.add(HttpMethod.POST, "/v1/admin/backups", "makeBackup", this::makeBackup);
  }

  private Future<?> makeBackup(Call call) {
    call.noQuery();
    call.checkOperator(accounts);
    return bodies
        .read(call.request(), "body", NamespaceRoutes.JSON_BYTES_MAX)
        .compose(
            body -> {
              Fields fields = Fields.parse(body);
              String name = fields.text("name");
              fields.done();
              return bus.request(Addresses.MAKE_BACKUP, new MakeBackup(name), BACKUP_MILLIS_MAX);
            })
        .compose(
            made ->
                call.reply(
                    201,
                    JsonOut.object(
                        256,
                        json -> {
                          json.writeStringField("name", made.name());
                          json.writeStringField("directory", made.directory());
                        })));
  }
}
