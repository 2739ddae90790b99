/**
 * Instances of functions that were uploaded as code: processes that are started when they are
 * needed, kept warm, and ended.
 *
 * <p>Who does what: {@link io.perdure.runtime.managed.ManagedRuntime} answers the executor and
 * keeps the pools; an instance is built from a directory of code ({@link
 * io.perdure.runtime.managed.CodeDirectories}), a process under limits ({@link
 * io.perdure.runtime.managed.Processes}) and a {@link io.perdure.runtime.managed.Conversation}, one
 * kind per way of speaking with a process: the shims of the languages, SCF's runtime API, HTTP.
 *
 * <p>Decisions on shims, the programs of ours that load users' code ({@link
 * io.perdure.runtime.managed.Shims}):
 *
 * <ul>
 *   <li>A Unix domain socket a node that instances call, rather than pipes: stdin, stdout and
 *       stderr stay the function's, and what it prints can never be taken for an answer. NIO has
 *       such sockets since JDK 16, so it needs no native transport. Anybody may connect, for
 *       instances run as other users; a token of 256 bits that lets one connection in says which
 *       instance it is.
 *   <li>Frames with a length in front, payloads and results as raw bytes in them, JSON only for
 *       what is small: nothing is escaped or searched, and a result is passed on as a view of what
 *       was received.
 *   <li>The server trusts no shim, since users' code runs in the same process: whatever breaks the
 *       protocol ends that conversation, and frames are bounded before they are read.
 *   <li>A shim of Python with one call at a time listens only between calls, so that the handler
 *       has the main thread and a call costs no change of threads: about 30 us there and back. With
 *       several, whichever thread hears a call runs it, for the same reason.
 * </ul>
 *
 * <p>Isolation, and why so: {@link io.perdure.runtime.managed.Isolation} finds out once what the
 * machine allows. As root the server gives each instance, not each function, a user of its own,
 * since instances may hold different callers' data, and since "everything of this user" is the one
 * thing that no process can leave: it is what is killed at the end. Memory is added up by the
 * server and not left to RLIMIT_AS, which says nothing about what Java or Node.js use; cgroups,
 * exact but rarely delegated, are used where they are. Whatever stands in front of a program on its
 * command line ({@link io.perdure.runtime.managed.LaunchLine}) may run as root and never sees what
 * a function chose. Output goes through pipes of ours, looked at rarely while silent, which costs
 * hundreds of idle instances less than a thread each.
 *
 * <p>Thread: everything belongs to the executor's event loop unless it says otherwise; what blocks
 * is done on threads of its own.
 *
 * <p>Decisions on instances:
 *
 * <ul>
 *   <li>A pool for each version of a function, as long as what its instances are made from (the
 *       runtime's settings, the code, the time limit) stays the same. A change makes a new pool;
 *       the old one's instances end when their calls have, and calls that wait move on.
 *   <li>What waits for an instance waits in the executor's queue, where it can be taken back and
 *       expires; only calls for which a start is under way wait here. The instance used last is
 *       used next, so that those that are not needed grow old and are ended.
 *   <li>Count, memory and concurrent starts have one limit for the node, divided as {@link
 *       io.perdure.runtime.managed.Shares} says: idle instances are given up to others at once,
 *       busy ones when their call has ended, by functions that have more than their share, once
 *       somebody has waited for a second. So a share costs at most one start a second, and nobody
 *       starves, however much it needs.
 *   <li>A start that fails fails the calls it was for: whoever waits for a broken function gets its
 *       error, not a time-out. Between such starts there is a pause ({@link
 *       io.perdure.runtime.managed.StartBackoff}) during which the function has no room: its
 *       attempts wait unspent, in case it is mended meanwhile, which ends the pause.
 *   <li>An instance whose call crashed, was ended by force or left it in doubt is not used again.
 *       An exit is the failure of every call that the process was running, since nobody can tell
 *       which of them caused it; where the platform ends a process for the sake of one call, the
 *       others run again as the platform's failure.
 *   <li>What is written to stdout and stderr belongs to a call while it is the only one; what comes
 *       before the first call is told with it. After the answer of a call its output is read to the
 *       end before the outcome is told.
 * </ul>
 */
package io.perdure.runtime.managed;
