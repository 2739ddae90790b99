package io.perdure.router;

import io.perdure.invocation.About;
import io.perdure.invocation.AsyncSettings;
import io.perdure.invocation.Function;
import io.perdure.invocation.Functions;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.RetentionPolicy;
import io.perdure.invocation.RetryPolicy;
import io.perdure.invocation.RuntimeSpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Functions that a test names. */
public final class KnownFunctions implements Functions {
  private final Map<Long, Function> byUid = new ConcurrentHashMap<>();
  private final Map<Long, AsyncSettings> settings = new ConcurrentHashMap<>();
  private final Set<String> qualifiers = ConcurrentHashMap.newKeySet();

  /** A function of {@code account} in namespace {@code default}. */
  public Function add(long uid, String account, String name) {
    return add(uid, account, name, Function.Flavour.NATIVE);
  }

  /** A function that a certain dialect made. */
  public Function add(long uid, String account, String name, Function.Flavour flavour) {
    return put(
        new Function(
            uid,
            account,
            "default",
            name,
            flavour,
            Invocation.LATEST,
            About.NOTHING,
            new RuntimeSpec.EventBus("perdure.fn.default." + name),
            60_000,
            4,
            RetryPolicy.of(3, 1_000, 60_000),
            0,
            RetentionPolicy.DEFAULT,
            null,
            0,
            0,
            1));
  }

  /** Adds or replaces. */
  public Function put(Function function) {
    byUid.put(function.uid(), function);
    return function;
  }

  /** Every function has that version or alias from now on. */
  public void addQualifier(String qualifier) {
    qualifiers.add(qualifier);
  }

  /** No function has it any more. */
  public void removeQualifier(String qualifier) {
    qualifiers.remove(qualifier);
  }

  /** Deletes. */
  public void remove(long uid) {
    byUid.remove(uid);
  }

  /** Gives a function settings, whatever its qualifier. */
  public void settings(long uid, AsyncSettings value) {
    settings.put(uid, value);
  }

  @Override
  public Optional<Function> find(String account, String namespace, String name) {
    return byUid.values().stream()
        .filter(
            f ->
                f.account().equals(account)
                    && f.namespace().equals(namespace)
                    && f.name().equals(name))
        .findFirst();
  }

  @Override
  public Function byUid(long uid) {
    return byUid.get(uid);
  }

  @Override
  public Function byUid(long uid, String qualifier) {
    return byUid(uid);
  }

  @Override
  public Optional<AsyncSettings> settings(long uid, String qualifier) {
    return Optional.ofNullable(settings.get(uid));
  }

  @Override
  public Optional<Function> resolve(Function function, String qualifier, long point) {
    return Functions.isLatest(qualifier) || qualifiers.contains(qualifier)
        ? Optional.of(function)
        : Optional.empty();
  }

  @Override
  public boolean hasNamespace(String account, String namespace) {
    return namespace.equals("default");
  }
}
