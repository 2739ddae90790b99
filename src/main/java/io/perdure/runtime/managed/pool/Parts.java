package io.perdure.runtime.managed.pool;

import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec.Language;
import io.perdure.invocation.RuntimeSpec.Managed;
import io.perdure.runtime.managed.CodeDirectories;
import io.perdure.runtime.managed.Conversations;
import io.perdure.runtime.managed.Conversations.Blueprint;
import io.perdure.runtime.managed.Processes;
import io.perdure.runtime.managed.Processes.Limits;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What instances are made of.
 *
 * @param conversations by language; one may serve several
 * @param environment the variables of the conventions and of the function
 * @param limits what an instance of a function may use
 */
public record Parts(
    CodeDirectories codes,
    Processes processes,
    Map<Language, Conversations> conversations,
    Environment environment,
    LimitsOf limits) {
  public Parts {
    conversations = Map.copyOf(conversations);
  }

  /** What a process finds in its environment, besides what its conversation needs. */
  public interface Environment {
    /** All of it: the function's own variables among them. */
    Map<String, String> of(Blueprint blueprint);
  }

  /** What an instance may use. */
  public interface LimitsOf {
    /** Of a function. */
    Limits of(Function function, Managed spec);
  }

  /** Closes them, processes first: nobody is left to call when the others go. */
  public Future<Void> close() {
    Set<Conversations> each = java.util.Collections.newSetFromMap(new IdentityHashMap<>());
    each.addAll(conversations.values());
    return processes
        .close()
        .eventually(
            () -> {
              List<Future<Void>> closing = new ArrayList<>();
              each.forEach(one -> closing.add(one.close()));
              closing.add(codes.close());
              return Future.join(closing);
            })
        .eventually(processes::leave);
  }
}
