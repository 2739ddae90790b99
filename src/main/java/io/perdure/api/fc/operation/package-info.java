/**
 * What the operations of Function Compute's API do: for each group of them a table and thin
 * handlers over the router and the registry.
 *
 * <p>Owns the translation between the cloud's words and the node's: names of states, codes, fields
 * of answers, and what is kept only to be shown again. No rule of the domain is here.
 *
 * <p>Thread: the event loop of a connection; nothing here blocks.
 */
package io.perdure.api.fc.operation;
