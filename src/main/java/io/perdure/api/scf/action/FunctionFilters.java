package io.perdure.api.scf.action;

import com.fasterxml.jackson.databind.JsonNode;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.invocation.Function;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Which functions ListFunctions shows, and in which order (spec tencent-scf, 4 and 5.3). */
final class FunctionFilters {
  private static final int FILTERS_MAX = 10;
  private static final int VALUES_MAX = 20;
  private static final String TAG = "tag-";

  /** What a function has of that name; more than one for lists. */
  private interface Values extends java.util.function.Function<ScfFunction, Stream<String>> {}

  /** Filters that take one value. */
  private static final Map<String, Values> BY_ONE =
      Map.of(
          "VpcId", kept("VpcConfig", "VpcId"),
          "SubnetId", kept("VpcConfig", "SubnetId"),
          "ClsTopicId", kept("ClsTopicId"),
          "ClsLogsetId", kept("ClsLogsetId"),
          "Role", kept("Role"),
          "CfsId", kept("CfsConfig", "CfsInsList", "CfsId"),
          "CfsMountInsId", kept("CfsConfig", "CfsInsList", "MountInsId"),
          "Eip", scf -> Stream.empty()); // no function has one here

  /** Filters that take several. */
  private static final Map<String, Values> BY_SEVERAL =
      Map.of(
          "Status", scf -> Stream.of("Active"),
          "Runtime", scf -> Stream.of(scf.runtimeName()),
          "Type", scf -> Stream.of(scf.type()),
          "PublicNetStatus",
              scf ->
                  scf.kept("PublicNetConfig") == null
                      ? Stream.of("ENABLE")
                      : kept("PublicNetConfig", "PublicNetStatus").apply(scf),
          "AsyncRunEnable", scf -> Stream.of(ScfFunction.flag(scf.asyncRun())),
          "TraceEnable", scf -> Stream.of(ScfFunction.flag(scf.trace())),
          "Stamp", scf -> Stream.empty()); // of what the cloud itself makes for its customers

  private FunctionFilters() {}

  private static Values kept(String... path) {
    return scf -> {
      Stream<JsonNode> found = Stream.ofNullable(scf.kept(path[0]));
      for (int i = 1; i < path.length; i++) {
        String name = path[i];
        found =
            found.flatMap(FunctionFilters::elements).flatMap(n -> Stream.ofNullable(n.get(name)));
      }
      return found.filter(JsonNode::isTextual).map(JsonNode::textValue);
    };
  }

  private static Stream<JsonNode> elements(JsonNode node) {
    return node.isArray() ? node.valueStream() : Stream.of(node);
  }

  /** All that the arguments of ListFunctions ask for together. */
  static Predicate<Function> of(Args args) {
    Predicate<Function> like = function -> true;
    String name = args.text("SearchKey", "");
    if (!name.isEmpty()) {
      like = like.and(function -> function.name().contains(name));
    }
    String description = args.text("Description", "");
    if (!description.isEmpty()) {
      like = like.and(function -> function.about().description().contains(description));
    }
    List<Args> filters = args.objects("Filters");
    if (filters.size() > FILTERS_MAX) {
      throw ScfError.invalidValue("Filters", "expected at most " + FILTERS_MAX);
    }
    for (int i = 0; i < filters.size(); i++) {
      like = like.and(filter(filters.get(i), "Filters." + i));
    }
    return like;
  }

  private static Predicate<Function> filter(Args filter, String parameter) {
    String name = filter.text("Name");
    Set<String> wanted = new HashSet<>(filter.texts("Values"));
    boolean one = BY_ONE.containsKey(name);
    int most = one ? 1 : VALUES_MAX;
    if (wanted.isEmpty() || wanted.size() > most) {
      throw ScfError.invalidValue(
          parameter + ".Values", "expected " + (one ? "one" : "1 to " + most) + " for " + name);
    }
    if (name.startsWith(TAG)) {
      String key = name.substring(TAG.length());
      return function -> wanted.contains(function.about().tags().get(key));
    }
    Values values = one ? BY_ONE.get(name) : BY_SEVERAL.get(name);
    if (values == null) {
      throw ScfError.invalidValue(
          parameter + ".Name",
          "expected one of "
              + String.join(", ", BY_ONE.keySet())
              + ", "
              + String.join(", ", BY_SEVERAL.keySet())
              + ", or tag- and the key of a tag");
    }
    return function -> values.apply(ScfFunction.of(function)).anyMatch(wanted::contains);
  }

  /** The order asked for; the latest come first unless something else is. */
  static Comparator<Function> order(Args args) {
    Comparator<Function> order =
        switch (args.text("Orderby", "AddTime")) {
          case "FunctionName" -> Comparator.comparing(Function::name);
          case "ModTime" -> Comparator.comparingLong(Function::modifiedAt);
          default -> Comparator.comparingLong(Function::createdAt);
        };
    // What is equal is told apart in the same direction, so that a list turned round is turned.
    order = order.thenComparingLong(Function::uid);
    return Paging.descending(args, true) ? order.reversed() : order;
  }
}
