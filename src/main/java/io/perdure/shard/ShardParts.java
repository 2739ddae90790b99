package io.perdure.shard;

import io.micrometer.core.instrument.MeterRegistry;
import io.perdure.bus.Bus;
import io.perdure.invocation.DeliveryPolicy;
import io.perdure.invocation.Functions;
import io.perdure.time.Clock;
import io.vertx.core.WorkerExecutor;

/**
 * What all shards of a node work with.
 *
 * @param deliveries how outcomes are delivered
 * @param scans pool for scans and large reads; shared, bounded
 */
public record ShardParts(
    ShardConfig config,
    Bus bus,
    Clock clock,
    Functions functions,
    Backlog backlog,
    Admission admission,
    DeliveryPolicy deliveries,
    WorkerExecutor scans,
    MeterRegistry meters) {}
