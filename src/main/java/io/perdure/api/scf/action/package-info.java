/**
 * What the actions of SCF's API do: for each group of them a table of its parameters and thin
 * handlers over the router and the registry.
 *
 * <p>Owns the translation between the cloud's words and the node's: names of states, codes, fields
 * of answers, and what is kept only to be shown again. No rule of the domain is here.
 *
 * <p>Thread: the event loop of a connection; nothing here blocks.
 *
 * <p>Decisions about runs, where the cloud's documents are silent:
 *
 * <ul>
 *   <li>One id is the RequestId of the answer, the FunctionRequestId, the InvokeRequestId, and what
 *       the function is told.
 *   <li>Every asynchronous invocation is an event, whatever made it and whether or not its function
 *       is tracked; a synchronous one never is.
 *   <li>An event's state is known until its retention ends; a list goes back three days from the
 *       start of events, which is never longer.
 *   <li>A synchronous run that outlasts the longest wait is refused as an API error that names its
 *       id: to call it timed out would be a lie, for it goes on.
 *   <li>Of attempts that others have followed, only what an event holds of their error is shown.
 * </ul>
 */
package io.perdure.api.scf.action;
