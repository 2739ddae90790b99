package io.perdure.router;

import io.perdure.invocation.Invocation;
import java.util.List;

/**
 * Answer to a search.
 *
 * @param total how many match, whatever the offset and the limit
 * @param invocations that part of them, in order, as they are now: one that has ceased to match or
 *     has been removed since it was counted is left out
 */
public record SearchPage(long total, List<Invocation> invocations) {}
