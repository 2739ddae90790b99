package io.perdure.api.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All accounts of a node, and whom a credential belongs to. Immutable; any thread.
 *
 * <p>Tokens are found by their SHA-256 in a hash map. How long that takes may tell how the digest
 * of a guess relates to a stored digest, but nobody can choose a digest's bits, so a guess cannot
 * be bettered byte by byte; the last comparison takes the same time wherever the difference is.
 */
public final class Accounts {
  /** Longest token that is looked up, in characters; none that is longer can be in the file. */
  static final int TOKEN_LENGTH_MAX = 512;

  private final Map<String, Account> byId;
  private final Map<String, Credential> byKeyId;
  private final Map<Digest, Account> byToken;

  /** A key and whose it is. */
  public record Credential(Account account, AccessKey key) {}

  private Accounts(Builder builder) {
    byId = new LinkedHashMap<>(builder.byId);
    byKeyId = Map.copyOf(builder.byKeyId);
    byToken = Map.copyOf(builder.byToken);
  }

  /** Whose bearer token it is; empty for an unknown one. */
  public Optional<Account> byToken(String token) {
    return token.length() > TOKEN_LENGTH_MAX
        ? Optional.empty()
        : Optional.ofNullable(byToken.get(Digest.of(token)));
  }

  /**
   * The key of that id and its account; empty for an unknown one. The secret proves nothing yet.
   */
  public Optional<Credential> byKeyId(String keyId) {
    return Optional.ofNullable(byKeyId.get(keyId));
  }

  /** The account of that id. */
  public Optional<Account> byId(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** All accounts in the order of the file; at least one. */
  public List<Account> all() {
    return List.copyOf(byId.values());
  }

  /**
   * A secret of 32 bytes that who has the same accounts, in whatever order, comes to as well, and
   * nobody else: not even who has the keys of one of several accounts.
   *
   * @param purpose what it is for, so that no two purposes share one
   */
  public byte[] secretOfAll(String purpose) {
    List<String> all = new ArrayList<>();
    byKeyId.forEach(
        (id, of) -> all.add(String.join("\n", "key", of.account().id(), id, of.key().secret())));
    byToken.forEach(
        (digest, of) ->
            all.add(String.join("\n", "token", of.id(), HexFormat.of().formatHex(digest.bytes))));
    Collections.sort(all);
    byte[] key = Hmacs.sha256(String.join("\n\n", all).getBytes(UTF_8));
    return Hmacs.hmac(Hmacs.Algorithm.SHA256, key, purpose.getBytes(UTF_8));
  }

  /** Only ids: what it holds is secret. */
  @Override
  public String toString() {
    return "Accounts" + byId.keySet();
  }

  /** Collects accounts; the file's reader uses it, and who embeds a node without a file. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects accounts with their tokens. */
  public static final class Builder {
    private final Map<String, Account> byId = new LinkedHashMap<>();
    private final Map<String, Credential> byKeyId = new HashMap<>();
    private final Map<Digest, Account> byToken = new HashMap<>();

    private Builder() {}

    /**
     * Adds an account.
     *
     * @param tokens its bearer tokens
     * @throws IllegalArgumentException if its id, a key id or a token is already there
     */
    public Builder add(Account account, Collection<String> tokens) {
      unique(byId.putIfAbsent(account.id(), account), "account id");
      for (AccessKey key : account.keys()) {
        unique(byKeyId.putIfAbsent(key.id(), new Credential(account, key)), "key id");
      }
      for (String token : tokens) {
        unique(byToken.putIfAbsent(Digest.of(token), account), "token");
      }
      return this;
    }

    /**
     * All that were added.
     *
     * @throws IllegalStateException if that is none: nobody could ever call
     */
    public Accounts build() {
      if (byId.isEmpty()) {
        throw new IllegalStateException("no account");
      }
      return new Accounts(this);
    }

    private static void unique(Object earlier, String what) {
      if (earlier != null) {
        throw new IllegalArgumentException(what + " is given twice"); // which one is a secret
      }
    }
  }

  /** SHA-256 of a token, compared in constant time. */
  private static final class Digest {
    private final byte[] bytes;

    private Digest(byte[] bytes) {
      this.bytes = bytes;
    }

    static Digest of(String token) {
      return new Digest(Hmacs.sha256(token.getBytes(UTF_8)));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Digest digest && Hmacs.same(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
      return ByteBuffer.wrap(bytes).getInt();
    }
  }
}
