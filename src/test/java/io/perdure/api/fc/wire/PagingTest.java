package io.perdure.api.fc.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PagingTest {
  private static Paging paging(String query) {
    return Paging.of(Query.of(query));
  }

  @Test
  void startsAtTheBeginningWithTwenty() {
    Paging paging = paging(null);
    assertEquals(20, paging.limit());
    assertNull(paging.prefix());
    assertNull(paging.after());
  }

  @Test
  void goesOnBehindTheLastOne() {
    assertEquals("a-b_c", paging("nextToken=" + Paging.token("a-b_c")).after());
  }

  @Test
  void takesAStartKeyInclusively() {
    String after = paging("startKey=demo").after();
    assertTrue(after.compareTo("demo") < 0, after);
    assertTrue(after.compareTo("demn-zzz") > 0, after);
    assertTrue(after.compareTo("dem") > 0, after);
  }

  @Test
  void refusesALimitOutOfRangeAndAForeignToken() {
    assertThrows(FcError.class, () -> paging("limit=0"));
    assertThrows(FcError.class, () -> paging("limit=101"));
    assertThrows(FcError.class, () -> paging("nextToken=*"));
  }
}
