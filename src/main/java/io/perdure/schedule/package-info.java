/**
 * Runs functions at the times of their schedules.
 *
 * <p>Owns when what is fired, and what a run is handed; not the schedules, which the registry
 * keeps. Thread: one event loop.
 *
 * <p>Decisions carried here:
 *
 * <ul>
 *   <li>One node fires: the owner of the registry, which the schedules change on. Its successor
 *       begins as after a start: with what was due in the last minute, of which the shards tell
 *       what they have. Two that fire for a moment, since one has not noticed that it is not the
 *       owner any more, run nothing twice either.
 *   <li>A firing is a submit with the key {@code timer:{uid of the schedule}:{time in ms}}, so one
 *       that is repeated runs nothing twice, and nothing is written besides it. A start fires
 *       whatever was due in the last minute; the shards tell what of that they have already. Once a
 *       minute it is noted that schedules are looked after, so that a start can tell what was
 *       missed.
 *   <li>That holds as long as an invocation is kept: a function that keeps those that ended for
 *       less than a minute may be run twice for a time if the node is killed meanwhile.
 *   <li>What is late by more than a minute is skipped, told in one line of the log and counted: a
 *       report that was due yesterday is not made ten times today.
 *   <li>The firings of a schedule follow one another: the next one waits while one is being
 *       submitted or repeated. So there is one entry for each schedule, whatever is refused.
 *   <li>No time fires twice when the clock is put back, none is left out when it is put forward by
 *       less than a minute. As timers only see the wall being put forward, a look is taken every
 *       few seconds as well.
 * </ul>
 */
package io.perdure.schedule;
