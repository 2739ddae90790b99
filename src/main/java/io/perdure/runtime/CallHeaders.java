package io.perdure.runtime;

import io.perdure.invocation.Function;
import io.perdure.invocation.Function.Flavour;
import io.perdure.invocation.Invocation;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/**
 * Headers by which a function that is called by HTTP learns what it is called for: {@code
 * Perdure-Invocation-Id}, {@code Perdure-Attempt}, {@code Perdure-Function}, {@code
 * Perdure-Namespace}, {@code Perdure-Deadline} (milliseconds since the epoch), and {@code
 * traceparent} when the caller sent one.
 */
public final class CallHeaders {
  private static final CharSequence INVOCATION_ID = optimized("Perdure-Invocation-Id");
  private static final CharSequence ATTEMPT = optimized("Perdure-Attempt");
  private static final CharSequence FUNCTION = optimized("Perdure-Function");
  private static final CharSequence NAMESPACE = optimized("Perdure-Namespace");
  private static final CharSequence DEADLINE = optimized("Perdure-Deadline");
  private static final CharSequence TRACEPARENT = optimized("traceparent");
  private static final CharSequence USER_AGENT = optimized("perdure");

  private CallHeaders() {}

  /** Those of {@code call}; more may be added. */
  public static MultiMap of(Call call) {
    Function function = call.function();
    Invocation invocation = call.invocation();
    MultiMap headers =
        HttpHeaders.headers()
            .add(HttpHeaders.USER_AGENT, USER_AGENT)
            .add(INVOCATION_ID, invocation.id().toString())
            .add(ATTEMPT, Integer.toString(call.attempt()))
            .add(FUNCTION, function.name())
            .add(NAMESPACE, function.namespace())
            .add(DEADLINE, Long.toString(call.deadline()));
    TraceParent.child(invocation.traceparent()).ifPresent(trace -> headers.add(TRACEPARENT, trace));
    return headers;
  }

  /**
   * What the function knows as the request's id: for Function Compute that which its record shows,
   * its caller's own one if there is one; else the one id there is. A caller may have chosen what
   * no header can hold: then it is not used.
   */
  public static String requestId(Call call) {
    Invocation invocation = call.invocation();
    Flavour flavour = call.function().flavour();
    boolean fc =
        flavour == Flavour.FC2
            || flavour == Flavour.FC3
            || invocation.origin() == Invocation.Origin.FC;
    return fc && printable(invocation.requestId())
        ? invocation.requestId()
        : invocation.id().toString();
  }

  /** A time limit as the vendors' headers have it: whole seconds, begun ones count. */
  public static String seconds(long millis) {
    return Long.toString((millis + 999) / 1000);
  }

  private static boolean printable(String text) {
    return text != null && !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127);
  }

  private static CharSequence optimized(String text) {
    return HttpHeaders.createOptimized(text);
  }
}
