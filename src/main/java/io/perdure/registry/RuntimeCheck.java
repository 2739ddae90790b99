package io.perdure.registry;

import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.Optional;

/** Whether this machine can run a managed function. Any thread, never blocks. */
public interface RuntimeCheck {
  /** What is missing and what to install, for people; empty when nothing is missing. */
  Optional<String> problem(Managed runtime);
}
