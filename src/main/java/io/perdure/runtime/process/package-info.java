/**
 * What every kind of function that runs as a process stands on: groups of processes and signals to
 * them, pipes that are read without waiting, directories that are gone afterwards, and the search
 * for programs. Knows no invocation, no attempt and no instance.
 *
 * <p>Threads: a {@link io.perdure.runtime.process.ProcessLoop} is one thread that never blocks, and
 * what is said to belong to it is used by it alone; everything else that blocks says so and is
 * called on a thread that may.
 *
 * <p>Decision: which signals reach whom, and why pipes of our own, is told at {@link
 * io.perdure.runtime.command}, for which this was made first.
 */
package io.perdure.runtime.process;
