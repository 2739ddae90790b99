package io.perdure.invocation;

import java.util.Objects;

/**
 * When a function is run without being asked: at the times of a cron expression. Times are
 * milliseconds since the epoch.
 *
 * @param uid unique for ever, of the same numbers as those of functions; what a firing's key is
 *     made of
 * @param account id of the owning account
 * @param namespace of the function
 * @param function its name
 * @param functionUid its uid: the schedule goes with it
 * @param name unique within the function
 * @param expression as it was written
 * @param cron the same as all expressions are written, in seven fields
 * @param zone the time zone it is meant in, an id that {@code java.time.ZoneId} knows
 * @param qualifier version or alias that is run, or {@link Invocation#LATEST}
 * @param message handed to each run, may be empty
 * @param enabled whether it fires
 * @param about description, tags, and what the dialect keeps
 * @param since no time at or before it fires: when it got these times, or was enabled
 * @param revision counts changes, from 1; the ETag of the native API
 */
public record Schedule(
    long uid,
    String account,
    String namespace,
    String function,
    long functionUid,
    String name,
    String expression,
    String cron,
    String zone,
    String qualifier,
    String message,
    boolean enabled,
    About about,
    long since,
    long createdAt,
    long modifiedAt,
    long revision) {
  public Schedule {
    Objects.requireNonNull(account);
    Objects.requireNonNull(namespace);
    Objects.requireNonNull(function);
    Objects.requireNonNull(name);
    Objects.requireNonNull(expression);
    Objects.requireNonNull(cron);
    Objects.requireNonNull(zone);
    Objects.requireNonNull(qualifier);
    Objects.requireNonNull(message);
    Objects.requireNonNull(about);
  }

  /** The same as its next revision. */
  public Schedule revised(long newSince, long now) {
    return new Schedule(
        uid,
        account,
        namespace,
        function,
        functionUid,
        name,
        expression,
        cron,
        zone,
        qualifier,
        message,
        enabled,
        about,
        newSince,
        createdAt,
        now,
        revision + 1);
  }
}
