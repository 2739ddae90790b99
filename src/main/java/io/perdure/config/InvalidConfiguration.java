package io.perdure.config;

import java.util.List;

/** The settings are wrong; the message lists every problem, one a line. */
public final class InvalidConfiguration extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidConfiguration(List<String> problems) {
    super(String.join("\n", problems));
  }
}
