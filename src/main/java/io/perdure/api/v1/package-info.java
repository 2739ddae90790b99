/**
 * The native API, {@code /v1}, as {@code openapi.json} describes it.
 *
 * <p>Owns the paths, fields, headers and words of this dialect, and nothing of what they mean: a
 * request is translated, asked of the {@link io.perdure.router.Router} or the registry, and the
 * answer translated back.
 *
 * <p>Thread: the event loop of the connection; what would hold it for longer (large batches, code
 * inside of JSON) is done on a worker.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>Paths are matched by a table of our own: verbs behind a colon ({@code :stop}) and exact
 *       answers for a wrong method come for free, and a request passes one look-up instead of a
 *       list of regular expressions. The table is also what a test compares with the OpenAPI
 *       document.
 *   <li>What a caller wrote and we do not know (a field, a query parameter) is refused by name: a
 *       typing error must not look like a setting that works.
 *   <li>Field names in problems are places: {@code $.retry.maxAttempts} in a body, else the name of
 *       a header or query parameter.
 *   <li>Answers to submits and reads are written straight to bytes.
 *   <li>Code is handed on in pieces while it arrives, and the caller is not read from while a piece
 *       is being stored: no package is held as a whole, but for one that came inside of JSON.
 *   <li>A result that is waited for is asked for by {@code invoke}, which has the codes of a call:
 *       200 with the bytes, 424 when the invocation did not succeed, 202 when it goes on. 424 and
 *       none of the 500s, since those are taken by clients and proxies as leave to send it once
 *       more.
 * </ul>
 */
package io.perdure.api.v1;
