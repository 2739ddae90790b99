/**
 * Speaks with programs of the users' own: those that fetch their calls from an HTTP interface of
 * ours (SCF's custom runtime), and those that serve HTTP (Function Compute's, and any server).
 *
 * <p>Thread: the executor's event loop unless a class says otherwise.
 */
package io.perdure.runtime.managed.custom;
