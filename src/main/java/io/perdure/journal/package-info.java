/**
 * The one seam between the modes of running: a batch of key-value changes is committed, whole and
 * in order, or not at all. Standalone it is one synced write of the store; in a cluster it is one
 * replicated log entry. Upper layers cannot tell which.
 *
 * <p>Thread: each shard has its own journal, called by the shard's writer only; the work is done on
 * the journal's own thread. Decision carried here: a batch is bytes (puts and deletes by family),
 * so that replicas apply it without deciding anything, across versions.
 */
package io.perdure.journal;
