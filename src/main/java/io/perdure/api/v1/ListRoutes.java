package io.perdure.api.v1;

import io.perdure.api.JsonOut;
import io.perdure.api.Problem;
import io.perdure.bus.Criteria;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.Status;
import io.perdure.router.InvocationQuery;
import io.perdure.router.ListPage;
import io.perdure.router.Router;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Lists and counts of invocations, of a function or of the account. */
final class ListRoutes {
  private static final String OF_FUNCTION =
      "/v1/namespaces/{namespace}/functions/{function}/invocations";
  private static final String OF_ACCOUNT = "/v1/invocations";
  private static final String[] FILTER = {
    "status", "qualifier", "label", "from", "to", "origin", "mode", "endedFrom", "endedTo", "prefix"
  };
  private static final String[] LIST = {
    "status",
    "qualifier",
    "label",
    "from",
    "to",
    "origin",
    "mode",
    "endedFrom",
    "endedTo",
    "prefix",
    "order",
    "limit",
    "cursor"
  };
  private static final int BYTES = 1_024;

  private final Router router;

  ListRoutes(Router router) {
    this.router = router;
  }

  void addTo(RouteTable table) {
    table
        .add(HttpMethod.GET, OF_FUNCTION, "listFunctionInvocations", call -> list(call, true))
        .add(
            HttpMethod.GET,
            OF_FUNCTION + ":count",
            "countFunctionInvocations",
            call -> count(call, true))
        .add(HttpMethod.GET, OF_ACCOUNT, "listInvocations", call -> list(call, false))
        .add(HttpMethod.GET, OF_ACCOUNT + ":count", "countInvocations", call -> count(call, false));
  }

  private Future<?> list(Call call, boolean ofFunction) {
    Query query = call.query(LIST);
    InvocationQuery filter = filter(call, query, ofFunction);
    boolean descending = descending(query.text("order"));
    int limit = query.integer("limit", NamespaceRoutes.LIMIT_DEFAULT, 1, Router.LIMIT_MAX);
    return router
        .list(filter, descending, limit, query.text("cursor"))
        .compose(page -> call.reply(200, page(page)));
  }

  private Buffer page(ListPage page) {
    return JsonOut.object(
        BYTES * Math.max(1, page.invocations().size()),
        json -> {
          json.writeArrayFieldStart("invocations");
          for (Invocation invocation : page.invocations()) {
            json.writeStartObject();
            InvocationJson.write(json, invocation, router.whyAtOnce(invocation));
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeStringField("cursor", page.cursor());
        });
  }

  private Future<?> count(Call call, boolean ofFunction) {
    InvocationQuery filter = filter(call, call.query(FILTER), ofFunction);
    return router.count(filter).compose(counts -> call.reply(200, counts(counts)));
  }

  private static Buffer counts(Map<Status, Long> counts) {
    return JsonOut.object(
        256,
        json -> {
          json.writeNumberField("count", counts.values().stream().mapToLong(Long::longValue).sum());
          json.writeObjectFieldStart("byStatus");
          for (Status status : Status.values()) {
            if (counts.containsKey(status)) {
              json.writeNumberField(status.name(), counts.get(status));
            }
          }
          json.writeEndObject();
        });
  }

  private static InvocationQuery filter(Call call, Query query, boolean ofFunction) {
    long from = query.time("from", 0);
    long to = query.time("to", Long.MAX_VALUE);
    if (to <= from) {
      throw Problem.invalid("to", "expected a time after from");
    }
    Criteria criteria =
        Criteria.ANY
            .withQualifier(query.text("qualifier"))
            .withStatuses(named("status", query.all("status"), Status.class))
            .withOrigins(named("origin", query.all("origin"), Invocation.Origin.class))
            .withMode(mode(query.text("mode")))
            .withLabels(labels(query.all("label")))
            .withPrefix(query.text("prefix"))
            .acceptedWithin(from, to);
    return new InvocationQuery(
        call.account().id(),
        ofFunction ? call.namespace() : null,
        ofFunction ? call.function() : null,
        ended(criteria, query));
  }

  private static Criteria ended(Criteria criteria, Query query) {
    long from = query.time("endedFrom", -1);
    long to = query.time("endedTo", Long.MAX_VALUE);
    if (from == -1 && to == Long.MAX_VALUE) {
      return criteria; // what has not ended, too
    }
    if (to <= from) {
      throw Problem.invalid("endedTo", "expected a time after endedFrom");
    }
    return criteria.endedWithin(from, to);
  }

  private static Invocation.Mode mode(String name) {
    List<String> names = name == null ? List.of() : List.of(name);
    Set<Invocation.Mode> modes = named("mode", names, Invocation.Mode.class);
    if (modes.size() > 1) {
      throw Problem.invalid("mode", "expected one, or none for both");
    }
    return modes.isEmpty() ? null : modes.iterator().next();
  }

  /** In either case, repeated or separated by commas. */
  private static <E extends Enum<E>> Set<E> named(
      String parameter, List<String> values, Class<E> type) {
    Set<E> found = EnumSet.noneOf(type);
    for (String value : values) {
      for (String name : value.split(",", -1)) {
        try {
          found.add(Enum.valueOf(type, name.strip().toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
          throw Problem.invalid(
              parameter, "expected some of " + Arrays.toString(type.getEnumConstants()));
        }
      }
    }
    return found;
  }

  private static Map<String, String> labels(List<String> values) {
    Map<String, String> labels = new HashMap<>();
    for (String value : values) {
      int equals = value.indexOf('=');
      if (equals < 1) {
        throw Problem.invalid("label", "expected name=value");
      }
      String name = value.substring(0, equals);
      if (labels.put(name, value.substring(equals + 1)) != null) {
        throw Problem.invalid("label", "expected each name once");
      }
    }
    return labels;
  }

  static boolean descending(String order) {
    if (order == null || order.equals("desc")) {
      return true;
    }
    if (order.equals("asc")) {
      return false;
    }
    throw Problem.invalid("order", "expected asc (oldest first) or desc (newest first)");
  }
}
