package io.perdure.api.fc.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.Props;
import io.perdure.api.fc.wire.Query;
import java.util.List;

/** Lists in a parameter of the query, which newer clients write as JSON. */
final class Texts {
  private static final String LIST = "list";

  private Texts() {}

  /** Texts, as JSON or one of them as it is; none when it is absent. */
  static List<String> of(Query query, String name) {
    String given = query.text(name);
    if (given == null) {
      return List.of();
    }
    return given.startsWith("[") ? read(name, given).texts(LIST) : List.of(given);
  }

  /** Objects, as JSON; none when it is absent. */
  static List<Props> objects(Query query, String name) {
    String given = query.text(name);
    return given == null ? List.of() : read(name, given).objects(LIST);
  }

  private static Props read(String name, String json) {
    try {
      Props read = Props.read(("{\"" + LIST + "\":" + json + "}").getBytes(UTF_8));
      if (read.raw(LIST) != null && read.raw(LIST).isArray()) {
        return read;
      }
    } catch (FcError e) {
      // said below
    }
    throw FcError.invalid(name, "a list as JSON");
  }
}
