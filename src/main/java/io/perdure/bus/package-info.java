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
 */
package io.perdure.bus;
