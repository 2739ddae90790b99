/**
 * Tencent SCF's API (Cloud API 3.0, product scf, version 2018-04-16) as a dialect of a node.
 *
 * <p>Owns the order in which a request is checked and the translation of the node's failures to the
 * cloud's codes. What requests look like is in {@code wire}, how they are signed in {@code sign},
 * what the actions do in {@code action}; those know nothing of one another but {@code wire}.
 *
 * <p>Thread: the event loop of a connection; requests of many megabytes are checked on a worker.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>Every answer has HTTP status 200, refusals too: with any other the cloud's SDKs lose the
 *       code and the request's id (spec tencent-scf, 2.3).
 *   <li>Version and action are checked before the signature, all else behind it; nothing before it
 *       depends on what an account has.
 *   <li>A region is checked when it is named, and means nothing else: there is one store.
 * </ul>
 */
package io.perdure.api.scf;
