/**
 * Functions that a node can serve itself, to try it and to measure it: each is a verticle that
 * consumes its function's address on the event bus and replies with the result.
 *
 * <p>They are deployed by name ({@code --set verticles=io.perdure.example.EchoVerticle}) and know
 * nothing of Perdure: a payload arrives as a {@link io.vertx.core.buffer.Buffer}, a {@code Buffer}
 * goes back. That is the decision this package shows: to be a durable function, a verticle needs no
 * class of ours.
 *
 * <p>Thread: the event loop on which the node deploys the verticle.
 */
package io.perdure.example;
