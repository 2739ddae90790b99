package io.perdure.store;

/**
 * How long the syncs of the stores' logs took.
 *
 * @param count how many there were
 * @param micros all of them together, in microseconds
 */
public record FsyncTimes(long count, long micros) {}
