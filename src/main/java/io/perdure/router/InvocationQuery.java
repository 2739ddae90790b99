package io.perdure.router;

import io.perdure.bus.Criteria;

/**
 * Which invocations to list, count or search.
 *
 * @param namespace of the function, or null with {@code function} for all of the account
 * @param function name of the function, or null
 * @param criteria what else is asked of them
 */
public record InvocationQuery(
    String account, String namespace, String function, Criteria criteria) {}
