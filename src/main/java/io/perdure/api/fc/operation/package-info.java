/**
 * What the operations of Function Compute's API do: for each group of them a table and thin
 * handlers over the router and the registry.
 *
 * <p>Owns the translation between the cloud's words and the node's: names of states, codes, fields
 * of answers, and what is kept only to be shown again. No rule of the domain is here.
 *
 * <p>Thread: the event loop of a connection; nothing here blocks.
 *
 * <p>Decisions where the cloud's documents leave it open:
 *
 * <ul>
 *   <li>A version is published without a change since the last one, too; one that an alias leads to
 *       is not deleted: {@code InvalidArgument}, naming the alias.
 *   <li>PutAsyncInvokeConfig merges item by item, the two destinations apart; an empty destination
 *       removes one. What was never given is shown as it holds. The function that a destination
 *       names need not be there yet; one of another region or account is refused.
 *   <li>{@code maximumInstanceCount} counts instances, each with its {@code instanceConcurrency};
 *       {@code reservedConcurrency} counts attempts. The node bounds all versions of a function
 *       together, so the least of all bounds holds. They are for functions that were made by this
 *       API: other dialects have bounds of their own.
 *   <li>Instances that are asked for ahead of time are kept on record, with how many there are and,
 *       when there are fewer, what is done instead. Nothing is started by it.
 *   <li>Lists of what is not offered are empty; what else is asked of it is answered 501 {@code
 *       NotImplemented} with what to use instead.
 * </ul>
 */
package io.perdure.api.fc.operation;
