package io.perdure.api.scf.action;

import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.api.scf.wire.Args;
import io.perdure.api.scf.wire.Field;
import io.perdure.api.scf.wire.ScfError;
import io.perdure.api.scf.wire.Shape;
import io.perdure.invocation.Route;
import io.perdure.invocation.RouteMatch;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** {@code RoutingConfig}: which versions an alias leads to besides its own. */
final class Routing {
  private static final String WEIGHTS = "AdditionalVersionWeights";
  private static final String MATCHES = "AddtionVersionMatchs"; // so spelled by the cloud
  private static final int WEIGHTS_MAX = 1;
  private static final int MATCHES_MAX = 10;

  /** In front of the name of a value in the routing key. */
  private static final String KEY = "invoke.headers.";

  private static final Field VERSION =
      Field.text("Version").required().code("RoutingConfig").length(1, 64);

  static final Field FIELD =
      Field.object(
          "RoutingConfig",
          Shape.of(
              Field.objects(
                  WEIGHTS,
                  Shape.of(
                      VERSION.code(WEIGHTS),
                      Field.decimal("Weight")
                          .required()
                          .code(WEIGHTS)
                          .check(
                              weight -> weight.doubleValue() >= 0 && weight.doubleValue() <= 1,
                              "expected 0 to 1"))),
              Field.objects(
                  MATCHES,
                  Shape.of(
                      VERSION,
                      Field.text("Key")
                          .required()
                          .code("RoutingConfig")
                          .matching(
                              Pattern.compile("invoke\\.headers\\..{1,100}"),
                              "expected invoke.headers. and the name of a value"),
                      Field.text("Method").required().code("RoutingConfig").oneOf("range", "exact"),
                      Field.text("Expression").required().code("RoutingConfig").length(1, 256)))));

  private Routing() {}

  /**
   * Where an alias leads.
   *
   * @param version its own
   * @param config arguments of {@link #FIELD}; null to leave the rest as {@code now} has it
   * @param now the present route, or null
   */
  static Route route(String version, Args config, Route now) {
    if (config == null) {
      return now == null ? Route.to(version) : new Route(version, now.weights(), now.matches());
    }
    return new Route(version, weights(config.objects(WEIGHTS)), matches(config.objects(MATCHES)));
  }

  private static Map<String, Double> weights(List<Args> given) {
    if (given.size() > WEIGHTS_MAX) {
      throw ScfError.invalidValue(
          "InvalidParameterValue." + WEIGHTS,
          FIELD.name() + "." + WEIGHTS,
          "expected at most " + WEIGHTS_MAX);
    }
    Map<String, Double> weights = new HashMap<>();
    given.forEach(one -> weights.put(one.text("Version"), one.decimal("Weight", 0)));
    return weights;
  }

  private static List<RouteMatch> matches(List<Args> given) {
    if (given.size() > MATCHES_MAX) {
      throw invalid(MATCHES, "expected at most " + MATCHES_MAX);
    }
    List<RouteMatch> matches = given.stream().map(Routing::match).toList();
    for (int i = 0; i < matches.size(); i++) {
      if (!matches.get(i).understood()) {
        throw invalid(
            MATCHES + "." + i + ".Expression", "expected a range of integers, (a,b) or [a,b]");
      }
    }
    return matches;
  }

  private static RouteMatch match(Args given) {
    return new RouteMatch(
        given.text("Version"),
        given.text("Key").substring(KEY.length()),
        RouteMatch.Method.valueOf(given.text("Method").toUpperCase(Locale.ROOT)),
        given.text("Expression"));
  }

  private static ScfError invalid(String parameter, String expected) {
    return ScfError.invalidValue(
        "InvalidParameterValue.RoutingConfig", FIELD.name() + "." + parameter, expected);
  }

  /** Writes it as a member. */
  static void write(JsonGenerator json, Route route) throws IOException {
    json.writeObjectFieldStart(FIELD.name());
    json.writeArrayFieldStart(WEIGHTS);
    for (Map.Entry<String, Double> share : new TreeMap<>(route.weights()).entrySet()) {
      json.writeStartObject();
      json.writeStringField("Version", Qualifiers.shown(share.getKey()));
      json.writeNumberField("Weight", share.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart(MATCHES);
    for (RouteMatch match : route.matches()) {
      json.writeStartObject();
      json.writeStringField("Version", Qualifiers.shown(match.version()));
      json.writeStringField("Key", KEY + match.key());
      json.writeStringField("Method", match.method().name().toLowerCase(Locale.ROOT));
      json.writeStringField("Expression", match.expression());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
