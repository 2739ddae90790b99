package io.perdure.store;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Event;
import io.perdure.invocation.Fingerprint;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The stored form of an {@link Invocation}. Thread-safe.
 *
 * <p>Layout, version 1: the version byte; a varint of presence bits (the constants below); the
 * fields that are always there, in the order of {@link #writeFixed}; those whose bit is set, in the
 * order of their bits; last the events. Times are stored as differences from the acceptance, of
 * events from the event in front. What has its default has no bit. Labels are in key order, so that
 * equal invocations have equal bytes.
 *
 * <p>A new field takes the next presence bit and its place behind the field of the bit before:
 * records written earlier lack the bit and are read with the default. A program refuses a record
 * with a bit it does not know, because it would drop that field with its next write. Only a change
 * of what exists needs the next version byte, with the old layout still read.
 */
public final class RecordCodec {
  private static final int VERSION = 1;

  private static final int KEY = 1;
  private static final int FINGERPRINT = 1 << 1;
  private static final int REQUEST_ID = 1 << 2;
  private static final int TRACEPARENT = 1 << 3;
  private static final int LABELS = 1 << 4;
  private static final int REASON = 1 << 5;
  private static final int STOP = 1 << 6;
  private static final int INSTANCE = 1 << 7;
  private static final int ERROR = 1 << 8;
  private static final int PAYLOAD = 1 << 9;
  private static final int RESULT = 1 << 10;
  private static final int LOG = 1 << 11;
  private static final int REDRIVE_OF = 1 << 12;
  private static final int QUALIFIER = 1 << 13;
  private static final int STARTED_AT = 1 << 14;
  private static final int ENDED_AT = 1 << 15;
  private static final int DUE_AT = 1 << 16;
  private static final int ATTENTION_AT = 1 << 17;

  /** Attempts and epoch. */
  private static final int ATTEMPTS = 1 << 18;

  /** Failures, platform failures, and since when. */
  private static final int FAILURES = 1 << 19;

  private static final int RAN_VERSION = 1 << 20;
  private static final int MEMORY = 1 << 21;

  /** Without a value: the error was reported on purpose. */
  private static final int HANDLED = 1 << 22;

  /** Absent from what is asynchronous. */
  private static final int MODE = 1 << 23;

  /** Without a value: absent from what is a task, as all was before there was a difference. */
  private static final int UNTRACKED = 1 << 24;

  private static final int DEPTH = 1 << 25;
  private static final int DELIVERY = 1 << 26;

  /** Which bodies are kept nowhere, and their fingerprints. */
  private static final int UNKEPT = 1 << 27;

  private static final int SUBMISSION = 1 << 28;

  private static final int KNOWN = (1 << 29) - 1;

  private static final int UNKEPT_PAYLOAD = 1;
  private static final int UNKEPT_RESULT = 2;

  private RecordCodec() {}

  /** The stored form. */
  public static byte[] encode(Invocation of) {
    BytesOut out = new BytesOut(256 + 32 * of.events().size());
    int has = presence(of);
    out.one(VERSION);
    out.varint(has);
    writeFixed(of, out);
    writeOptional(of, has, out);
    writeEvents(of, out);
    return out.toBytes();
  }

  /**
   * Reads a stored form.
   *
   * @throws StoreException when the bytes are damaged or were written by a newer program
   */
  public static Invocation decode(byte[] bytes) {
    if (bytes.length == 0) {
      throw new StoreException("a record is empty", null);
    }
    BytesIn in = new BytesIn(bytes);
    int version = in.one();
    if (version != VERSION) {
      throw new StoreException(
          "a record has the format "
              + version
              + ", this program knows "
              + VERSION
              + " only: it was written by a newer one, or is damaged",
          null);
    }
    try {
      long has = in.varint();
      if ((has & ~KNOWN) != 0) {
        throw new StoreException(
            "a record has fields this program does not know (bits "
                + Long.toHexString(has & ~KNOWN)
                + "): it was written by a newer one, or is damaged",
            null);
      }
      InvocationBuilder next = new InvocationBuilder();
      readFixed(in, next);
      readOptional(in, (int) has, next);
      readEvents(in, next);
      if (!in.atEnd()) {
        throw new StoreException("a record is damaged: it goes on behind its end", null);
      }
      return next.build();
    } catch (IndexOutOfBoundsException e) {
      throw new StoreException("a record is damaged: it is cut short", e);
    } catch (IllegalArgumentException e) {
      throw new StoreException("a record is damaged: " + e.getMessage(), e);
    }
  }

  private static int presence(Invocation of) {
    return bit(of.key() != null, KEY)
        | bit(of.fingerprint() != null, FINGERPRINT)
        | bit(of.requestId() != null, REQUEST_ID)
        | bit(of.traceparent() != null, TRACEPARENT)
        | bit(!of.labels().isEmpty(), LABELS)
        | bit(of.reason() != null, REASON)
        | bit(of.stop() != null, STOP)
        | bit(of.instance() != null, INSTANCE)
        | bit(of.error() != null, ERROR)
        | bit(!of.payload().equals(BodyRef.NONE), PAYLOAD)
        | bit(!of.result().equals(BodyRef.NONE), RESULT)
        | bit(!of.log().equals(BodyRef.NONE), LOG)
        | bit(of.redriveOf() != null, REDRIVE_OF)
        | bit(!of.qualifier().equals(Invocation.LATEST), QUALIFIER)
        | bit(of.startedAt() != 0, STARTED_AT)
        | bit(of.endedAt() != 0, ENDED_AT)
        | bit(of.dueAt() != 0, DUE_AT)
        | bit(of.attentionAt() != Long.MAX_VALUE, ATTENTION_AT)
        | bit(of.attempts() != 0 || of.epoch() != 0, ATTEMPTS)
        | bit(of.failures() != 0 || of.platformFailures() != 0 || of.platformSince() != 0, FAILURES)
        | bit(of.version() != null, RAN_VERSION)
        | bit(of.memoryBytes() != 0, MEMORY)
        | bit(of.error() != null && of.error().handled(), HANDLED)
        | bit(of.mode() != Invocation.Mode.ASYNC, MODE)
        | bit(!of.tracked(), UNTRACKED)
        | bit(of.depth() != 0, DEPTH)
        | bit(of.delivery() != null, DELIVERY)
        | bit(!of.payload().isKept() || !of.result().isKept(), UNKEPT)
        | bit(of.submission() != 0, SUBMISSION);
  }

  private static int bit(boolean present, int bit) {
    return present ? bit : 0;
  }

  private static void writeFixed(Invocation of, BytesOut out) {
    id(of.id(), out);
    out.varint(of.functionUid());
    out.text(of.account());
    out.text(of.namespace());
    out.text(of.function());
    out.one(of.origin().code());
    out.one(of.status().code());
    out.varint(of.acceptedAt());
  }

  private static void readFixed(BytesIn in, InvocationBuilder to) {
    to.id = id(in);
    to.functionUid = in.varint();
    to.account = in.text();
    to.namespace = in.text();
    to.function = in.text();
    to.origin = Invocation.Origin.of(in.one());
    to.status = Status.of(in.one());
    to.acceptedAt = in.varint();
  }

  private static void writeOptional(Invocation of, int has, BytesOut out) {
    text(has, KEY, of.key(), out);
    if ((has & FINGERPRINT) != 0) {
      fingerprint(of.fingerprint(), out);
    }
    text(has, REQUEST_ID, of.requestId(), out);
    text(has, TRACEPARENT, of.traceparent(), out);
    if ((has & LABELS) != 0) {
      labels(of.labels(), out);
    }
    text(has, REASON, of.reason(), out);
    if ((has & STOP) != 0) {
      out.one(of.stop().code());
    }
    text(has, INSTANCE, of.instance(), out);
    if ((has & ERROR) != 0) {
      out.one(of.error().kind().code());
      out.text(of.error().type());
      out.text(of.error().message());
    }
    body(has, PAYLOAD, of.payload(), out);
    body(has, RESULT, of.result(), out);
    body(has, LOG, of.log(), out);
    if ((has & REDRIVE_OF) != 0) {
      id(of.redriveOf(), out);
    }
    text(has, QUALIFIER, of.qualifier(), out);
    time(has, STARTED_AT, of.startedAt(), of.acceptedAt(), out);
    time(has, ENDED_AT, of.endedAt(), of.acceptedAt(), out);
    time(has, DUE_AT, of.dueAt(), of.acceptedAt(), out);
    time(has, ATTENTION_AT, of.attentionAt(), of.acceptedAt(), out);
    if ((has & ATTEMPTS) != 0) {
      out.unsigned(of.attempts());
      out.varint(of.epoch());
    }
    if ((has & FAILURES) != 0) {
      out.unsigned(of.failures());
      out.unsigned(of.platformFailures());
      out.varint(of.platformSince());
    }
    text(has, RAN_VERSION, of.version(), out);
    if ((has & MEMORY) != 0) {
      out.varint(of.memoryBytes());
    }
    if ((has & MODE) != 0) {
      out.one(of.mode().code());
    }
    if ((has & DEPTH) != 0) {
      out.unsigned(of.depth());
    }
    if ((has & DELIVERY) != 0) {
      DeliveryCodec.write(of.delivery(), of.acceptedAt(), out);
    }
    if ((has & UNKEPT) != 0) {
      out.one(
          bit(!of.payload().isKept(), UNKEPT_PAYLOAD) | bit(!of.result().isKept(), UNKEPT_RESULT));
      unkept(of.payload(), out);
      unkept(of.result(), out);
    }
    if ((has & SUBMISSION) != 0) {
      out.fixed(of.submission());
    }
  }

  private static void readOptional(BytesIn in, int has, InvocationBuilder to) {
    to.key = text(has, KEY, in, null);
    if ((has & FINGERPRINT) != 0) {
      to.fingerprint = fingerprint(in);
    }
    to.requestId = text(has, REQUEST_ID, in, null);
    to.traceparent = text(has, TRACEPARENT, in, null);
    if ((has & LABELS) != 0) {
      to.labels = labels(in);
    }
    to.reason = text(has, REASON, in, null);
    if ((has & STOP) != 0) {
      to.stop = StopMode.of(in.one());
    }
    to.instance = text(has, INSTANCE, in, null);
    if ((has & ERROR) != 0) {
      RunError.Kind kind = RunError.Kind.of(in.one());
      String type = in.text();
      to.error = new RunError(kind, type, in.text(), (has & HANDLED) != 0);
    }
    to.payload = body(has, PAYLOAD, in);
    to.result = body(has, RESULT, in);
    to.log = body(has, LOG, in);
    if ((has & REDRIVE_OF) != 0) {
      to.redriveOf = id(in);
    }
    to.qualifier = text(has, QUALIFIER, in, Invocation.LATEST);
    to.startedAt = time(has, STARTED_AT, in, to.acceptedAt, 0);
    to.endedAt = time(has, ENDED_AT, in, to.acceptedAt, 0);
    to.dueAt = time(has, DUE_AT, in, to.acceptedAt, 0);
    to.attentionAt = time(has, ATTENTION_AT, in, to.acceptedAt, Long.MAX_VALUE);
    if ((has & ATTEMPTS) != 0) {
      to.attempts = in.unsigned();
      to.epoch = in.varint();
    }
    if ((has & FAILURES) != 0) {
      to.failures = in.unsigned();
      to.platformFailures = in.unsigned();
      to.platformSince = in.varint();
    }
    to.version = text(has, RAN_VERSION, in, null);
    if ((has & MEMORY) != 0) {
      to.memoryBytes = in.varint();
    }
    if ((has & MODE) != 0) {
      to.mode = Invocation.Mode.of(in.one());
    }
    to.tracked = (has & UNTRACKED) == 0;
    if ((has & DEPTH) != 0) {
      to.depth = in.unsigned();
    }
    if ((has & DELIVERY) != 0) {
      to.delivery = DeliveryCodec.read(in, to.acceptedAt);
    }
    if ((has & UNKEPT) != 0) {
      int which = in.one();
      to.payload = (which & UNKEPT_PAYLOAD) != 0 ? unkept(to.payload, in) : to.payload;
      to.result = (which & UNKEPT_RESULT) != 0 ? unkept(to.result, in) : to.result;
    }
    if ((has & SUBMISSION) != 0) {
      to.submission = in.fixed();
    }
  }

  private static void writeEvents(Invocation of, BytesOut out) {
    List<Event> events = of.events();
    out.varint(events.size());
    int seq = 0;
    long at = of.acceptedAt();
    for (Event event : events) {
      out.unsigned(event.seq() - seq);
      out.one(event.type().code());
      out.zigzag(event.at() - at);
      out.unsigned(event.attempt());
      out.text(event.detail());
      seq = event.seq();
      at = event.at();
    }
  }

  private static void readEvents(BytesIn in, InvocationBuilder to) {
    int count = in.count();
    int seq = 0;
    long at = to.acceptedAt;
    for (int i = 0; i < count; i++) {
      seq += in.unsigned();
      Event.Type type = Event.Type.of(in.one());
      at += in.zigzag();
      int attempt = in.unsigned();
      to.events.add(new Event(seq, type, at, attempt, in.text()));
    }
  }

  private static void text(int has, int bit, String text, BytesOut out) {
    if ((has & bit) != 0) {
      out.text(text);
    }
  }

  private static String text(int has, int bit, BytesIn in, String otherwise) {
    return (has & bit) != 0 ? in.text() : otherwise;
  }

  private static void time(int has, int bit, long time, long base, BytesOut out) {
    if ((has & bit) != 0) {
      out.zigzag(time - base);
    }
  }

  private static long time(int has, int bit, BytesIn in, long base, long otherwise) {
    return (has & bit) != 0 ? base + in.zigzag() : otherwise;
  }

  private static void body(int has, int bit, BodyRef body, BytesOut out) {
    if ((has & bit) != 0) {
      out.unsigned(body.bytes());
      out.unsigned(body.bucket());
    }
  }

  private static BodyRef body(int has, int bit, BytesIn in) {
    if ((has & bit) == 0) {
      return BodyRef.NONE;
    }
    int bytes = in.unsigned();
    return new BodyRef(bytes, in.unsigned());
  }

  private static void unkept(BodyRef body, BytesOut out) {
    if (!body.isKept()) {
      fingerprint(body.fingerprint(), out);
    }
  }

  private static BodyRef unkept(BodyRef body, BytesIn in) {
    return BodyRef.unkept(body.bytes(), fingerprint(in));
  }

  private static void fingerprint(Fingerprint fingerprint, BytesOut out) {
    out.fixed(fingerprint.high());
    out.fixed(fingerprint.low());
  }

  private static Fingerprint fingerprint(BytesIn in) {
    long high = in.fixed();
    return new Fingerprint(high, in.fixed());
  }

  private static void labels(Map<String, String> labels, BytesOut out) {
    out.varint(labels.size());
    Map<String, String> ordered = labels.size() == 1 ? labels : new TreeMap<>(labels);
    ordered.forEach(
        (name, value) -> {
          out.text(name);
          out.text(value);
        });
  }

  private static Map<String, String> labels(BytesIn in) {
    int count = in.count();
    Map<String, String> labels = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = in.text();
      labels.put(name, in.text());
    }
    return labels;
  }

  private static void id(InvocationId id, BytesOut out) {
    out.fixed(id.high());
    out.fixed(id.low());
  }

  private static InvocationId id(BytesIn in) {
    long high = in.fixed();
    return new InvocationId(high, in.fixed());
  }
}
