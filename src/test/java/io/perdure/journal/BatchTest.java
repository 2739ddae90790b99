package io.perdure.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static List<String> operations(Batch batch) {
    List<String> operations = new ArrayList<>();
    batch.forEach(
        new Batch.Visitor() {
          @Override
          public void put(Family family, byte[] key, byte[] value) {
            operations.add(
                family
                    + " "
                    + HexFormat.of().formatHex(key)
                    + "="
                    + (value.length > 9 ? value.length : HexFormat.of().formatHex(value)));
          }

          @Override
          public void delete(Family family, byte[] key) {
            operations.add(family + " -" + HexFormat.of().formatHex(key));
          }
        });
    return operations;
  }

  private static Batch sample() {
    return new Batch()
        .put(Family.RECORD, new byte[] {1}, new byte[] {2, 3})
        .delete(Family.REGISTRY, new byte[] {4})
        .put(Family.LOG, new byte[] {5}, new byte[] {6, 7, 8, 9}, 1, 2)
        .put(Family.META, new byte[0], new byte[100_000]);
  }

  private static final List<String> SAMPLE =
      List.of("RECORD 01=0203", "REGISTRY -04", "LOG 05=0708", "META =100000");

  @Test
  void operationsComeBackInOrder() {
    assertEquals(SAMPLE, operations(sample()));
    assertEquals(4, sample().operations());
  }

  @Test
  void anEncodedBatchIsReadBack() {
    Batch decoded = Batch.decoded(sample().encoded());
    assertEquals(SAMPLE, operations(decoded));
    assertEquals(4, decoded.operations());
    assertEquals(sample().sizeBytes(), decoded.sizeBytes());
  }

  @Test
  void anAppendedBatchFollows() {
    Batch one = new Batch().delete(Family.KEY, new byte[] {9});
    Batch two = sample();
    one.append(two).delete(Family.KEY, new byte[] {8});
    List<String> expected = new ArrayList<>(List.of("KEY -09"));
    expected.addAll(SAMPLE);
    expected.add("KEY -08");
    assertEquals(expected, operations(one));
    assertEquals(6, one.operations());
    assertArrayEquals(sample().encoded(), two.encoded());
  }
}
