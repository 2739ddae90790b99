package io.perdure.store;

import io.perdure.invocation.Course;
import io.perdure.invocation.Invocation;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Records to bytes and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RecordBenchmark {
  private final Course course = new Course();
  private final Invocation enqueued = course.enqueued();
  private final Invocation ended = course.succeeded(course.running(enqueued));
  private final byte[] record = RecordCodec.encode(ended);

  @Benchmark
  public byte[] encodeNew() {
    return RecordCodec.encode(enqueued);
  }

  @Benchmark
  public byte[] encodeEnded() {
    return RecordCodec.encode(ended);
  }

  @Benchmark
  public Invocation decodeEnded() {
    return RecordCodec.decode(record);
  }
}
