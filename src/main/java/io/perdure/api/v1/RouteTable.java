package io.perdure.api.v1;

import io.perdure.api.Problem;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Paths and methods to operations. A template is made of literal segments and {@code {parameters}};
 * a parameter may end in a verb, {@code {id}:stop}. Built once, then only read.
 */
final class RouteTable {
  private static final int HEX = 16;

  private final Node root = new Node();
  private final List<Route> routes = new ArrayList<>();

  /** Does what was asked and answers; a failed future is answered as a problem. */
  @FunctionalInterface
  interface Handler {
    Future<?> handle(Call call);
  }

  /**
   * One operation.
   *
   * @param operation its name: for limits, metrics and the OpenAPI document
   */
  record Route(HttpMethod method, String template, String operation, Handler handler) {}

  /**
   * A path that is in the table.
   *
   * @param byMethod what can be done there
   * @param parameters in the order of the path, decoded
   */
  record Match(Map<HttpMethod, Route> byMethod, List<String> parameters) {}

  private static final class Node {
    private final Map<String, Node> literals = new HashMap<>();
    private final Map<String, Node> verbs = new HashMap<>();
    private Node parameter;
    // Few and sorted by name: also the order in Allow.
    private final Map<HttpMethod, Route> routes =
        new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
  }

  RouteTable add(HttpMethod method, String template, String operation, Handler handler) {
    Route route = new Route(method, template, operation, handler);
    Node node = root;
    for (String segment : template.substring(1).split("/", -1)) {
      if (!segment.startsWith("{")) {
        node = node.literals.computeIfAbsent(segment, s -> new Node());
      } else if (segment.endsWith("}")) {
        node.parameter = node.parameter == null ? new Node() : node.parameter;
        node = node.parameter;
      } else {
        String verb = segment.substring(segment.indexOf("}:") + 2);
        node = node.verbs.computeIfAbsent(verb, v -> new Node());
      }
    }
    node.routes.put(method, route);
    routes.add(route);
    return this;
  }

  /** All of them, in the order in which they were added. */
  List<Route> routes() {
    return List.copyOf(routes);
  }

  /** What is at {@code path}, or null; fails when it is not properly encoded. */
  Match match(String path) {
    List<String> parameters = new ArrayList<>(2);
    Node node = root;
    int from = 1;
    while (node != null) {
      int slash = path.indexOf('/', from);
      String segment = path.substring(from, slash < 0 ? path.length() : slash);
      node = next(node, segment, parameters);
      if (slash < 0) {
        return node == null || node.routes.isEmpty() ? null : new Match(node.routes, parameters);
      }
      from = slash + 1;
    }
    return null;
  }

  private static Node next(Node node, String segment, List<String> parameters) {
    Node literal = node.literals.get(segment);
    if (literal != null) {
      return literal;
    }
    int colon = segment.lastIndexOf(':');
    if (colon < 0) {
      parameters.add(decode(segment));
      return segment.isEmpty() ? null : node.parameter;
    }
    parameters.add(decode(segment.substring(0, colon)));
    return node.verbs.get(segment.substring(colon + 1));
  }

  /** The server has checked that two hexadecimal digits follow each percent sign. */
  private static String decode(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    ByteBuffer bytes = ByteBuffer.allocate(segment.length() * 3);
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c != '%') {
        bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      bytes.put((byte) Integer.parseInt(segment, i + 1, i + 3, HEX));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw Problem.invalid("path", "expected UTF-8 behind its percent signs");
    }
  }
}
