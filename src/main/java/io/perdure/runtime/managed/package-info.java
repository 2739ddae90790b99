/**
 * Instances of functions that were uploaded as code: processes that are started when they are
 * needed, kept warm, and ended.
 *
 * <p>Who does what: {@link io.perdure.runtime.managed.ManagedRuntime} answers the executor and
 * keeps the pools; an instance is built from a directory of code ({@link
 * io.perdure.runtime.managed.CodeDirectories}), a process under limits ({@link
 * io.perdure.runtime.managed.Processes}) and a {@link io.perdure.runtime.managed.Conversation}, one
 * kind per way of speaking with a process: the shims of the languages, SCF's runtime API, HTTP.
 *
 * <p>Thread: everything belongs to the executor's event loop unless it says otherwise; what blocks
 * is done on threads of its own.
 */
package io.perdure.runtime.managed;
