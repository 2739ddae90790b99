/**
 * Delivers the outcomes of asynchronous invocations to their destinations: another function, a
 * webhook, an event-bus address.
 *
 * <p>Owns how an outcome is told and sent. Not what is owed and when it is tried again: the life
 * cycle decides that, and the shard keeps it. Thread: one event loop.
 *
 * <p>Decisions carried here:
 *
 * <ul>
 *   <li>A delivery is made at least once: it is repeated until the destination has acknowledged it,
 *       and after a crash. So an event says nothing that differs from one attempt to the next. What
 *       is submitted to a function carries the key {@code destination-{id}}, so a repeat runs
 *       nothing twice as long as the function keeps what ended.
 *   <li>Each destination has a limit of attempts that are under way, and one attempt whatever the
 *       others do: one that is stuck holds up itself. Functions are told apart by name, webhooks by
 *       host and port.
 *   <li>A webhook is not asked to be somewhere else: a redirect is a failure that lasts, for the
 *       outcome was meant for the one that was named.
 *   <li>What is too large is shortened, the result first: an event that tells less is of more use
 *       than none.
 * </ul>
 */
package io.perdure.delivery;
