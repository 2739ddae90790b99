package io.perdure.bus;

import io.perdure.invocation.Failure;

/** A failure is a reply like any other. */
public record Failed(Failure failure) implements Message {}
