package io.perdure.api.fc.operation;

import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.Paging;
import io.perdure.api.fc.wire.Query;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeNames;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which functions ListFunctions shows. The newest generation has filters beyond the prefix of the
 * name; the documents do not say how they compare: names and descriptions by a part of the text,
 * all else as a whole.
 */
final class FunctionFilters {
  private FunctionFilters() {}

  /** All that the query of {@code call} asks for together. */
  static Predicate<Function> of(FcCall call, Paging paging) {
    Predicate<Function> like = function -> true;
    if (paging.prefix() != null) {
      like = like.and(function -> function.name().startsWith(paging.prefix()));
    }
    if (paging.after() != null) {
      like = like.and(function -> function.name().compareTo(paging.after()) > 0);
    }
    return call.generation().hasServices() ? like : like.and(newest(call.query()));
  }

  private static Predicate<Function> newest(Query query) {
    Predicate<Function> like = function -> true;
    String name = query.text("functionName");
    if (name != null) {
      like = like.and(function -> function.name().contains(name));
    }
    String description = query.text("description");
    if (description != null) {
      like = like.and(function -> function.about().description().contains(description));
    }
    String runtime = query.text("runtime");
    if (runtime != null) {
      String normal = RuntimeNames.normal(runtime);
      like =
          like.and(
              function ->
                  RuntimeNames.normal(FcFunction.of(function).runtimeName()).equals(normal));
    }
    Map<String, String> tags = Tags.wanted(query.text("tags"));
    if (!tags.isEmpty()) {
      like = like.and(function -> hasAll(function, tags));
    }
    String gpu = query.text("gpuType");
    if (gpu != null) {
      like = like.and(f -> gpu.equals(FcFunction.of(f).kept().at("/gpuConfig/gpuType").asText()));
    }
    String group = query.text("resourceGroupId");
    if (group != null) {
      like = like.and(f -> group.equals(FcFunction.of(f).kept().path("resourceGroupId").asText()));
    }
    // Those of services are listed with their services only.
    return "v2".equals(query.oneOf("fcVersion", List.of("v2", "v3"))) ? function -> false : like;
  }

  /** A tag without a value stands for the key with any. */
  private static boolean hasAll(Function function, Map<String, String> tags) {
    return tags.entrySet().stream()
        .allMatch(
            tag -> {
              String value = function.about().tags().get(tag.getKey());
              return value != null && (tag.getValue().isEmpty() || tag.getValue().equals(value));
            });
  }
}
