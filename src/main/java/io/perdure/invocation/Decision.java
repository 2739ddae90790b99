package io.perdure.invocation;

import java.util.List;

/**
 * The outcome of {@link Lifecycle#decide}.
 *
 * @param next the new value
 * @param effects to be carried out after {@code next} is committed, in this order
 */
public record Decision(Invocation next, List<Effect> effects) {
  public Decision {
    effects = List.copyOf(effects);
  }
}
