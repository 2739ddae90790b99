/**
 * The HTTP server of a node: one port for the probes, the metrics and every dialect.
 *
 * <p>Owns the server and its limits (idle time, header and body sizes, body bytes held at once),
 * the probes, request ids, problem documents, and the bounded reading of bodies. What a dialect
 * looks like on the wire is known only in its own package below; dialects never see each other.
 *
 * <p>Thread: event loops; several {@link io.perdure.api.ApiVerticle}s share one port, and a
 * connection stays with one of them.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>A payload is opaque bytes whatever its content type says, so no body handler of the
 *       framework is used: it would parse forms and uploads and write files.
 *   <li>All body bytes of a node are counted together, so that many large uploads at once are
 *       refused instead of filling the heap.
 *   <li>An error that is a bug is logged once with a reference and its stack; the caller sees the
 *       reference and nothing else.
 * </ul>
 */
package io.perdure.api;
