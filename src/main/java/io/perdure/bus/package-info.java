/**
 * The typed contract between the concerns: addresses, messages, and the only class that touches the
 * Vert.x event bus.
 *
 * <p>Thread: handlers run on the context that registered them. Decision carried here: inside a JVM
 * a message is handed over by reference (messages are immutable; payload bytes are never copied or
 * parsed), and bytes are written only between nodes. Failures travel as replies like any other.
 */
package io.perdure.bus;
