package io.perdure.testkit.fuzz;

/** A name and a value in the order of the wire, of which there may be several of one name. */
public record Pair(String name, String value) {}
