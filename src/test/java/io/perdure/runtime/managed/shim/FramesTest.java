package io.perdure.runtime.managed.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramesTest {
  private final List<String> got = new ArrayList<>();
  private Frames.Larger large = Frames.Larger.REFUSE;
  private final Frames.Decoder decoder =
      new Frames.Decoder(
          20,
          new Frames.Sink() {
            @Override
            public void frame(int type, int number, Buffer body) {
              got.add(type + " " + number + " " + body);
            }

            @Override
            public void garbage(String what) {
              got.add("garbage: " + what);
            }

            @Override
            public Frames.Larger larger(int type, int number, int bodyBytes) {
              return large;
            }
          });

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9, 10, 1000})
  void framesAreFoundHoweverTheirBytesArrive(int portion) {
    Buffer all =
        Buffer.buffer()
            .appendBuffer(Frames.frame(Frames.HELLO, 0, Buffer.buffer("token")))
            .appendBuffer(Frames.frame(Frames.READY, 0))
            .appendBuffer(Frames.frame(255, -1, Buffer.buffer("x".repeat(20))))
            .appendBuffer(Frames.frame(Frames.RESULT, 7, Buffer.buffer()));
    for (int at = 0; at < all.length(); at += portion) {
      decoder.handle(all.getBuffer(at, Math.min(all.length(), at + portion)));
    }
    assertEquals(List.of("64 0 token", "65 0 ", "255 -1 " + "x".repeat(20), "67 7 "), got);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, 0, 4, 26, Integer.MAX_VALUE})
  void lengthThatCannotBeIsGarbageAndNothingFollows(int length) {
    decoder.handle(Frames.frame(1, 2).appendInt(length).appendBytes(new byte[100]));
    decoder.handle(Frames.frame(1, 3));
    assertEquals(
        List.of("1 2 ", "garbage: a frame of " + Integer.toUnsignedString(length) + " bytes"), got);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 9, 10, 1000})
  void largerFrameIsTakenWhenThatIsAllowed(int portion) {
    decoder.bodyBytesMax(20, 100);
    large = Frames.Larger.TAKE;
    hear(portion);
    assertEquals(List.of("65 0 ", "67 7 " + "x".repeat(70), "65 1 "), got);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 9, 10, 1000})
  void largerFrameIsPassedOverWhenThereIsNoRoomForIt(int portion) {
    decoder.bodyBytesMax(20, 100);
    large = Frames.Larger.DROP;
    hear(portion);
    assertEquals(List.of("65 0 ", "65 1 "), got);
  }

  /** A large frame between two small ones. */
  private void hear(int portion) {
    Buffer all =
        Buffer.buffer()
            .appendBuffer(Frames.frame(Frames.READY, 0))
            .appendBuffer(Frames.frame(Frames.RESULT, 7, Buffer.buffer("x".repeat(70))))
            .appendBuffer(Frames.frame(Frames.READY, 1));
    for (int at = 0; at < all.length(); at += portion) {
      decoder.handle(all.getBuffer(at, Math.min(all.length(), at + portion)));
    }
  }

  @Test
  void callInPiecesIsTheSameCall() {
    byte[] payload = {'p', 'a', 'y'};
    Buffer pieces = Frames.callBegin(3, Buffer.buffer("{}"), payload.length).appendBytes(payload);
    assertEquals(Frames.call(3, Buffer.buffer("{}"), payload), pieces);
  }

  @Test
  void callCarriesItsJsonAndItsPayload() {
    Buffer call = Frames.call(3, Buffer.buffer("{}"), new byte[] {'p', 'a', 'y'});
    Buffer expected =
        Buffer.buffer()
            .appendInt(5 + 4 + 2 + 3)
            .appendByte((byte) 2)
            .appendInt(3)
            .appendInt(2)
            .appendString("{}pay");
    assertEquals(expected, call);
  }
}
