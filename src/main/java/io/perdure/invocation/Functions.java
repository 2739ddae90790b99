package io.perdure.invocation;

import java.util.Map;
import java.util.Optional;

/**
 * Read-only view of the functions this node knows, current and safe to call from any thread without
 * blocking. Handed as a port to whoever must look a function up on a hot path.
 */
public interface Functions {
  /** The function of that name, if the account has it. */
  Optional<Function> find(String account, String namespace, String name);

  /** The function with that uid, or null: it has been deleted, or is not known here yet. */
  Function byUid(long uid);

  /**
   * Whether the function with that uid has been deleted for certain. One that is neither known nor
   * deleted was made on another node a moment ago: what concerns it has to wait.
   */
  default boolean isDeleted(long uid) {
    return byUid(uid) == null;
  }

  /** Whether nothing can be said of the function with that uid yet. */
  default boolean isUnheard(long uid) {
    return byUid(uid) == null && !isDeleted(uid);
  }

  /**
   * The function with that uid, under the settings for asynchronous invocations that hang on {@code
   * qualifier}, if there are any; or null once it has been deleted. What retries, event age and
   * retention of an invocation are decided with.
   */
  Function byUid(long uid, String qualifier);

  /**
   * The settings for asynchronous invocations that hang on {@code qualifier} of that function; as
   * far as they are still known, those of a deleted one as well.
   */
  default Optional<AsyncSettings> settings(long uid, String qualifier) {
    return Optional.empty();
  }

  /**
   * What an invocation of {@code function} by {@code qualifier} runs: the version's code,
   * environment and time limit. Empty when there is no such version or alias (any more).
   *
   * @param qualifier {@code LATEST} or {@code $LATEST}, a version's number, or an alias; of the
   *     function, or for one of flavour FC2 of its namespace
   * @param point any number that stays the same for an invocation: chooses between the versions of
   *     an alias with weights
   */
  Optional<Function> resolve(Function function, String qualifier, long point);

  /**
   * The version that the alias {@code qualifier} sends an invocation with this routing key to;
   * empty when none of its matches accepts it, or it has none, or is no alias. Asked once, by
   * whoever submits: all attempts of an invocation run the same version.
   *
   * @param routingKey values by name
   */
  default Optional<String> match(
      Function function, String qualifier, Map<String, String> routingKey) {
    return Optional.empty();
  }

  /** True for the ways to say that the function as it is now is meant, nothing said included. */
  static boolean isLatest(String qualifier) {
    return qualifier == null
        || qualifier.equals(Invocation.LATEST)
        || qualifier.equals("$" + Invocation.LATEST);
  }

  /**
   * True for namespace {@code default}, for {@link Function#FC3_NAMESPACE} and for those that were
   * created.
   */
  boolean hasNamespace(String account, String namespace);
}
