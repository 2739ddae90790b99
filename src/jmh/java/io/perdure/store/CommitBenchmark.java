package io.perdure.store;

import io.perdure.invocation.Course;
import io.perdure.invocation.Invocation;
import io.perdure.journal.Batch;
import io.perdure.journal.Family;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the two durable steps of an invocation put into a batch, for 64 invocations at once as under
 * load: time and memory are those of one invocation.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CommitBenchmark {
  private static final int COUNT = 64;

  private final Course course = new Course();
  private final Invocation[] created = new Invocation[COUNT];
  private final Invocation[] ended = new Invocation[COUNT];
  private final byte[] payload = new byte[1_024];
  private final byte[] result = new byte[200];

  @Setup
  public void courses() {
    for (int i = 0; i < COUNT; i++) {
      created[i] = course.enqueued();
      ended[i] = course.succeeded(course.running(created[i]));
    }
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public Batch create() {
    Batch batch = new Batch();
    for (Invocation of : created) {
      Changes.body(Family.PAYLOAD, of.id(), of.payload(), payload, batch);
      Changes.apply(null, of, batch);
    }
    return batch;
  }

  @Benchmark
  @OperationsPerInvocation(COUNT)
  public Batch complete() {
    Batch batch = new Batch();
    for (int i = 0; i < COUNT; i++) {
      Changes.body(Family.RESULT, ended[i].id(), ended[i].result(), result, batch);
      Changes.apply(created[i], ended[i], batch);
    }
    return batch;
  }
}
