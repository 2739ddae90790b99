package io.perdure.api.scf.wire;

import io.perdure.api.auth.Account;

/**
 * One call of an action whose caller is known and whose arguments have been checked.
 *
 * @param account who calls
 * @param region named in the call, or the default one
 * @param requestId of this call, 36 characters
 * @param host where the caller reached this server, with its port; for links
 */
public record ScfCall(Account account, String region, String requestId, String host, Args args) {
  /** Name of the namespace that an action takes when none is given. */
  public static final String NAMESPACE_DEFAULT = "default";

  /** Id of the account. */
  public String accountId() {
    return account.id();
  }

  /** The parameter {@code Namespace}. */
  public String namespace() {
    return args.text("Namespace", NAMESPACE_DEFAULT);
  }

  /** The parameter {@code FunctionName}. */
  public String function() {
    return args.text("FunctionName");
  }
}
