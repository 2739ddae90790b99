package io.perdure.api.fc.wire;

import io.perdure.api.Received;
import io.perdure.api.auth.Account;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import java.util.Map;

/**
 * A request whose caller is known.
 *
 * @param account whose it is
 * @param region of this node
 * @param requestId of the answer, unless the reply has one of its own
 * @param givenRequestId the caller's own id of the request, or null
 * @param host where the caller reached this node, for links; null when it did not say
 * @param path parameters of the path by name, decoded
 */
public record FcCall(
    Account account,
    String region,
    Generation generation,
    Operation operation,
    String requestId,
    String givenRequestId,
    String host,
    Map<String, String> path,
    Query query,
    Received received) {

  /** Parameter of the path that names a service. */
  public static final String SERVICE = "serviceName";

  /** Parameter of the path that names a function. */
  public static final String FUNCTION = "functionName";

  /** The header's value; null when it is absent. */
  public String header(String name) {
    return received.header(name);
  }

  /** The body as an object of JSON; an empty one when there is no body. */
  public Props body() {
    return Props.read(received.body());
  }

  /**
   * The same, when its path names no service that nobody can have: what is in that namespace has no
   * service.
   *
   * @throws FcError when it does
   */
  public FcCall reachable() {
    if (generation.hasServices() && target().namespace().equals(Function.FC3_NAMESPACE)) {
      throw Missing.service(Function.FC3_NAMESPACE);
    }
    return this;
  }

  /**
   * What the path leads to. The qualifier is that of the path, {@code service.qualifier}, else the
   * parameter; the ways to say that the latest is meant are null.
   */
  public Target target() {
    String qualifier = qualifier();
    String service = path.getOrDefault(SERVICE, "");
    int dot = service.indexOf('.');
    return new Target(
        generation.hasServices()
            ? service.substring(0, dot < 0 ? service.length() : dot)
            : Function.FC3_NAMESPACE,
        path.get(FUNCTION),
        Functions.isLatest(qualifier) ? null : qualifier);
  }

  /** The qualifier as the caller wrote it; null when there is none. */
  public String qualifier() {
    String service = generation.hasServices() ? path.getOrDefault(SERVICE, "") : "";
    int dot = service.indexOf('.');
    String inPath = dot < 0 ? "" : service.substring(dot + 1);
    return inPath.isEmpty() ? query.text("qualifier") : inPath;
  }
}
