package io.perdure.crash;

/**
 * One SIGKILL and the start that followed it; {@link System#nanoTime}.
 *
 * @param sentNanos before the signal was sent
 * @param goneNanos when no thread of the process was left
 * @param duringStart whether it hit a node that had not been ready
 */
record Kill(long sentNanos, long goneNanos, boolean duringStart) {}
