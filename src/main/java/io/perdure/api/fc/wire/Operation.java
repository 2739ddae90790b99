package io.perdure.api.fc.wire;

import io.vertx.core.Future;
import java.util.List;
import java.util.Set;

/**
 * Something a caller can ask for.
 *
 * @param name as the cloud names it; for limits and metrics
 * @param method of HTTP, in upper case
 * @param template path below the generation, such as {@code /services/{serviceName}}
 * @param generations that have it there
 * @param size how large its body may be
 * @param handler does it
 */
public record Operation(
    String name,
    String method,
    String template,
    Set<Generation> generations,
    Size size,
    Handler handler) {

  /** How large a body may be; the bytes are settings. */
  public enum Size {
    /** Settings, as JSON. */
    SETTINGS,
    /** Settings that may have a code package among them. */
    CODE,
    /** The payload of an invocation. */
    PAYLOAD
  }

  /** Does what was asked. Called on the caller's event loop. */
  @FunctionalInterface
  public interface Handler {
    /** May fail with, or throw, an {@link FcError} or a failure of the node. */
    Future<FcReply> handle(FcCall call);
  }

  public Operation {
    generations = Set.copyOf(generations);
  }

  /**
   * An operation whose body is of settings.
   *
   * @param request method and template, with a blank in between
   */
  public static Operation of(
      String name, String request, Set<Generation> generations, Handler handler) {
    return of(name, request, generations, Size.SETTINGS, handler);
  }

  /** An operation with a body of that size. */
  public static Operation of(
      String name, String request, Set<Generation> generations, Size size, Handler handler) {
    int blank = request.indexOf(' ');
    return new Operation(
        name,
        request.substring(0, blank),
        request.substring(blank + 1),
        generations,
        size,
        handler);
  }

  /** The template's segments. */
  List<String> segments() {
    return List.of(template.substring(1).split("/", -1));
  }
}
