package io.perdure.bus;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What travels on the event bus: an immutable record. Between nodes it is written as JSON with its
 * name in {@code @t}; the codec fixes the names, so that classes can be renamed.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "@t")
public sealed interface Message
    permits Failed,
        Done,
        ShardMessages.OfShard,
        ExecutorMessages.OfExecutor,
        GuestMessages.OfGuests,
        DeliveryMessages.OfDeliveries,
        RegistryMessages.OfRegistry,
        ScheduleMessages.OfSchedules,
        CodeMessages.OfCode,
        InstanceMessages.OfInstances,
        LimitMessages.OfLimiter,
        ClientMessages.OfClient,
        AdminMessages.OfAdmin,
        ClusterMessages.OfCluster,
        BusMessages.OfBus {

  /** Bytes of the bodies that it carries; what else it says is small. */
  default int bodyBytes() {
    return 0;
  }

  /** Bytes of {@code body}, which may be null. */
  static int lengthOf(byte[] body) {
    return body == null ? 0 : body.length;
  }

  /** Whether it may be asked again when it is not known whether it was done; no, if in doubt. */
  default boolean repeatable() {
    return this instanceof Repeatable;
  }
}
