package io.perdure.runtime.managed.pool;

/**
 * What a node has for instances, all functions together.
 *
 * @param instancesMax most instances
 * @param memoryMbMax most memory of all together, each counted with what its function may use
 * @param startsMax most that start at the same time
 */
public record Room(int instancesMax, int memoryMbMax, int startsMax) {}
