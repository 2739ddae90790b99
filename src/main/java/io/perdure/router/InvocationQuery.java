package io.perdure.router;

import io.perdure.invocation.Status;
import java.util.Map;
import java.util.Set;

/**
 * Which invocations to list or count.
 *
 * @param namespace of the function, or null with {@code function} for all of the account
 * @param function name of the function, or null
 * @param qualifier as it was submitted with, null for any
 * @param statuses empty for any
 * @param labels all must match; empty for any
 * @param from earliest acceptance in milliseconds since the epoch, inclusive; 0 for none
 * @param to latest acceptance, exclusive; {@link Long#MAX_VALUE} for none
 */
public record InvocationQuery(
    String account,
    String namespace,
    String function,
    String qualifier,
    Set<Status> statuses,
    Map<String, String> labels,
    long from,
    long to) {

  /** Of any qualifier. */
  public InvocationQuery(
      String account,
      String namespace,
      String function,
      Set<Status> statuses,
      Map<String, String> labels,
      long from,
      long to) {
    this(account, namespace, function, null, statuses, labels, from, to);
  }
}
