/**
 * Removes what has outlived its retention.
 *
 * <p>Owns when and in what portions that happens, not what is removed: the shard that is asked
 * decides that, on its present state. Thread: one event loop; the work is done by the shards.
 *
 * <p>Decision carried here: one portion is asked for when the one before has been committed. So a
 * shard has at most one portion in its mailbox, other commands are decided and committed between
 * two portions, and the reaper goes as fast as commits do, with nothing to tune. A sweep ends,
 * since it takes what was due when it began, and what becomes due meanwhile is for the next one.
 */
package io.perdure.retention;
