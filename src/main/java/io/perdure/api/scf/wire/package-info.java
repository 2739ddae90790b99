/**
 * What Tencent Cloud's API 3.0 looks like on the wire, whatever the action: request forms, common
 * parameters, the tables that parameters are checked against, the envelope, error codes.
 *
 * <p>Owns how parameters are read: from JSON, from a query or from a form, always along a {@link
 * io.perdure.api.scf.wire.Shape}, which is the only place that says what an action takes.
 *
 * <p>Thread: any; nothing here waits. Large bodies are read on a worker by the caller.
 *
 * <p>Decisions:
 *
 * <ul>
 *   <li>One tree of JSON for all forms: flattened parameters are turned back into it, so a table is
 *       checked in one way.
 *   <li>Names and types are checked for the whole request before any value is, as the cloud does
 *       (spec tencent-scf, 2.4).
 *   <li>Messages are in English whatever language is asked for.
 * </ul>
 */
package io.perdure.api.scf.wire;
