package io.perdure.runtime.managed.shim;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;

/**
 * What server and shim send each other: frames of
 *
 * <pre>
 * u32 length of what follows, big-endian | u8 type | u32 number of the call, 0 for the instance | body
 * </pre>
 *
 * <p>The protocol is private to one version of the server, which brings its shims along, so it has
 * no version of its own.
 */
final class Frames {
  // server to shim
  /** JSON: what to load. The first frame to a shim that said who it is. */
  static final int INIT = 1;

  /** u32 length of the JSON | JSON: what is called | the payload. */
  static final int CALL = 2;

  /** The caller wants that call to end. */
  static final int CANCEL = 3;

  /** Run the pre-stop hook. */
  static final int PRE_STOP = 4;

  /** Exit. */
  static final int EXIT = 5;

  // shim to server
  /** The token it was given. The first frame of a connection. */
  static final int HELLO = 64;

  /** The code is loaded. */
  static final int READY = 65;

  /** JSON: why the code cannot be loaded. */
  static final int INIT_FAILED = 66;

  /** The result of a call. */
  static final int RESULT = 67;

  /** JSON: how a call failed. */
  static final int ERROR = 68;

  /** What a call logged. */
  static final int LOG = 69;

  /** The pre-stop hook has ended. */
  static final int PRE_STOPPED = 70;

  private static final int LENGTH_BYTES = 4;

  /** Type and number, which the length counts. */
  private static final int HEAD_BYTES = 5;

  /** Space taken for a frame before its bytes have come. */
  private static final int AHEAD_BYTES_MAX = 1 << 20;

  private Frames() {}

  /** A frame without a body. */
  static Buffer frame(int type, int number) {
    return start(type, number, 0);
  }

  /** A frame with a body. */
  static Buffer frame(int type, int number, Buffer body) {
    return start(type, number, body.length()).appendBuffer(body);
  }

  /** A frame of type {@link #CALL}. */
  static Buffer call(int number, Buffer json, byte[] payload) {
    return begin(payload.length, number, json, payload.length).appendBytes(payload);
  }

  /** The beginning of a frame of type {@link #CALL}: {@code payloadBytes} more follow. */
  static Buffer callBegin(int number, Buffer json, int payloadBytes) {
    return begin(0, number, json, payloadBytes);
  }

  private static Buffer begin(int room, int number, Buffer json, int payloadBytes) {
    int ahead = LENGTH_BYTES + json.length();
    return start(CALL, number, ahead + payloadBytes, ahead + room)
        .appendInt(json.length())
        .appendBuffer(json);
  }

  private static Buffer start(int type, int number, int bodyBytes) {
    return start(type, number, bodyBytes, bodyBytes);
  }

  private static Buffer start(int type, int number, int bodyBytes, int room) {
    return Buffer.buffer(LENGTH_BYTES + HEAD_BYTES + room)
        .appendInt(HEAD_BYTES + bodyBytes)
        .appendByte((byte) type)
        .appendInt(number);
  }

  /** What becomes of a large frame. */
  enum Larger {
    TAKE,
    /** Read and dropped; the next one is heard again. */
    DROP,
    /** It must not be. */
    REFUSE
  }

  /** Takes frames as they come. */
  interface Sink {
    /**
     * A frame; {@code body} is a view of what was received.
     *
     * @param type 0 to 255
     */
    void frame(int type, int number, Buffer body);

    /** What comes is no frame, or one that is too large. Nothing follows. */
    void garbage(String what);

    /** What is to become of a frame that is larger than others may be. */
    Larger larger(int type, int number, int bodyBytes);
  }

  /** Cuts what is received into frames; holds at most one incomplete frame. */
  static final class Decoder implements Handler<Buffer> {
    private final Sink sink;
    private int bodyBytesMax;
    private int largeBytesMax;
    private Buffer rest;
    private int needed;
    private int restMax; // how much the rest holds before it has to be moved
    private boolean taking; // a large frame, which has been allowed
    private int dropping; // bytes of a large frame that are still to be dropped
    private boolean stopped;

    Decoder(int bodyBytesMax, Sink sink) {
      bodyBytesMax(bodyBytesMax, bodyBytesMax);
      this.sink = sink;
    }

    /**
     * The largest body from the next frame on.
     *
     * @param bytes that any frame may have
     * @param largeBytes that one may have for which {@link Sink#larger} says so
     */
    final void bodyBytesMax(int bytes, int largeBytes) {
      bodyBytesMax = bytes;
      largeBytesMax = largeBytes;
    }

    /** No frame is passed on any more. */
    void stop() {
      stopped = true;
      rest = null;
    }

    @Override
    public void handle(Buffer received) {
      Buffer data = received;
      if (dropping > 0) {
        int dropped = Math.min(dropping, received.length());
        dropping -= dropped;
        data = received.slice(dropped, received.length());
      } else if (rest != null) {
        data = gather(received);
        if (data.length() < needed) {
          return;
        }
        rest = null;
      }
      int at = 0;
      int end = data.length();
      while (!stopped && end - at >= LENGTH_BYTES) {
        int length = data.getInt(at);
        int bodyBytes = length < HEAD_BYTES ? Integer.MAX_VALUE : length - HEAD_BYTES;
        boolean large = bodyBytes > bodyBytesMax && !taking;
        if (large && bodyBytes <= largeBytesMax && end - at < LENGTH_BYTES + HEAD_BYTES) {
          keep(data, at, LENGTH_BYTES + HEAD_BYTES);
          return;
        }
        Larger larger = large ? larger(data, at, bodyBytes) : Larger.TAKE;
        if (larger == Larger.REFUSE) {
          stop();
          sink.garbage("a frame of " + Integer.toUnsignedString(length) + " bytes");
          return;
        }
        int next = at + LENGTH_BYTES + length;
        if (larger == Larger.DROP) {
          dropping = Math.max(0, next - end);
          at = Math.min(next, end);
          continue;
        }
        taking |= large;
        if (end < next) {
          keep(data, at, LENGTH_BYTES + length);
          return;
        }
        int body = at + LENGTH_BYTES + HEAD_BYTES;
        taking = false;
        sink.frame(data.getUnsignedByte(at + 4), data.getInt(at + 5), data.slice(body, next));
        at = next;
      }
      if (!stopped && at < end) {
        keep(data, at, LENGTH_BYTES);
      }
    }

    private Larger larger(Buffer data, int at, int bodyBytes) {
      return bodyBytes > largeBytesMax
          ? Larger.REFUSE
          : sink.larger(data.getUnsignedByte(at + 4), data.getInt(at + 5), bodyBytes);
    }

    /** In a buffer of its own, since views of {@code data} were handed out. */
    private void keep(Buffer data, int at, int bytes) {
      needed = bytes;
      restMax = Math.min(bytes, AHEAD_BYTES_MAX);
      rest = Buffer.buffer(restMax);
      rest.appendBuffer(data, at, data.length() - at);
    }

    /** Once a part of a large frame has come, room for the whole is taken: it is moved once. */
    private Buffer gather(Buffer received) {
      if (restMax < needed && rest.length() + received.length() > restMax) {
        restMax = needed + received.length();
        rest = Buffer.buffer(restMax).appendBuffer(rest);
      }
      return rest.appendBuffer(received);
    }
  }
}
