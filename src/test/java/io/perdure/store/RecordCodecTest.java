package io.perdure.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.invocation.Event;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationBuilder;
import io.perdure.invocation.InvocationId;
import io.perdure.testkit.Seeds;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  private static final int PRESENCE_AT = 1;

  private final RandomInvocations random = new RandomInvocations(0, new SplittableRandom(7));

  @Test
  void whatIsWrittenIsRead() {
    Seeds.each(
        20,
        seeded -> {
          RandomInvocations invocations = new RandomInvocations(3, seeded);
          for (int i = 0; i < 200; i++) {
            Invocation written = invocations.next().build();
            assertEquals(written, RecordCodec.decode(RecordCodec.encode(written)));
          }
        });
  }

  @Test
  void aLongHistoryIsReadWithItsGap() {
    InvocationBuilder next = random.next();
    for (int i = 0; i < 500; i++) {
      random.change(next);
    }
    Invocation written = next.build();
    assertEquals(InvocationBuilder.EVENTS_MAX, written.events().size());
    assertEquals(written, RecordCodec.decode(RecordCodec.encode(written)));
  }

  @Test
  void numbersAtTheEndsOfTheirRangeAreRead() {
    InvocationBuilder next = random.next();
    next.functionUid = Long.MAX_VALUE;
    next.epoch = Long.MAX_VALUE;
    next.acceptedAt = Long.MAX_VALUE;
    next.startedAt = Long.MIN_VALUE;
    next.endedAt = Long.MAX_VALUE - 1;
    next.attentionAt = -1;
    next.attempts = Integer.MAX_VALUE;
    next.failures = Integer.MIN_VALUE;
    Invocation written = next.build();
    assertEquals(written, RecordCodec.decode(RecordCodec.encode(written)));
  }

  @Test
  void halfASurrogatePairBecomesAQuestionMark() {
    InvocationBuilder next = random.next();
    next.reason = "a\uD83Db";
    assertEquals("a?b", RecordCodec.decode(RecordCodec.encode(next.build())).reason());
  }

  @Test
  void equalInvocationsHaveEqualBytes() {
    Map<String, String> labels = new LinkedHashMap<>();
    Map<String, String> reversed = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) {
      labels.put("label" + i, "v");
      reversed.put("label" + (19 - i), "v");
    }
    InvocationBuilder next = random.next();
    next.labels = labels;
    byte[] one = RecordCodec.encode(next.build());
    next.labels = reversed;
    assertArrayEquals(one, RecordCodec.encode(next.build()));
  }

  @Test
  void aRecordOfTheFirstVersionIsStillRead() {
    InvocationBuilder next = new InvocationBuilder();
    next.id = InvocationId.floor(1_790_000_000_000L);
    next.functionUid = 42;
    next.account = "1234567890123456";
    next.namespace = "default";
    next.function = "resize";
    next.acceptedAt = 1_790_000_000_000L;
    next.dueAt = next.acceptedAt;
    next.attentionAt = next.acceptedAt + 1;
    next.event(Event.Type.ENQUEUED, next.acceptedAt, "");
    String stored =
        "01" // version
            + "80800c" // has a due time and a time for attention
            + "01a0c4506c0070008000000000000000" // id
            + "2a" // function uid
            + "1031323334353637383930313233343536" // account
            + "0764656661756c74" // namespace
            + "06726573697a65" // function
            + "0101" // origin, status
            + "80d8c1a28c34" // accepted at
            + "00" // due at once
            + "02" // attention 1 ms later
            + "01" // one event
            + "0101000000"; // its number, type, time, attempt, detail
    assertEquals(stored, HexFormat.of().formatHex(RecordCodec.encode(next.build())));
    assertEquals(next.build(), RecordCodec.decode(HexFormat.of().parseHex(stored)));
  }

  @Test
  void aRecordWithoutModeIsAsynchronous() {
    InvocationBuilder next = random.next();
    next.mode = Invocation.Mode.ASYNC;
    byte[] without = RecordCodec.encode(next.build());
    next.mode = Invocation.Mode.SYNC;
    byte[] with = RecordCodec.encode(next.build());
    assertEquals(Invocation.Mode.ASYNC, RecordCodec.decode(without).mode());
    assertEquals(Invocation.Mode.SYNC, RecordCodec.decode(with).mode());
  }

  @Test
  void aTaskThatACallerSubmittedTakesNoByteMoreThanBefore() {
    InvocationBuilder next = random.next();
    next.delivery = null;
    next.tracked = true;
    next.depth = 0;
    byte[] without = RecordCodec.encode(next.build());
    next.tracked = false;
    assertEquals(false, RecordCodec.decode(RecordCodec.encode(next.build())).tracked());
    next.depth = 3;
    assertEquals(without.length + 1, RecordCodec.encode(next.build()).length, "one of depth");
    assertEquals(true, RecordCodec.decode(without).tracked());
    assertEquals(0, RecordCodec.decode(without).depth());
  }

  @Test
  void theNumberOfASubmitTakesNoByteWhereThereIsNone() {
    InvocationBuilder next = random.next();
    next.submission = 0;
    byte[] without = RecordCodec.encode(next.build());
    next.submission = -5;
    byte[] with = RecordCodec.encode(next.build());
    assertEquals(0, RecordCodec.decode(without).submission());
    assertEquals(-5, RecordCodec.decode(with).submission());
    assertTrue(without.length < with.length);
  }

  @Test
  void aNewerVersionIsRefusedByName() {
    byte[] bytes = RecordCodec.encode(random.next().build());
    bytes[0] = 2;
    StoreException refused = assertThrows(StoreException.class, () -> RecordCodec.decode(bytes));
    assertTrue(refused.getMessage().contains("has the format 2"), refused.getMessage());
  }

  @Test
  void aFieldOfANewerProgramIsRefused() {
    byte[] bytes = RecordCodec.encode(random.next().build());
    byte[] longer = new byte[bytes.length + 1];
    longer[0] = bytes[0];
    // the varint of presence bits, with bit 29 set
    Arrays.fill(longer, PRESENCE_AT, PRESENCE_AT + 4, (byte) 0x80);
    longer[PRESENCE_AT + 4] = 2;
    StoreException refused = assertThrows(StoreException.class, () -> RecordCodec.decode(longer));
    assertTrue(refused.getMessage().contains("does not know"), refused.getMessage());
  }

  @Test
  void whatIsCutShortIsRefused() {
    byte[] bytes = RecordCodec.encode(random.next().build());
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(StoreException.class, () -> RecordCodec.decode(cut));
    }
  }

  @Test
  void whatGoesOnBehindItsEndIsRefused() {
    byte[] bytes = RecordCodec.encode(random.next().build());
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThrows(StoreException.class, () -> RecordCodec.decode(longer));
  }

  @Test
  void damageNeverEndsInAnotherException() {
    Seeds.each(
        10,
        seeded -> {
          RandomInvocations invocations = new RandomInvocations(3, seeded);
          for (int i = 0; i < 300; i++) {
            byte[] bytes = RecordCodec.encode(invocations.next().build());
            bytes[seeded.nextInt(bytes.length)] ^= (byte) (1 << seeded.nextInt(8));
            try {
              RecordCodec.decode(bytes);
            } catch (StoreException e) {
              // as it should be; a flip inside a text or number is another valid record
            }
          }
        });
  }
}
