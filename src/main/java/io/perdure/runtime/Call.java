package io.perdure.runtime;

import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;

/**
 * One attempt to be run.
 *
 * @param invocation as committed
 * @param function as it is at this moment: its configuration counts
 * @param epoch fencing epoch
 * @param attempt number from 1
 * @param payload its bytes, never null, not to be changed
 * @param deadline when the executor will end it if it begins at once, milliseconds since the epoch;
 *     one that begins later has the function's whole time limit from then
 * @param room for its result; a larger one is a bad response
 * @param logBytesMax of a larger log the end is kept
 */
@SuppressWarnings("ArrayRecordComponent") // payload bytes are handed over, never compared
public record Call(
    Invocation invocation,
    Function function,
    long epoch,
    int attempt,
    byte[] payload,
    long deadline,
    ResultRoom room,
    int logBytesMax) {}
