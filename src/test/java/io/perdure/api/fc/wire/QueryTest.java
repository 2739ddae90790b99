package io.perdure.api.fc.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class QueryTest {
  private static void refuses(String expected, String raw, Function<Query, Object> getter) {
    FcError error = assertThrows(FcError.class, () -> getter.apply(Query.of(raw)));
    assertEquals(expected, error.getMessage());
  }

  @Test
  void decodesNamesAndValues() {
    Query query = Query.of("pre%66ix=a%20b%2F%C3%BC&x=1+1%2B1&empty=&none");
    assertEquals("a b/ü", query.text("prefix"));
    assertEquals("1 1+1", query.text("x"));
    assertNull(query.text("empty"));
    assertNull(query.text("none"));
    assertNull(query.text("absent"));
    assertNull(Query.of(null).text("x"));
  }

  @Test
  void readsNamesWithoutRegardToCase() {
    Query query = Query.of("Limit=5&limit=6&NextToken=a");
    assertEquals(5, query.number("limit", 1, 100));
    assertEquals("a", query.text("nextToken"));
  }

  @Test
  void readsEachType() {
    Query query = Query.of("limit=5&includePayload=True&sortOrderByTime=asc");
    assertEquals(5, query.number("limit", 1, 100));
    assertTrue(query.flag("includePayload", false));
    assertTrue(query.flag("absent", true));
    assertFalse(query.flag("absent", false));
    assertEquals("asc", query.oneOf("sortOrderByTime", List.of("asc", "desc")));
  }

  @Test
  void namesWhatIsWrongAndWhatWasExpected() {
    refuses(
        "limit: expected a whole number from 1 to 100", "limit=0", q -> q.number("limit", 1, 100));
    refuses(
        "limit: expected a whole number from 1 to 100", "limit=x", q -> q.number("limit", 1, 100));
    refuses("includePayload: expected true or false", "includePayload=1", QueryTest::payload);
    refuses("s: expected one of asc, desc", "s=up", q -> q.oneOf("s", List.of("asc", "desc")));
    refuses("x: expected UTF-8 behind its percent-encoding", "x=%FF", q -> q);
    refuses("x: expected two hexadecimal digits behind each %", "x=%F", q -> q);
  }

  private static boolean payload(Query query) {
    return query.flag("includePayload", false);
  }

  @Test
  void boundsHowManyParametersThereAre() {
    assertEquals("1", Query.of("a=1" + "&a=2".repeat(99)).text("a"));
    assertThrows(FcError.class, () -> Query.of("a=1" + "&a=2".repeat(100)));
  }
}
