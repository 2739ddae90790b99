package io.perdure.api.scf;

import io.perdure.api.scf.action.UnsupportedActions;
import io.perdure.api.scf.wire.Action;
import java.util.List;
import java.util.stream.Stream;

/** All actions there are. */
final class ScfActions {
  private ScfActions() {}

  static List<Action> all() {
    return Stream.of(UnsupportedActions.all()).flatMap(actions -> actions).toList();
  }
}
