/**
 * Kills a real node with SIGKILL at random moments under load, starts it again on what it left, and
 * counts outside what it was trusted with: {@code CrashTest} in a build, {@code scripts/crash} for
 * any number of rounds.
 *
 * <p>The decision: the node is not asked what ran. The function is an HTTP endpoint of this process
 * and keeps a ledger, the clients remember each answer they got, and {@link
 * io.perdure.crash.Verdict} compares both with what the node says at the end. Kills come after a
 * random number of acknowledgements or during start-up, so that they fall on every phase.
 *
 * <p>Threads: one for the rounds, a few clients that block on the native API, one event loop for
 * the function.
 */
package io.perdure.crash;
