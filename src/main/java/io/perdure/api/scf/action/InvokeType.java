package io.perdure.api.scf.action;

import io.perdure.invocation.Invocation.Origin;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** What started an event (spec tencent-scf, section 4); the cloud publishes no list of these. */
enum InvokeType {
  /** A call of this API, or of another API of this node. */
  TRIGGER_API,
  /** A timer trigger. */
  TRIGGER_TIMER,
  /** The cloud's object storage, which starts nothing here; yet a filter may name it. */
  COS;

  static InvokeType of(Origin origin) {
    return origin == Origin.SCHEDULE ? TRIGGER_TIMER : TRIGGER_API;
  }

  /** Where invocations of this type come from; empty for what starts nothing here. */
  Set<Origin> origins() {
    return Arrays.stream(Origin.values())
        .filter(origin -> of(origin) == this)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The names that a filter may have. */
  static String[] names() {
    return Arrays.stream(values()).map(InvokeType::name).toArray(String[]::new);
  }
}
