package io.perdure.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** How fast a node tells of what it has: by id, by id through signatures, in pages. */
final class ReadModes {
  /** Signed requests made ahead of a second of the clock: what no node answers in one. */
  private static final int SIGNED_PER_SECOND = 40_000;

  private static final int SIGNED_MAX = 320_000;
  private static final int LIST_CONNECTIONS = 4;

  private interface Pool {
    List<byte[]> make(int count);
  }

  private final NodeUnderTest on;
  private final BenchOptions options;

  ReadModes(NodeUnderTest on) {
    this.on = on;
    this.options = on.options;
  }

  /** One invocation after the other, at random. */
  void status(String[] ids) throws IOException, InterruptedException {
    on.report.progress(on.named("status"));
    List<byte[]> asks =
        Arrays.stream(ids).map(id -> on.requests.get("/v1/invocations/" + id)).toList();
    String name = on.named("status by id");
    on.warmUp(
        name,
        seconds ->
            on.drive(name, options.connections(), RepeatWorkload.random(asks, 200, seconds)));
    RepeatWorkload load = RepeatWorkload.random(asks, 200, options.seconds());
    rate("status by id", load, Limits.EMPTY_GET, Peers.STATUS, "status by id");
  }

  /** The same in the vendors' dialects, each request with a signature of its own. */
  void signed(String[] ids) throws IOException, InterruptedException {
    on.report.progress(on.named("signed"));
    Signed signed = new Signed(on.api.port(), on.node.key());
    signed("SCF GetAsyncEventStatus, signed", count -> signed.scf(ids, count));
    signed(
        "FC GetStatefulAsyncInvocation, signed",
        count -> signed.fc(NodeUnderTest.ECHO, ids, count));
  }

  private void signed(String figure, Pool pool) throws IOException, InterruptedException {
    String name = on.named(figure);
    on.warmUp(
        name,
        seconds ->
            on.drive(
                figure,
                options.connections(),
                RepeatWorkload.once(
                    pool.make((int) (seconds * SIGNED_PER_SECOND / 2)), 200, seconds)));
    int count = Math.min(SIGNED_MAX, options.seconds() * SIGNED_PER_SECOND);
    RepeatWorkload load = RepeatWorkload.once(pool.make(count), 200, options.seconds());
    rate(figure, load, Limits.EMPTY_GET);
  }

  /** The newest page of one function and status. */
  void list() throws IOException, InterruptedException {
    on.report.progress(on.named("list"));
    String path =
        NativeApi.functionPath(NodeUnderTest.ECHO) + "/invocations?status=SUCCEEDED&limit=100";
    List<byte[]> ask = List.of(on.requests.get(path));
    String name = on.named("list, page of 100");
    on.warmUp(
        name,
        seconds -> on.drive(name, LIST_CONNECTIONS, RepeatWorkload.random(ask, 200, seconds)));
    RepeatWorkload load = RepeatWorkload.random(ask, 200, options.seconds());
    on.drive("list", LIST_CONNECTIONS, load);
    on.report.add(on.named("list, page of 100, 4 connections"), load.perSecond(), "req/s");
    percentiles("list, page of 100", load, "list, page of 100, p50; 1 M retained");
    oldest(path);
    long rows = load.body().split("\"id\":", -1).length - 1L;
    if (rows != 100) {
      on.report.note(on.named("list") + ": a page has " + rows + " rows");
    }
  }

  /** The page farthest from the newest. */
  private void oldest(String path) throws IOException {
    List<byte[]> ask = List.of(on.requests.get(path + "&order=asc"));
    RepeatWorkload load = RepeatWorkload.random(ask, 200, Math.min(3, options.seconds()));
    on.drive("list", LIST_CONNECTIONS, load);
    percentiles("list, oldest page of 100", load);
  }

  private void percentiles(String figure, RepeatWorkload load, String... limits) {
    double p50 = load.latency().getValueAtPercentile(50) / 1e6;
    on.report.add(on.named(figure + ", p50"), p50, "ms", limits);
    double p99 = load.latency().getValueAtPercentile(99) / 1e6;
    on.report.add(on.named(figure + ", p99"), p99, "ms");
    on.report.detail(on.named(figure), load.latency());
    load.errors()
        .forEach((error, times) -> on.report.note(on.named(figure) + ": " + times + " x " + error));
  }

  private void rate(String figure, RepeatWorkload load, String... limits) throws IOException {
    String name = on.named(figure);
    long cpu = ProcStats.of(on.node.pid()).cpuMicros();
    on.drive(figure, options.connections(), load);
    cpu = ProcStats.of(on.node.pid()).cpuMicros() - cpu;
    on.report.add(name, load.perSecond(), "req/s", limits);
    double requests = Math.max(1, load.latency().getTotalCount());
    on.report.add(name + ": node CPU", cpu / requests, "us/req");
    on.report.add(name + ": p50", load.latency().getValueAtPercentile(50) / 1e6, "ms");
    on.report.add(name + ": p99", load.latency().getValueAtPercentile(99) / 1e6, "ms");
    on.report.detail(name, load.latency());
    load.errors().forEach((error, times) -> on.report.note(name + ": " + times + " x " + error));
  }
}
