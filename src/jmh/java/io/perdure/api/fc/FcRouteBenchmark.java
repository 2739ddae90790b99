package io.perdure.api.fc;

import io.perdure.api.fc.wire.Operations;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The operation that a path of FC asks for, among all there are. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FcRouteBenchmark {
  private static final FcConfig CONFIG =
      new FcConfig(
          "cn-hangzhou",
          1 << 20,
          1 << 20,
          1 << 20,
          1 << 17,
          Duration.ofMinutes(15),
          10_000,
          Duration.ofDays(3),
          Duration.ofMinutes(15),
          1_000);

  /** None of them is carried out: they need nothing of a node. */
  private final Operations operations =
      new Operations(FcOperations.all(null, null, null, null, null, CONFIG));

  @Benchmark
  public Object getTask() {
    return operations.match("GET", "/2023-03-30/functions/resize/async-tasks/order-42");
  }

  @Benchmark
  public Object invoke() {
    return operations.match("POST", "/2021-04-06/services/media/functions/resize/invocations");
  }
}
