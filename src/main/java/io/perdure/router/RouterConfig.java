package io.perdure.router;

/**
 * Limits of a submit, on every surface.
 *
 * @param payloadBytesMax largest payload, 1 B to 64 MiB
 */
public record RouterConfig(int payloadBytesMax) {
  /** 6 MiB, what SCF allows for a synchronous call. */
  public static final RouterConfig DEFAULT = new RouterConfig(6 * 1024 * 1024);
}
