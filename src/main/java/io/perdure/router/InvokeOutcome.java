package io.perdure.router;

import io.perdure.invocation.Invocation;

/**
 * What became of an invocation that somebody waited for.
 *
 * @param invocation as it is now; when it has not ended it goes on by itself
 * @param created false when its key was there before
 * @param result what it returned, also when it failed; empty while it has not ended
 * @param log the end of what its latest attempt logged; empty unless it was asked for
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
public record InvokeOutcome(Invocation invocation, boolean created, byte[] result, byte[] log) {}
