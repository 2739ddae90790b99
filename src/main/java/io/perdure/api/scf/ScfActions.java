package io.perdure.api.scf;

import io.perdure.api.scf.action.AccountActions;
import io.perdure.api.scf.action.AliasActions;
import io.perdure.api.scf.action.ConcurrencyActions;
import io.perdure.api.scf.action.EventInvokeActions;
import io.perdure.api.scf.action.NamespaceActions;
import io.perdure.api.scf.action.UnsupportedActions;
import io.perdure.api.scf.action.VersionActions;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Times;
import io.perdure.bus.Bus;
import io.perdure.router.Router;
import java.util.List;
import java.util.stream.Stream;

/** All actions there are. */
final class ScfActions {
  private ScfActions() {}

  static List<Action> all(Bus bus, Router router, ScfConfig config) {
    Times times = new Times(config.timeZone());
    return Stream.of(
            new NamespaceActions(bus, times).all(),
            new EventInvokeActions(bus, router).all(),
            new VersionActions(bus, router, times).all(),
            new AliasActions(bus, router, times).all(),
            new ConcurrencyActions(bus, router).all(),
            new AccountActions(bus).all(),
            UnsupportedActions.all())
        .flatMap(actions -> actions)
        .toList();
  }
}
