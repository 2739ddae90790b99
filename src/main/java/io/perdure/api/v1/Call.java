package io.perdure.api.v1;

import io.perdure.api.Problem;
import io.perdure.api.ProblemException;
import io.perdure.api.Replies;
import io.perdure.api.auth.Account;
import io.perdure.api.auth.Accounts;
import io.perdure.invocation.Failure;
import io.perdure.invocation.FailureException;
import io.perdure.invocation.InvocationId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

/**
 * One request whose caller is known.
 *
 * @param parameters of the path, decoded, in its order
 */
record Call(HttpServerRequest request, Account account, String requestId, List<String> parameters) {
  HttpServerResponse response() {
    return request.response();
  }

  /** Name of the namespace in the path. */
  String namespace() {
    return parameters.get(0);
  }

  /** Name of the function in the path. */
  String function() {
    return parameters.get(1);
  }

  /** The invocation in the path; what cannot be an id of ours was never given out. */
  InvocationId invocation() {
    String text = parameters.get(0);
    return InvocationId.parse(text)
        .orElseThrow(
            () -> new FailureException(new Failure.NotFound("invocation", shortened(text))));
  }

  /** The query parameters, of which only {@code known} ones may be there. */
  Query query(String... known) {
    return Query.of(request, known);
  }

  /** Refuses every query parameter. */
  void noQuery() {
    query();
  }

  /** Refuses everybody but the operator, who is the first of {@code accounts}. */
  void checkOperator(Accounts accounts) {
    if (!account.id().equals(accounts.all().get(0).id())) {
      throw new ProblemException(
          Problem.of(
              403, "forbidden", "Not allowed", "only the first account of the accounts file may"));
    }
  }

  Future<Void> reply(int status, Buffer json) {
    Replies.json(request, status, json);
    return Future.succeededFuture();
  }

  Future<Void> noContent() {
    response().setStatusCode(204);
    Replies.end(request, null);
    return Future.succeededFuture();
  }

  /** A problem for a state in which what was asked for cannot be. */
  static <T> Future<T> conflict(String message) {
    return Future.failedFuture(new FailureException(new Failure.Conflict(message)));
  }

  static <T> Future<T> problem(Problem problem) {
    return Future.failedFuture(new ProblemException(problem));
  }

  /** For a message. */
  static String shortened(String text) {
    return text.length() > 64 ? text.substring(0, 64) + "..." : text;
  }
}
