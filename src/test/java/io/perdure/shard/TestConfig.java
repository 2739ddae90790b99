package io.perdure.shard;

/** The usual settings, with a few of them changed. */
final class TestConfig {
  private static final ShardConfig USUAL = ShardConfig.DEFAULT;

  private int window = USUAL.window();
  private int windowTotal = USUAL.windowTotal();
  private long inlineBytes = USUAL.inlineBytes();
  private int pendingMax = USUAL.pendingMax();
  private int batchBytes = USUAL.batchBytes();
  private int waitersMax = USUAL.waitersMax();
  private int scanRows = USUAL.scanRows();
  private int perFunction = USUAL.backlogPerFunction();
  private int perAccount = USUAL.backlogPerAccount();

  TestConfig window(int perFunctionMax, int totalMax) {
    window = perFunctionMax;
    windowTotal = totalMax;
    return this;
  }

  TestConfig inlineBytes(long value) {
    inlineBytes = value;
    return this;
  }

  TestConfig pending(int max) {
    pendingMax = max;
    return this;
  }

  TestConfig batchBytes(int value) {
    batchBytes = value;
    return this;
  }

  TestConfig waiters(int max) {
    waitersMax = max;
    return this;
  }

  TestConfig scanRows(int max) {
    scanRows = max;
    return this;
  }

  TestConfig backlog(int perFunctionMax, int perAccountMax) {
    perFunction = perFunctionMax;
    perAccount = perAccountMax;
    return this;
  }

  ShardConfig make() {
    return new ShardConfig(
        window,
        windowTotal,
        inlineBytes,
        pendingMax,
        batchBytes,
        USUAL.writeDownMillis(),
        waitersMax,
        scanRows,
        perFunction,
        perAccount);
  }
}
