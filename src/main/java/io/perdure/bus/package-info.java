/**
 * The typed contract between the concerns: addresses, messages, and the only class that touches the
 * Vert.x event bus.
 *
 * <p>Thread: handlers run on the context that registered them. Decision carried here: inside a JVM
 * a message is handed over by reference (messages are immutable; payload bytes are never copied or
 * parsed), and bytes are written only between nodes. Failures travel as replies like any other.
 *
 * <p>To addresses of which much is asked ({@link io.perdure.bus.Address#parcels}) all that one
 * context sends in a turn travels together, and so do the answers: at full load a message by itself
 * would cost more than what is done about it, for it wakes its receiver's thread, and a request has
 * a timer and a reply handler. Measured with six shards on three cores: half the context switches
 * and a third less CPU for an invocation. A parcel ends with the turn, whose end never waits for
 * time to pass, so that at low load nothing comes later for it. Requests stand alone all the same:
 * each is answered when its own answer is there.
 *
 * <p>In a cluster ({@link io.perdure.bus.Routes}) the owner of a shard or of the registry is
 * reached wherever it is: each node serves such an address under its own name, and the bus looks up
 * whose name to ask. Who does not own answers that nothing was done, and the next one is asked,
 * within the caller's time; callers never see it. What a node may have done that has gone is asked
 * again only if that does no harm, and fails at once else. To this node itself a message still goes
 * by reference. Between nodes it is JSON with its bodies behind it as they are: 6 us for an
 * invocation of some length to be written and read, 2 us for a submit of 1 KB.
 */
package io.perdure.bus;
