package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.Missing;
import io.perdure.bus.Addresses;
import io.perdure.bus.Bus;
import io.perdure.bus.RegistryMessages.ListAliases;
import io.perdure.bus.RegistryMessages.ListVersions;
import io.perdure.invocation.About;
import io.perdure.invocation.Functions;
import io.vertx.core.Future;
import java.util.regex.Pattern;

/** What a version or an alias of a service leads to, if it has one of some name. */
final class ServiceVersions {
  private static final Pattern DIGITS = Pattern.compile("\\d+");
  private static final Pattern VERSION = Pattern.compile("[1-9]\\d{0,17}");

  private final Bus bus;

  ServiceVersions(Bus bus) {
    this.bus = bus;
  }

  /** Succeeds when it has one; fails as not found, version or alias. */
  Future<Void> require(String account, String service, String qualifier) {
    return told(account, service, qualifier, null).mapEmpty();
  }

  /**
   * What was told of the service when the version was published; fails as not found, version or
   * alias.
   *
   * @param qualifier null for the latest
   * @param now what is told of it now
   */
  Future<About> told(String account, String service, String qualifier, About now) {
    if (Functions.isLatest(qualifier)) {
      return Future.succeededFuture(now);
    }
    return DIGITS.matcher(qualifier).matches()
        ? ofVersion(account, service, qualifier, now)
        : ofAlias(account, service, qualifier, now);
  }

  /** Of one with weights that of its first version. */
  private Future<About> ofAlias(String account, String service, String name, About now) {
    // In order, so the one that equals the prefix is the first of those that begin so.
    return bus.request(
            Addresses.LIST_ALIASES, new ListAliases(account, service, null, null, name, null, 1))
        .compose(
            found ->
                found.aliases().stream()
                    .filter(alias -> alias.name().equals(name))
                    .findFirst()
                    .map(alias -> told(account, service, alias.route().version(), now))
                    .orElseThrow(() -> Missing.alias(name)));
  }

  private Future<About> ofVersion(String account, String service, String number, About now) {
    if (!VERSION.matcher(number).matches()) {
      throw Missing.version(number);
    }
    long before = Long.parseLong(number) - 1;
    return bus.request(
            Addresses.LIST_VERSIONS,
            new ListVersions(
                account, service, null, false, before == 0 ? null : Long.toString(before), 1))
        .map(
            found ->
                found.versions().stream()
                    .filter(version -> version.number().equals(number))
                    .findFirst()
                    .map(version -> version.namespace() == null ? now : version.namespace())
                    .orElseThrow(() -> Missing.version(number)));
  }
}
