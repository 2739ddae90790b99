package io.perdure.runtime.managed.custom;

import io.perdure.invocation.RunError;
import io.perdure.runtime.BoundedBody;
import io.perdure.runtime.Call;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.util.Map;
import java.util.Optional;

/** What a program that serves HTTP expects, and how its answers are to be read. */
interface HttpDialect {
  /** Variables that tell it the port. */
  Map<String, String> environment(int port);

  /** The request that hands a call over. */
  Target invoke(Call call);

  /** The request that has to succeed before the first call. */
  Optional<Target> initialize();

  /** The request before it is ended. */
  Optional<Target> preStop();

  /** Empty when the answer to a request is a success. */
  Optional<RunError> failure(HttpReply reply);

  /** A request without its body. */
  record Target(HttpMethod method, String path, MultiMap headers) {}

  /**
   * An answer.
   *
   * @param fcStatus the header x-fc-status, or null
   */
  record HttpReply(int status, String fcStatus, BoundedBody body) {}
}
