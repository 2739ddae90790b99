package io.perdure.runtime.managed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;

/** Calls of a function that is a program of its own. */
final class Calls {
  private Calls() {}

  static Call of(CustomSpec spec, String payload) {
    return of(spec, payload.getBytes(UTF_8));
  }

  static Call of(CustomSpec spec, byte[] payload) {
    return Attempts.call(spec.function(), payload, spec.resultBytesMax, 100);
  }
}
