/**
 * How attempts are run: a port, {@link io.perdure.runtime.FunctionRuntime}, and one package below
 * per kind. A runtime knows nothing of shards, retries or concurrency: it starts an attempt, says
 * how it ended, and passes a stop on.
 *
 * <p>Thread: called on the executor's event loop, answers on it; whatever blocks is done elsewhere.
 */
package io.perdure.runtime;
