package io.perdure.runtime.managed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.runtime.Attempts;
import io.perdure.runtime.Call;
import io.perdure.runtime.managed.custom.CustomSpec;

/** Calls of a function that is a program of its own. */
public final class Calls {
  private Calls() {}

  public static Call of(CustomSpec spec, String payload) {
    return of(spec, payload.getBytes(UTF_8));
  }

  public static Call of(CustomSpec spec, byte[] payload) {
    return Attempts.call(spec.function(), payload, spec.resultBytesMax, 100);
  }
}
