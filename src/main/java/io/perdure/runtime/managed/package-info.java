/**
 * Instances of functions that were uploaded as code: processes that are started when they are
 * needed, kept warm, and ended.
 *
 * <p>Here are the ports and what all parts share. {@code pool} answers the executor and keeps the
 * instances; each is built from a directory of code ({@link
 * io.perdure.runtime.managed.CodeDirectories}, made by {@code code}), a process under limits
 * ({@link io.perdure.runtime.managed.Processes}, made by {@code process}) and a {@link
 * io.perdure.runtime.managed.Conversation}, one kind per way of speaking with a process: {@code
 * shim} for the languages, {@code custom} for SCF's runtime API and HTTP. The parts do not know one
 * another; the node puts them together.
 *
 * <p>Thread: everything belongs to the executor's event loop unless it says otherwise; what blocks
 * is done on threads of its own.
 */
package io.perdure.runtime.managed;
