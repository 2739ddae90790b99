package io.perdure.invocation;

import java.util.Collection;

/**
 * Read-only view of the schedules this node knows, current and safe to call from any thread without
 * blocking. Handed as a port to whoever fires them.
 */
public interface Schedules {
  /** The schedule with that uid, or null once it, or its function, has been deleted. */
  Schedule byUid(long uid);

  /**
   * Until when all schedules were looked after when that was noted last, milliseconds since the
   * epoch; 0 for never.
   */
  long lookedAfterUntil();

  /** Every schedule, in no order; what changes while it is gone through may show or not. */
  Collection<Schedule> all();
}
