package io.perdure.ops;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * The meters of a node: Perdure's own under {@code perdure.*}, and those of the JVM. Micrometer is
 * used directly, because the metrics module of Vert.x 5.0.12 loses meters on 5.2.0. A registry of
 * its own, so that several nodes in one JVM do not mix their figures. Thread-safe.
 */
public final class Metrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();

  /**
   * Adds the meters of the JVM. Apart from the constructor because the management beans they read
   * take a while to be there: to be called once, on a worker.
   */
  public void watchJvm() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /** Where the concerns register their meters. */
  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Everything in the text format of Prometheus. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
