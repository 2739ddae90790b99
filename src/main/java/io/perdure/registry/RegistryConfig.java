package io.perdure.registry;

import static io.perdure.config.Rule.between;

import io.perdure.config.Section;

/**
 * Bounds of the registry.
 *
 * @param functionsMax most functions of one account, 1 to 1 000 000
 * @param namespacesMax most namespaces of one account besides {@code default}, 1 to 100 000
 * @param versionsMax most versions of one function or namespace, 1 to 1 000
 * @param aliasesMax most aliases of one function or namespace, 1 to 1 000
 * @param schedulesMax most schedules of one function, 1 to 1 000
 * @param waitingMax most changes that wait for the ones before, 1 to 100 000; more are throttled
 */
public record RegistryConfig(
    int functionsMax,
    int namespacesMax,
    int versionsMax,
    int aliasesMax,
    int schedulesMax,
    int waitingMax) {
  /** Reads the section {@code registry}. */
  public static RegistryConfig read(Section registry) {
    return new RegistryConfig(
        registry.integer("functions-max", 10_000, between(1, 1_000_000)),
        registry.integer("namespaces-max", 1_000, between(1, 100_000)),
        registry.integer("versions-max", 1_000, between(1, 1_000)),
        registry.integer("aliases-max", 1_000, between(1, 1_000)),
        registry.integer("schedules-max", 100, between(1, 1_000)),
        registry.integer("waiting-max", 1_000, between(1, 100_000)));
  }
}
