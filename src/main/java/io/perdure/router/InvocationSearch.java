package io.perdure.router;

import io.perdure.bus.ShardMessages.Order;

/**
 * A part of an ordered list, by its place in the whole, as the vendors' lists with offset and limit
 * want it; {@link Router#list} is the better way to read a list that is long or still growing.
 *
 * @param query which invocations
 * @param order by acceptance or by end; ties are broken by id, so that pages fit together
 * @param descending newest first
 * @param offset how many to leave out at the beginning, at least 0
 * @param limit most invocations wanted, 0 (the total alone) to {@link Router#LIMIT_MAX}; together
 *     with {@code offset} at most the setting {@code shard.scan-rows}
 */
public record InvocationSearch(
    InvocationQuery query, Order order, boolean descending, int offset, int limit) {}
