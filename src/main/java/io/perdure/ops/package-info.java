/**
 * What an operator sees of a node besides its API: logs.
 *
 * <p>Owns where log lines go and how they look. Code elsewhere logs with {@link System.Logger} and
 * knows nothing of this package. A line says what happened and what happens next, and never holds a
 * payload or a secret.
 *
 * <p>Thread: logging is done on any thread, event loops included, and never waits for the output; a
 * daemon thread writes.
 */
package io.perdure.ops;
