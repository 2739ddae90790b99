/**
 * Measures a real node from outside, through its start contract and native API alone: {@code
 * scripts/bench} is its way in.
 *
 * <p>It owns the load generator, the child processes that a run needs (node, function, empty
 * server) and the measurement of the limits against which each figure is given as a share: a plain
 * log with fdatasync on the same disk, and an HTTP server that does nothing. Only ratios within one
 * run count: the machine is shared, and a disk differs from day to day.
 *
 * <p>Decisions: the generator is one thread with one selector and rendered requests, because it has
 * one core and must never be what is measured; open-loop latencies run from the intended send time,
 * so that a stall is charged to every request it delayed. Thread: everything here runs on the
 * caller's thread and blocks it.
 */
package io.perdure.bench;
