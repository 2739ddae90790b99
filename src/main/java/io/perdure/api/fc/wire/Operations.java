package io.perdure.api.fc.wire;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the operation that a request asks for. Immutable; any thread. */
public final class Operations {
  private static final int SEGMENTS_MAX = 16;
  private static final int SHOWN_MAX = 200;

  /** By generation, then by method and number of segments. */
  private final Map<Generation, Map<String, List<Entry>>> byShape = new EnumMap<>(Generation.class);

  /** An operation and the segments of its template. */
  private record Entry(Operation operation, List<String> segments) {
    /** How many segments are the same in every path. */
    int literals() {
      int count = 0;
      for (String segment : segments) {
        count += isParameter(segment) ? 0 : 1;
      }
      return count;
    }
  }

  /**
   * What was found.
   *
   * @param path parameters of the path by name, decoded
   */
  public record Match(Generation generation, Operation operation, Map<String, String> path) {}

  /** Of {@code operations}; two of one shape are told apart by their literal segments. */
  public Operations(Collection<Operation> operations) {
    for (Generation generation : Generation.values()) {
      Map<String, List<Entry>> shapes = new HashMap<>();
      byShape.put(generation, shapes);
      for (Operation operation : operations) {
        if (operation.generations().contains(generation)) {
          List<String> segments = operation.segments();
          shapes
              .computeIfAbsent(shape(operation.method(), segments.size()), s -> new ArrayList<>())
              .add(new Entry(operation, segments));
        }
      }
      shapes.values().forEach(list -> list.sort((a, b) -> b.literals() - a.literals()));
    }
  }

  /** True when the path is one of this API, known or not. */
  public static boolean owns(String rawPath) {
    for (Generation generation : Generation.values()) {
      String segment = generation.segment();
      if (rawPath.startsWith(segment, 1)
          && (rawPath.length() == segment.length() + 1
              || rawPath.charAt(segment.length() + 1) == '/')) {
        return true;
      }
    }
    return false;
  }

  /**
   * The operation for that request.
   *
   * @param method in upper case
   * @param rawPath as on the wire; each segment is decoded once
   * @throws FcError when there is none
   */
  public Match match(String method, String rawPath) {
    String[] segments = rawPath.substring(1).split("/", SEGMENTS_MAX);
    for (Generation generation : Generation.values()) {
      if (!generation.segment().equals(segments[0])) {
        continue;
      }
      for (Entry entry :
          byShape.get(generation).getOrDefault(shape(method, segments.length - 1), List.of())) {
        if (matches(entry.segments(), segments)) {
          return new Match(generation, entry.operation(), parameters(entry.segments(), segments));
        }
      }
    }
    String shown = rawPath.length() > SHOWN_MAX ? rawPath.substring(0, SHOWN_MAX) + "..." : rawPath;
    throw new FcError(
        400, "PathNotSupported", "the operation " + method + " " + shown + " is not supported");
  }

  private static String shape(String method, int segments) {
    return method + ' ' + segments;
  }

  private static boolean matches(List<String> template, String[] path) {
    for (int i = 0; i < template.size(); i++) {
      if (!isParameter(template.get(i)) && !template.get(i).equals(path[i + 1])) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, String> parameters(List<String> template, String[] path) {
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < template.size(); i++) {
      if (isParameter(template.get(i))) {
        String name = template.get(i).substring(1, template.get(i).length() - 1);
        parameters.put(name, Percent.decode(name, path[i + 1]));
      }
    }
    return parameters;
  }

  private static boolean isParameter(String segment) {
    return segment.startsWith("{");
  }
}
