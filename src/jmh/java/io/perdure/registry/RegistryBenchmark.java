package io.perdure.registry;

import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Course;
import io.perdure.invocation.Function;
import io.perdure.invocation.Invocation;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Functions found by name, as for a submit, and by uid, as for every signal. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RegistryBenchmark {
  private final Registry registry = new Registry();
  private final Function function = new Course().function;

  @Setup
  public void put() {
    registry.put(function);
  }

  @Benchmark
  public Optional<Function> byName() {
    return registry.find(function.account(), function.namespace(), function.name());
  }

  @Benchmark
  public Function byUid() {
    return registry.byUid(function.uid(), Invocation.LATEST);
  }

  @Benchmark
  public Optional<AsyncSettings> settings() {
    return registry.settings(function.uid(), Invocation.LATEST);
  }
}
