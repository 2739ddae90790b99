/**
 * Functions that are programs: one process an attempt, payload on stdin, result on stdout, log on
 * stderr, outcome = exit code.
 *
 * <p>The process starts in an empty directory of its own, which is its {@code HOME} and is removed
 * afterwards, and with a cleaned environment: {@code PATH}, {@code LANG} and {@code TZ} of the
 * server, the function's own variables, then {@code PERDURE_INVOCATION_ID}, {@code
 * PERDURE_ATTEMPT}, {@code PERDURE_FUNCTION}, {@code PERDURE_NAMESPACE}, {@code PERDURE_DEADLINE}
 * (milliseconds since the epoch) and, when the caller sent one, {@code TRACEPARENT}. Exit code 0 is
 * success; 129 to 192 mean "ended by signal code - 128", which is how shells and Java report one.
 *
 * <p>When the main process has exited, the attempt is over: what it wrote until then is the result,
 * and whatever is left of its group is killed, as a container does. So a forgotten background child
 * can neither hold the attempt open nor outlive it.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>{@code setsid} makes each process the leader of a group (and session), so that a signal
 *       reaches grandchildren too, whatever they did with their stdio. Java cannot signal a group
 *       and starting {@code kill} for each attempt would double its cost, so one small shell does
 *       it for all ({@link io.perdure.runtime.process.ProcessGroups}). The shell also kills every
 *       group that is left when the server itself is killed: no orphan goes on beside its own
 *       retry. Without {@code setsid} (macOS) the descendants that Java can see are signalled,
 *       which misses those whose parent is gone.
 *   <li>stdin is a file: a process that never reads it blocks nobody, one that closes it early is
 *       no error. stdout and stderr are named pipes of ours that one thread empties for all
 *       processes without ever waiting; a thread for each stream would hang for ever on a pipe that
 *       a daemonised child keeps, and Java's own pipes are read at the exit for as long as somebody
 *       writes. The price is a look at the pipes of running processes every 1 to 20 ms.
 *   <li>A program that is missing is the function's failure ({@code CannotStart}): it does not heal
 *       by itself, so the retry policy decides and the invocation ends with a clear reason. Too
 *       little memory for a process is the platform's.
 * </ul>
 *
 * <p>Threads: {@code start} and {@code stop} return at once on the executor's event loop; starting
 * and cleaning up is done by a small pool, pipes and signals by one thread, exits are told by
 * {@code Process.onExit}.
 */
package io.perdure.runtime.command;
