package io.perdure.api.fc.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PageTest {
  private static String json(Page<String> page) {
    return page.reply("names", (json, name) -> json.writeStringField("name", name))
        .body()
        .toString()
        .stripTrailing();
  }

  private static Page<String> first(int limit, String... left) {
    return Page.first(List.of(left), limit, Function.identity());
  }

  @Test
  void tellsWhereTheNextOneBegins() {
    assertEquals(
        "{\"names\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"nextToken\":\""
            + Paging.token("b")
            + "\"}",
        json(first(2, "a", "b", "c")));
  }

  @Test
  void hasAnEmptyTokenWhenNothingFollows() {
    assertEquals(
        "{\"names\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"nextToken\":\"\"}",
        json(first(2, "a", "b")));
  }

  @Test
  void mayBeEmpty() {
    assertEquals("{\"names\":[],\"nextToken\":\"\"}", json(first(2)));
  }
}
