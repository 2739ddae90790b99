package io.perdure.invocation;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Decisions: what a signal makes of an invocation. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LifecycleBenchmark {
  private final Course course = new Course();
  private final Invocation enqueued = course.enqueued();
  private final Invocation running = course.running(enqueued);

  @Benchmark
  public Invocation submitted() {
    return course.enqueued();
  }

  @Benchmark
  public Invocation started() {
    return course.running(enqueued);
  }

  @Benchmark
  public Invocation succeeded() {
    return course.succeeded(running);
  }

  /** Submitted, started, failed, started again, succeeded. */
  @Benchmark
  public Invocation wholeWithOneRetry() {
    Invocation again = course.retrying(course.running(course.enqueued()));
    return course.succeeded(course.running(again));
  }
}
