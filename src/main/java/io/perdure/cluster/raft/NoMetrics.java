package io.perdure.cluster.raft;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.util.TimeDuration;

/**
 * Keeps nothing of what Ratis measures, of which nothing is shown: {@link GroupMeters} has what is.
 * Its own implementation took a fifth of the CPU that commits took in Java, for samples of times.
 * Found as a service; public for that.
 */
public final class NoMetrics extends MetricRegistries {
  @Override
  public RatisMetricRegistry create(MetricRegistryInfo info) {
    return new Nothing(info);
  }

  @Override
  public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
    return Optional.empty();
  }

  @Override
  public boolean remove(MetricRegistryInfo info) {
    return true;
  }

  @Override
  public void clear() {}

  @Override
  public Set<MetricRegistryInfo> getMetricRegistryInfos() {
    return Set.of();
  }

  @Override
  public Collection<RatisMetricRegistry> getMetricRegistries() {
    return List.of();
  }

  @Override
  public void addReporterRegistration(
      Consumer<RatisMetricRegistry> reporter, Consumer<RatisMetricRegistry> stop) {}

  @Override
  public void enableJmxReporter() {}

  @Override
  public void enableConsoleReporter(TimeDuration rate) {}

  private record Nothing(MetricRegistryInfo getMetricRegistryInfo) implements RatisMetricRegistry {
    private static final Timekeeper.Context NO_TIME = () -> 0;
    private static final LongCounter NO_COUNT = new NoCount();

    @Override
    public Timekeeper timer(String name) {
      return () -> NO_TIME;
    }

    @Override
    public LongCounter counter(String name) {
      return NO_COUNT;
    }

    @Override
    public boolean remove(String name) {
      return true;
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> value) {}
  }

  private static final class NoCount implements LongCounter {
    @Override
    public void inc(long by) {}

    @Override
    public void dec(long by) {}

    @Override
    public long getCount() {
      return 0;
    }
  }
}
