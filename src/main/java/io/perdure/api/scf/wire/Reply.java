package io.perdure.api.scf.wire;

import io.perdure.api.JsonOut;

/**
 * What an action answers.
 *
 * @param requestId shown instead of the request's own id, or null: an accepted invocation is known
 *     by the id of the request that made it
 * @param fields writes the members of {@code Response}
 */
public record Reply(String requestId, JsonOut.Writer fields) {
  /** Done, and nothing to tell. */
  public static final Reply NOTHING = of(json -> {});

  /** An answer with these fields. */
  public static Reply of(JsonOut.Writer fields) {
    return new Reply(null, fields);
  }
}
