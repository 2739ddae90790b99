/**
 * The managed runtime: pools of warm instances, their starts, calls and ends.
 *
 * <p>Thread: the executor's event loop unless a class says otherwise.
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
 *       io.perdure.runtime.managed.pool.Shares} says: idle instances are given up to others at
 *       once, busy ones when their call has ended, by functions that have more than their share,
 *       once somebody has waited for a second. So a share costs at most one start a second, and
 *       nobody starves, however much it needs.
 *   <li>A start that fails fails the calls it was for: whoever waits for a broken function gets its
 *       error, not a time-out. Between such starts there is a pause ({@link
 *       io.perdure.runtime.managed.pool.StartBackoff}) during which the function has no room: its
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
package io.perdure.runtime.managed.pool;
