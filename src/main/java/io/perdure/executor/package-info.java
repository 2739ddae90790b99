/**
 * Starts what is due, at most so many at a time, and tells the shard how it went.
 *
 * <p>Owns the queue of what a shard has handed over and not yet seen begin, the two concurrency
 * gates (function and node), time limits, and the way of a stop to the attempt. What is to run, and
 * what follows from an outcome, is decided by the shard alone.
 *
 * <p>Thread: one event loop for everything; the runtimes are called on it and answer on it. So no
 * state is shared and an attempt costs no change of thread of its own.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>Work is pushed: a queue is looked at when something was added, something ended, or the
 *       function was changed. Functions that may start one take turns, so that under a full node
 *       gate each gets the same share whatever the length of its queue. Within a function it is
 *       first in, first out.
 *   <li>What a caller waits for claims a place of its function's concurrency when it arrives, in
 *       one step with the look at how many are taken: one too many fails at once and is never
 *       started, as does one of a paused function. A claim then waits for the node or an instance
 *       only, in front of everything of its function that nobody waits for, and no such thing takes
 *       its place. So at most as many wait as the function's concurrency allows.
 *   <li>The function is looked up at each start, so a new limit, time limit or address counts from
 *       the next attempt on, and a deleted function starts nothing.
 *   <li>What an attempt runs (the version its qualifier leads to) is looked up at its start as
 *       well. A qualifier that leads nowhere makes the invocation unrunnable: waiting would not
 *       help.
 *   <li>A runtime is asked whether it has room before an attempt is taken from its queue. What has
 *       to wait for an instance so waits where it costs no slot, can be taken back, and is passed
 *       by other functions; and by other versions of its own function, as far as the first 64 of
 *       the queue go, so that a broken version does not hold up the good one.
 *   <li>A time limit runs from the moment the attempt has begun. An attempt that waits for its
 *       instance has not: what starts instances has limits of its own, and until then the attempt
 *       can be taken back as if it were still queued.
 *   <li>One timer for the earliest of all time limits, and not one an attempt: setting and
 *       cancelling timers would cost more than all the rest of a short attempt.
 *   <li>A time limit that is passed cancels the attempt. Where it can be ended by force it gets a
 *       grace of its own time limit, at most 5 s, to end cleanly; where not (event bus) it is given
 *       up at once. Given up means: answered, its slot free, a late outcome dropped, though
 *       something may still run. A forced end that does not come within 10 s is given up as well.
 *   <li>The queue of a function cannot grow beyond what shards hand over (their window times their
 *       number). Beyond {@link io.perdure.executor.ExecutorConfig#queuePerFunction} the answer is a
 *       platform failure, which has a pause before it is repeated.
 *   <li>In a cluster a function's concurrency holds over all nodes. Each function has a home, the
 *       owner of the shard that its uid leads to, which lends places to nodes for 8 s ({@link
 *       io.perdure.executor.LeasedPlaces}, {@link io.perdure.executor.PlaceHome}). Nodes renew
 *       every second, in one message for a home. The lease is longer than a takeover takes, so that
 *       the death of a home ends nothing that runs elsewhere. A node that could not renew ends what
 *       runs, as a failure of the platform, 1 s before the home can lend the places again; only one
 *       that is halted as a whole cannot. A new home lends nothing before all nodes have told it
 *       what they have, or every lease of before has ended (9 s, when the old home's node is dead).
 *       Few places, down to one, are lent likewise, in turns of 2 s where there are fewer than
 *       nodes that want some: a message for each attempt would cost as much as the attempt. Places
 *       that nobody else wants stay for a while where they were used. A node with none of its
 *       places left asks, and who has more than its share gives back what it does not use, at once
 *       for what is idle and else as attempts end.
 *   <li>In a cluster a node that stays full ({@link
 *       io.perdure.executor.ExecutorConfig#concurrency}, or no space for an instance of a managed
 *       function) asks others for free slots, and has them run what waits ({@link
 *       io.perdure.executor.Hosts}, {@link io.perdure.executor.Guests}). The attempt stays the
 *       origin's: its place, its time limit, its stop and what its shard is told. The host gives it
 *       a slot and a runtime, and passes on what that says; it never hands a guest on. Nodes are
 *       asked only while something waits, so a cluster that is nowhere full pays nothing, and one
 *       whose nodes are all full next to nothing. Short peaks are waited out (250 to 500 ms): a
 *       call to another node costs more than a short attempt.
 *   <li>Origin and host hear each other every second. A host ends what it runs for an origin that
 *       it has not heard for 5 s, or that does not name the attempt any more; an origin takes what
 *       runs on a host for lost that it has not heard for 6 s, that has gone, or that does not know
 *       the attempt. What is lost is a failure of the platform: it may have run, and is run again.
 *   <li>What a caller waits for may so have to wait for a place that another node gives back, at
 *       most 500 ms, and is turned away then.
 * </ul>
 */
package io.perdure.executor;
