/**
 * Functions to try a node with and to measure it, and the tour that shows them to a newcomer.
 *
 * <p>{@link io.perdure.example.EchoVerticle} and {@link io.perdure.example.LedgerVerticle} are
 * served by the node itself: each is a verticle that consumes its function's address on the event
 * bus and replies with the result. They are deployed by name ({@code --set
 * verticles=io.perdure.example.EchoVerticle}) and know nothing of Perdure: a payload arrives as a
 * {@link io.vertx.core.buffer.Buffer}, a {@code Buffer} goes back. That is the decision this
 * package shows: to be a durable function, a verticle needs no class of ours. The programs among
 * the resources of this package know nothing of Perdure either.
 *
 * <p>{@link io.perdure.example.Tour} is a client of the native API like any other, so what it
 * prints is what a caller sees. Thread: the verticles on the event loop on which the node deploys
 * them; the tour on a plain thread of its caller, which it blocks.
 */
package io.perdure.example;
