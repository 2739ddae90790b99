package io.perdure.invocation;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Ids: made, written as text, read from text. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InvocationIdBenchmark {
  private final InvocationId.Minter minter =
      new InvocationId.Minter(3, RandomGenerator.of("L64X128MixRandom"));
  private final InvocationId id = minter.next(Course.T0);
  private final String text = id.toString();

  @Benchmark
  public InvocationId mint() {
    return minter.next(Course.T0);
  }

  @Benchmark
  public Optional<InvocationId> parse() {
    return InvocationId.parse(text);
  }

  @Benchmark
  public String format() {
    return id.toString();
  }
}
