package io.perdure.api.fc.wire;

import io.perdure.invocation.Function.Flavour;

/** The three versions of the API; the first segment of a path says which one is spoken. */
public enum Generation {
  /** Functions in services; the qualifier is part of the service's segment. */
  V1("2016-08-15", Flavour.FC2),
  /** Functions in services; the qualifier is a parameter. */
  V2("2021-04-06", Flavour.FC2),
  /** Functions without services. */
  V3("2023-03-30", Flavour.FC3);

  private final String segment;
  private final Flavour flavour;

  Generation(String segment, Flavour flavour) {
    this.segment = segment;
    this.flavour = flavour;
  }

  /** The first segment of its paths. */
  public String segment() {
    return segment;
  }

  /** Of functions that are made through it. */
  public Flavour flavour() {
    return flavour;
  }

  /** True when functions live in services. */
  public boolean hasServices() {
    return flavour == Flavour.FC2;
  }
}
