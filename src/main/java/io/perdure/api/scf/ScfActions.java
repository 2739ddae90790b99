package io.perdure.api.scf;

import io.perdure.api.scf.action.UnsupportedActions;
import io.perdure.api.scf.wire.Action;
import io.perdure.bus.Bus;
import io.perdure.router.Router;
import java.util.List;
import java.util.stream.Stream;

/** All actions there are. */
final class ScfActions {
  private ScfActions() {}

  static List<Action> all(Bus bus, Router router, ScfConfig config) {
    return Stream.of(UnsupportedActions.all()).flatMap(actions -> actions).toList();
  }
}
