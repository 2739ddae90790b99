/**
 * Alibaba Function Compute's API as a dialect of a node: the versions 2016-08-15, 2021-04-06 and
 * 2023-03-30.
 *
 * <p>Owns the order in which a request is checked and the translation of the node's failures to the
 * cloud's codes. What requests look like is in {@code wire}, how they are signed in {@code sign},
 * what the operations do in {@code operation}; those know nothing of one another but {@code wire}.
 *
 * <p>Thread: the event loop of a connection; requests of many megabytes are checked on a worker.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>The three versions are one table of operations over one engine: what differs is a name or a
 *       path, and stands beside the operation.
 *   <li>The path is looked at before the signature, all else behind it; nothing before it depends
 *       on what an account has.
 *   <li>A refusal has the five properties that the clients look for between them, whatever client
 *       it is for.
 *   <li>503 has one code, {@code ResourceThrottled}, which clients repeat: the cloud knows no
 *       other.
 * </ul>
 */
package io.perdure.api.fc;
