package io.perdure.api.scf;

import io.perdure.api.CodeLinks;
import io.perdure.api.scf.action.AccountActions;
import io.perdure.api.scf.action.AliasActions;
import io.perdure.api.scf.action.ConcurrencyActions;
import io.perdure.api.scf.action.EventInvokeActions;
import io.perdure.api.scf.action.FunctionActions;
import io.perdure.api.scf.action.FunctionViewActions;
import io.perdure.api.scf.action.InvocationActions;
import io.perdure.api.scf.action.NamespaceActions;
import io.perdure.api.scf.action.TriggerActions;
import io.perdure.api.scf.action.UnsupportedActions;
import io.perdure.api.scf.action.VersionActions;
import io.perdure.api.scf.wire.Action;
import io.perdure.api.scf.wire.Times;
import io.perdure.bus.Bus;
import io.perdure.router.FunctionSearch;
import io.perdure.router.Router;
import io.perdure.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** All actions there are. */
final class ScfActions {
  private ScfActions() {}

  static List<Action> all(
      Bus bus,
      Router router,
      Clock clock,
      FunctionSearch search,
      CodeLinks links,
      ScfConfig config) {
    Times times = new Times(config.timeZone());
    return Stream.of(
            new NamespaceActions(bus, times).all(),
            new FunctionActions(bus, router).all(),
            new FunctionViewActions(bus, router, search, links, times).all(),
            new EventInvokeActions(bus, router).all(),
            new VersionActions(bus, router, times).all(),
            new AliasActions(bus, router, times).all(),
            new ConcurrencyActions(bus, router).all(),
            new AccountActions(bus).all(),
            new TriggerActions(bus, times).all(),
            InvocationActions.all(bus, router, clock, invocations(config, times)),
            UnsupportedActions.all())
        .flatMap(actions -> actions)
        .toList();
  }

  private static InvocationActions.Settings invocations(ScfConfig config, Times times) {
    return new InvocationActions.Settings(
        config.eventBytesMax(), config.invokeWaitMax(), config.waitsMax(), times);
  }
}
