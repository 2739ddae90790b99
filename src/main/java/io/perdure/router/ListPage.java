package io.perdure.router;

import io.perdure.invocation.Invocation;
import java.util.List;

/**
 * A page of a list.
 *
 * @param invocations in the order asked for; possibly fewer than the limit although more follow
 * @param cursor where the next page begins, null when nothing more matches
 */
public record ListPage(List<Invocation> invocations, String cursor) {}
