package io.perdure.shard;

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

/** The functions a test has made, by uid. Thread-safe. */
final class TestFunctions implements Functions {
  static final String ACCOUNT = "1234567890123456";
  static final long HOUR = 3_600_000;

  /** Three attempts, with pauses of exactly 1 s and 2 s. */
  static final RetryPolicy RETRY = new RetryPolicy(3, 1_000, 60_000, 0, RetryPolicy.NONE.retryOn());

  private final Map<Long, Function> byUid = new ConcurrentHashMap<>();
  private final Set<Long> unheard = ConcurrentHashMap.newKeySet();
  private final Map<Long, AsyncSettings> settings = new ConcurrentHashMap<>();

  /** How a function differs from the usual one. */
  static final class Spec {
    String account = ACCOUNT;
    RetryPolicy retry = RETRY;
    long eventAgeMillis;
    RetentionPolicy retention = new RetentionPolicy(HOUR, 2 * HOUR);
    boolean paused;
    long timeoutMillis = 60_000;
    Function.Flavour flavour = Function.Flavour.NATIVE;

    Spec flavour(Function.Flavour value) {
      flavour = value;
      return this;
    }

    Spec account(String value) {
      account = value;
      return this;
    }

    Spec retry(RetryPolicy value) {
      retry = value;
      return this;
    }

    Spec eventAge(long millis) {
      eventAgeMillis = millis;
      return this;
    }

    Spec timeout(long millis) {
      timeoutMillis = millis;
      return this;
    }

    Spec retention(long succeededMillis, long failedMillis) {
      retention = new RetentionPolicy(succeededMillis, failedMillis);
      return this;
    }

    Spec paused() {
      paused = true;
      return this;
    }
  }

  void put(long uid) {
    put(uid, new Spec());
  }

  void put(long uid, Spec spec) {
    byUid.put(
        uid,
        new Function(
            uid,
            spec.account,
            "default",
            "f" + uid,
            spec.flavour,
            Invocation.LATEST,
            About.NOTHING,
            new RuntimeSpec.EventBus("nobody"),
            spec.timeoutMillis,
            16,
            spec.retry,
            spec.eventAgeMillis,
            spec.retention,
            spec.paused ? new Function.Pause("test", 1) : null,
            1,
            1,
            1));
  }

  void delete(long uid) {
    unheard.remove(uid);
    byUid.remove(uid);
  }

  /** From now on the function is as one that was made on another node a moment ago. */
  void unhear(long uid) {
    byUid.remove(uid);
    unheard.add(uid);
  }

  @Override
  public boolean isDeleted(long uid) {
    return !byUid.containsKey(uid) && !unheard.contains(uid);
  }

  /** Gives a function settings, whatever its qualifier. */
  void settings(long uid, AsyncSettings value) {
    settings.put(uid, value);
  }

  @Override
  public Optional<Function> find(String account, String namespace, String name) {
    return byUid.values().stream()
        .filter(f -> f.account().equals(account) && f.name().equals(name))
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
    return Optional.of(function);
  }

  @Override
  public boolean hasNamespace(String account, String namespace) {
    return true;
  }
}
