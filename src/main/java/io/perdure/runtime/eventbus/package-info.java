/**
 * Functions that a verticle serves at an event-bus address, {@code
 * perdure.fn.<namespace>.<function>} unless the function names another.
 *
 * <p>Request: the payload as a {@code Buffer}, with the headers {@code id}, {@code attempt}, {@code
 * function}, {@code namespace}, {@code deadline} (milliseconds since the epoch) and, when the
 * caller sent one, {@code traceparent}. Answer: {@code message.reply(...)} with a {@code Buffer},
 * {@code byte[]}, {@code String}, {@code JsonObject}, {@code JsonArray} or null; {@code
 * message.fail(code, text)} for a failure of the function. A handler that throws without replying
 * runs into the time limit: the event bus tells nobody.
 *
 * <p>Stop: published to {@code <address>.stop}, because only publishing reaches the right one of
 * several instances: a JSON object {@code {id, attempt, mode, graceMs, ack}}. Whatever is sent to
 * the address {@code ack} acknowledges it; text is kept as detail. A handler cannot be ended by
 * force, so after the grace of a CANCEL the executor gives the attempt up.
 *
 * <p>In a cluster any JVM of the same Vert.x cluster may serve an address; one in the node's own
 * JVM is asked first. One that dies with a call tells nobody: the attempt ends at its time limit.
 *
 * <p>Thread: the executor's event loop. The body is a plain {@code Buffer} carried by Vert.x's own
 * codec (its local delivery hands each receiver a copy), so handlers need nothing of Perdure's.
 */
package io.perdure.runtime.eventbus;
