package io.perdure.journal;

/** A batch on its way into the log. */
record LogEntry(int store, long sequence, Batch batch, CommitLog.Done done) {
  int bytes() {
    return LogFormat.ENTRY_HEAD_BYTES + batch.sizeBytes();
  }
}
