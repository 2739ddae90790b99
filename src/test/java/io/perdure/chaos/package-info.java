/**
 * Breaks a cluster of real processes while clients use it, and judges from outside what became of
 * the promises: {@code scripts/chaos}.
 *
 * <p>The decision: nothing of the nodes is trusted. The clients write down each request with its
 * answer and both times, the functions run in this process and keep a ledger, each fault is noted
 * with whom it troubled and when; {@link io.perdure.chaos.Checker} holds these against each other
 * and is pure, so that histories that break a promise can be made up and must be found. What a
 * fault is and when it comes depends on the seed alone; the interleaving is still the machine's.
 *
 * <p>Where the machine allows, the whole run has namespaces of its own (network, mounts,
 * processes): links can be cut and made worse one by one and in one direction, disks can be small,
 * and the kernel removes everything with the last process, whichever way the run ends.
 *
 * <p>Threads: one for the faults, a few clients that block on the native API, one event loop for
 * the functions. Times are nanoseconds of {@link System#nanoTime}.
 */
package io.perdure.chaos;
