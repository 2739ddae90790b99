package io.perdure.api;

import io.vertx.core.MultiMap;

/**
 * A request as it came in; what its signature is checked against.
 *
 * @param method in upper case
 * @param path without the query
 * @param rawQuery exactly as on the wire, without the question mark; null when there is none
 * @param headers names compare without regard to case
 * @param body empty when there is none; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
public record Received(String method, String path, String rawQuery, MultiMap headers, byte[] body) {

  /** The header's value without blanks around it; null when it is absent. */
  public String header(String name) {
    String value = headers.get(name);
    return value == null ? null : value.strip();
  }
}
