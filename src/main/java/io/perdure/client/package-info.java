/**
 * For other people's verticles and tests: {@link io.perdure.client.PerdureClient} speaks to a node
 * over the event bus, {@link io.perdure.client.PerdureExtension} gives a node to JUnit 5 tests.
 *
 * <p>Thread: any; answers come back on the context of the caller. Decision carried here: whoever
 * can write to the event bus is trusted, so the client names its account instead of proving it. In
 * the same JVM a payload is handed over by reference and must not be changed after the call.
 */
package io.perdure.client;
