package io.perdure.api.fc.operation;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.fc.wire.FcCall;
import io.perdure.api.fc.wire.FcError;
import io.perdure.api.fc.wire.FcReply;
import io.perdure.api.fc.wire.Generation;
import io.perdure.api.fc.wire.Operation;
import io.perdure.api.fc.wire.Page;
import io.perdure.api.fc.wire.Paging;
import io.perdure.api.fc.wire.Props;
import io.perdure.api.fc.wire.Target;
import io.perdure.bus.Bus;
import io.perdure.router.FunctionSearch;
import io.perdure.router.Router;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tags of services and functions: one resource at a time in the older generations, several in the
 * newest.
 */
public final class TagOperations {
  private static final String ARN = "resourceArn";
  private static final String TAGS = "tags";
  private static final String TAG = "Tag";
  private static final String KEYS = "tagKeys";
  private static final String IDS = "ResourceId";
  private static final String TYPE = "ResourceType";

  /** Most tags, or keys, of a request. */
  private static final int TAGS_MAX = 20;

  /** Most resources of a request. */
  private static final int RESOURCES_MAX = 50;

  private static final String FUNCTION_TYPE = "ALIYUN::FC::FUNCTION";
  private static final String SERVICE_TYPE = "ALIYUN::FC::SERVICE";
  private static final Set<String> TYPES =
      Set.of("function", "service", FUNCTION_TYPE, SERVICE_TYPE);

  private final Tagged tagged;

  /**
   * Operations over {@code bus} on the functions that {@code router} finds.
   *
   * @param search finds functions for lists
   */
  public TagOperations(Bus bus, Router router, FunctionSearch search) {
    this.tagged = new Tagged(bus, router, search);
  }

  /** All of them. */
  public Stream<Operation> all() {
    Set<Generation> older = Set.of(Generation.V1, Generation.V2);
    Set<Generation> v3 = Set.of(Generation.V3);
    return Stream.of(
        Operation.of("TagResource", "POST /tag", older, this::tagOne),
        Operation.of("UntagResource", "DELETE /tag", Set.of(Generation.V1), this::untagOne),
        Operation.of("UntagResource", "PUT /tag", Set.of(Generation.V2), this::untagOne),
        Operation.of("GetResourceTags", "GET /tag", older, this::get),
        Operation.of("ListTaggedResources", "GET /tags", older, this::listTagged),
        Operation.of("TagResources", "POST /tags-v2", v3, this::tag),
        Operation.of("UntagResources", "DELETE /tags-v2", v3, this::untag),
        Operation.of("ListTagResources", "GET /tags-v2", v3, this::list));
  }

  private Future<FcReply> tagOne(FcCall call) {
    Props body = call.body();
    Target resource = resource(call, ARN, body.requireText(ARN));
    Map<String, String> tags = body.map(TAGS);
    requireCount(TAGS, tags == null ? 0 : tags.size());
    return tagged.change(call, List.of(resource), now -> plus(now, tags)).map(done -> done(call));
  }

  private Future<FcReply> untagOne(FcCall call) {
    Props body = call.body();
    Target resource = resource(call, ARN, body.requireText(ARN));
    boolean all = Boolean.TRUE.equals(body.flag("all"));
    List<String> keys = body.texts(KEYS);
    if (!all) {
      requireCount(KEYS, keys == null ? 0 : keys.size());
    }
    return tagged
        .change(call, List.of(resource), now -> all ? Map.of() : minus(now, keys))
        .map(done -> done(call));
  }

  private Future<FcReply> tag(FcCall call) {
    Props body = call.body();
    requireType(body.text(TYPE));
    List<Target> resources = resources(call, body.texts(IDS));
    Map<String, String> tags = new LinkedHashMap<>();
    List<Props> given = body.objects(TAG);
    for (Props one : given == null ? List.<Props>of() : given) {
      String value = one.text("Value");
      tags.put(one.requireText("Key"), value == null ? "" : value);
    }
    requireCount(TAG, tags.size());
    return tagged.change(call, resources, now -> plus(now, tags)).map(done -> done(call));
  }

  private Future<FcReply> untag(FcCall call) {
    requireType(call.query().text(TYPE));
    List<Target> resources = resources(call, Texts.of(call.query(), IDS));
    boolean all = call.query().flag("All", false);
    List<String> keys = Texts.of(call.query(), "TagKey");
    if (!all) {
      requireCount("TagKey", keys.size());
    }
    return tagged
        .change(call, resources, now -> all ? Map.of() : minus(now, keys))
        .map(done -> FcReply.NO_CONTENT);
  }

  private static Map<String, String> plus(Map<String, String> now, Map<String, String> more) {
    Map<String, String> tags = new LinkedHashMap<>(now);
    tags.putAll(more);
    return tags;
  }

  private static Map<String, String> minus(Map<String, String> now, List<String> keys) {
    Map<String, String> tags = new LinkedHashMap<>(now);
    tags.keySet().removeAll(keys);
    return tags;
  }

  /** A body, though there is nothing to tell: an older client reads one of every answer. */
  private static FcReply done(FcCall call) {
    return FcReply.json(json -> json.writeStringField("requestId", call.requestId()));
  }

  private Future<FcReply> get(FcCall call) {
    String name = call.query().text(ARN);
    if (name == null) {
      throw FcError.invalid(ARN, "it to be given");
    }
    return tagged
        .get(call, resource(call, ARN, name))
        .map(
            found ->
                FcReply.json(
                    json -> {
                      json.writeStringField(ARN, found.arn());
                      write(json, found.tags());
                    }));
  }

  private static void write(JsonGenerator json, Map<String, String> tags) throws IOException {
    json.writeObjectFieldStart(TAGS);
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      json.writeStringField(tag.getKey(), tag.getValue());
    }
    json.writeEndObject();
  }

  /** Services and functions in them that have tags, by name. */
  private Future<FcReply> listTagged(FcCall call) {
    Paging paging = Paging.of(call.query());
    return tagged
        .all(call)
        .map(
            all -> {
              List<Tagged.Resource> behind =
                  all.stream().filter(each -> isBehind(paging, each.arn())).toList();
              return Page.first(behind, paging.limit(), Tagged.Resource::arn)
                  .reply(
                      "resources",
                      (json, each) -> {
                        json.writeStringField(ARN, each.arn());
                        write(json, each.tags());
                      });
            });
  }

  private static boolean isBehind(Paging paging, String position) {
    return paging.after() == null || position.compareTo(paging.after()) > 0;
  }

  /** One tag of a resource. */
  private record OneTag(Tagged.Resource resource, String key, String value) {
    /** What the list is ordered by: no name has a blank. */
    String position() {
      return resource.arn() + " " + key;
    }
  }

  /**
   * Each tag by itself, of the functions that are named, or of all, that have the tags asked for.
   */
  private Future<FcReply> list(FcCall call) {
    requireType(call.query().text(TYPE));
    Paging paging = Paging.of(call.query());
    List<String> ids = Texts.of(call.query(), IDS);
    List<Props> wanted = Texts.objects(call.query(), TAG);
    Future<List<Tagged.Resource>> found =
        ids.isEmpty() ? tagged.all(call) : tagged.getAll(call, resources(call, ids));
    return found.map(
        all -> {
          List<OneTag> tags = new ArrayList<>();
          for (Tagged.Resource resource : all) {
            if (hasAll(resource.tags(), wanted)) {
              resource.tags().forEach((key, value) -> tags.add(new OneTag(resource, key, value)));
            }
          }
          return listed(
              call,
              tags.stream()
                  .filter(tag -> isBehind(paging, tag.position()))
                  .sorted(Comparator.comparing(OneTag::position))
                  .toList(),
              paging.limit());
        });
  }

  /** True when a resource has each of these tags; one without a value may have any. */
  private static boolean hasAll(Map<String, String> tags, List<Props> wanted) {
    for (Props one : wanted) {
      String value = one.text("Value");
      String present = tags.get(one.requireText("Key"));
      if (present == null || (value != null && !value.isEmpty() && !value.equals(present))) {
        return false;
      }
    }
    return true;
  }

  private static FcReply listed(FcCall call, List<OneTag> tags, int limit) {
    Page<OneTag> page = Page.first(tags, limit, OneTag::position);
    return FcReply.json(
        json -> {
          page.writeItems(json, "TagResources", TagOperations::write);
          json.writeStringField("NextToken", page.nextToken());
          json.writeStringField("RequestId", call.requestId());
        });
  }

  private static void write(JsonGenerator json, OneTag tag) throws IOException {
    json.writeStringField(IDS, tag.resource().arn());
    json.writeStringField(TYPE, tag.resource().isService() ? SERVICE_TYPE : FUNCTION_TYPE);
    json.writeStringField("TagKey", tag.key());
    json.writeStringField("TagValue", tag.value());
  }

  private static void requireType(String type) {
    if (type != null && TYPES.stream().noneMatch(type::equalsIgnoreCase)) {
      throw FcError.invalid(TYPE, "function or service");
    }
  }

  private static void requireCount(String field, int count) {
    if (count < 1 || count > TAGS_MAX) {
      throw FcError.invalid(field, "1 to " + TAGS_MAX + " tags");
    }
  }

  private static List<Target> resources(FcCall call, List<String> ids) {
    if (ids == null || ids.isEmpty() || ids.size() > RESOURCES_MAX) {
      throw FcError.invalid(IDS, "1 to " + RESOURCES_MAX + " resources");
    }
    return ids.stream().map(id -> resource(call, IDS, id)).toList();
  }

  /** By the whole name, by its last part, or in the newest generation by that of a function. */
  private static Target resource(FcCall call, String field, String name) {
    if (name.startsWith("acs:")) {
      return Arns.parse(call, field, name);
    }
    return Arns.resource(
        field, name.contains("/") || call.generation().hasServices() ? name : "functions/" + name);
  }
}
