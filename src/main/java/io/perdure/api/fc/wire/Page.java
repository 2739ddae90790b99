package io.perdure.api.fc.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * A part of a list, as every list is answered (spec alibaba-fc, section 2).
 *
 * @param items in the order of the list
 * @param nextToken where the next part begins; empty when nothing follows
 */
public record Page<T>(List<T> items, String nextToken) {
  private static final String NEXT_TOKEN = "nextToken";

  /** Writes the members of an item's object. */
  @FunctionalInterface
  public interface Item<T> {
    /** Writes {@code item} to {@code json}. */
    void write(JsonGenerator json, T item) throws IOException;
  }

  /**
   * A part that was found.
   *
   * @param more whether others follow; never when {@code items} is empty
   * @param position of an item in the order of the list
   */
  public static <T> Page<T> of(List<T> items, boolean more, Function<T, String> position) {
    return new Page<>(items, more ? Paging.token(position.apply(items.get(items.size() - 1))) : "");
  }

  /**
   * The first {@code limit} of what is left of a list.
   *
   * @param limit 1 or more
   * @param position of an item in the order of the list
   */
  public static <T> Page<T> first(List<T> left, int limit, Function<T, String> position) {
    List<T> items = left.subList(0, Math.min(limit, left.size()));
    return of(items, left.size() > limit, position);
  }

  /** The answer that has nothing but the items, under {@code name}, and the token. */
  public FcReply reply(String name, Item<T> item) {
    return FcReply.json(
        json -> {
          writeItems(json, name, item);
          writeNextToken(json);
        });
  }

  /** Writes the items under {@code name}. */
  public void writeItems(JsonGenerator json, String name, Item<T> item) throws IOException {
    json.writeArrayFieldStart(name);
    for (T each : items) {
      json.writeStartObject();
      item.write(json, each);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Writes the token. */
  public void writeNextToken(JsonGenerator json) throws IOException {
    json.writeStringField(NEXT_TOKEN, nextToken);
  }
}
