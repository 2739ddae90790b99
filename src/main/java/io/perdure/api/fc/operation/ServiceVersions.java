package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.Missing;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.ListAliases;
import io.perdure.bus.RegistryMessages.ListVersions;
import io.vertx.core.Future;
import java.util.regex.Pattern;

/** Whether a service has a version or an alias of some name. */
final class ServiceVersions {
  private static final Pattern DIGITS = Pattern.compile("\\d+");
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}");

  private final Bus bus;

  ServiceVersions(Bus bus) {
    this.bus = bus;
  }

  /** Succeeds when it has; fails as not found, version or alias. */
  Future<Void> require(String account, String service, String qualifier) {
    if (qualifier == null) {
      return Future.succeededFuture();
    }
    return has(account, service, qualifier)
        .map(
            there -> {
              if (!there) {
                throw Missing.qualifier(qualifier);
              }
              return null;
            });
  }

  private Future<Boolean> has(String account, String service, String qualifier) {
    if (!DIGITS.matcher(qualifier).matches()) {
      // In order, so the one that equals the prefix is the first of those that begin so.
      return bus.request(
              Addresses.LIST_ALIASES,
              new ListAliases(account, service, null, null, qualifier, null, 1))
          .map(found -> found.aliases().stream().anyMatch(a -> a.name().equals(qualifier)));
    }
    if (!VERSION.matcher(qualifier).matches()) {
      return Future.succeededFuture(false);
    }
    long before = Long.parseLong(qualifier) - 1;
    return bus.request(
            Addresses.LIST_VERSIONS,
            new ListVersions(
                account, service, null, false, before == 0 ? null : Long.toString(before), 1))
        .map(found -> found.versions().stream().anyMatch(v -> v.number().equals(qualifier)));
  }
}
