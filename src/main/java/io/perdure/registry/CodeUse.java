package io.perdure.registry;

import io.perdure.invocation.CodeRef;
import io.perdure.invocation.Function;
import io.perdure.invocation.RuntimeSpec.Managed;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many functions and versions refer to each code package. Read from any thread; changed by the
 * registry's writer alone.
 */
final class CodeUse {
  private record Owned(String account, String sha256) {}

  private final Map<String, Integer> all = new ConcurrentHashMap<>();
  private final Map<Owned, Integer> byAccount = new ConcurrentHashMap<>();

  boolean uses(String sha256) {
    return all.containsKey(sha256);
  }

  boolean uses(String account, String sha256) {
    return byAccount.containsKey(new Owned(account, sha256));
  }

  /**
   * {@code after} stands where {@code before} stood; either may be null. What both refer to is
   * never seen as unused in between.
   */
  void replace(Function before, Function after) {
    CodeRef gone = codeOf(before);
    CodeRef come = codeOf(after);
    if (come != null) {
      all.merge(come.sha256(), 1, Integer::sum);
      byAccount.merge(new Owned(after.account(), come.sha256()), 1, Integer::sum);
    }
    if (gone != null) {
      all.computeIfPresent(gone.sha256(), CodeUse::less);
      byAccount.computeIfPresent(new Owned(before.account(), gone.sha256()), CodeUse::less);
    }
  }

  void become(CodeUse other) {
    Registry.become(all, other.all);
    Registry.become(byAccount, other.byAccount);
  }

  private static <K> Integer less(K key, int count) {
    return count == 1 ? null : Integer.valueOf(count - 1);
  }

  private static CodeRef codeOf(Function function) {
    return function != null && function.runtime() instanceof Managed managed
        ? managed.code()
        : null;
  }
}
