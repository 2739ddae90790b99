package io.perdure.invocation;

/**
 * Why a request was refused. One sealed family for the whole node; each dialect names every {@link
 * Kind} in its own words and codes. Not to be confused with {@link RunError}, which says how a
 * function failed.
 */
public sealed interface Failure {
  /** The kind, to switch over without a default, so that a new one does not compile unnoticed. */
  Kind kind();

  /** One sentence for the caller: what was wrong, and what is expected. Never a secret. */
  String message();

  /** What dialects switch over. */
  enum Kind {
    INVALID,
    TOO_LARGE,
    NOT_FOUND,
    CONFLICT,
    KEY_REUSED,
    PRECONDITION,
    THROTTLED,
    UNAVAILABLE,
    FENCED,
    REMOVED,
    SCAN_LIMIT,
    INTERNAL
  }

  /** {@code field} has a value that is not allowed; the message says what is expected. */
  record Invalid(String field, String message) implements Failure {
    @Override
    public Kind kind() {
      return Kind.INVALID;
    }
  }

  /** {@code field} has more than {@code limitBytes} bytes. */
  record TooLarge(String field, long limitBytes) implements Failure {
    @Override
    public Kind kind() {
      return Kind.TOO_LARGE;
    }

    @Override
    public String message() {
      return field + " is larger than " + limitBytes + " bytes";
    }
  }

  /** No such {@code what} ("namespace", "function", "invocation"). */
  record NotFound(String what, String name) implements Failure {
    @Override
    public Kind kind() {
      return Kind.NOT_FOUND;
    }

    @Override
    public String message() {
      return what + " '" + name + "' does not exist";
    }
  }

  /** The present state does not allow it, for example the stop of what has ended. */
  record Conflict(String message) implements Failure {
    @Override
    public Kind kind() {
      return Kind.CONFLICT;
    }
  }

  /** The key belongs to {@code existing}, which was submitted with another payload. */
  record KeyReused(String key, InvocationId existing, String message) implements Failure {
    @Override
    public Kind kind() {
      return Kind.KEY_REUSED;
    }
  }

  /** The version the caller wants to change is not the present one. */
  record Precondition(String message) implements Failure {
    @Override
    public Kind kind() {
      return Kind.PRECONDITION;
    }
  }

  /** Over the limit {@code limit} names; worth trying again after {@code retryAfterMillis}. */
  record Throttled(String limit, String message, long retryAfterMillis) implements Failure {
    @Override
    public Kind kind() {
      return Kind.THROTTLED;
    }
  }

  /**
   * More calls a second than are allowed of one kind.
   *
   * @param limit names the kind: {@code dialect.Action}
   * @param perSecond allowed
   * @param seen asked for in the second up to this call, it included
   */
  record OverRate(String limit, int perSecond, int seen, long retryAfterMillis) implements Failure {
    @Override
    public Kind kind() {
      return Kind.THROTTLED;
    }

    @Override
    public String message() {
      return seen + " calls of " + limit + " in a second, " + perSecond + " are allowed";
    }
  }

  /** The node cannot serve this now (recovering, draining, store failed). */
  record Unavailable(String message, long retryAfterMillis) implements Failure {
    @Override
    public Kind kind() {
      return Kind.UNAVAILABLE;
    }
  }

  /**
   * This node does not own {@code shard}; nothing has been done. Stays between nodes: the bus asks
   * the owner instead.
   *
   * @param owner name of the node that does; null when it is not known
   */
  record Fenced(int shard, String owner) implements Failure {
    @Override
    public Kind kind() {
      return Kind.FENCED;
    }

    @Override
    public String message() {
      return "shard " + shard + " has moved to another node";
    }
  }

  /** It existed, but its retention has ended. */
  record Removed(String what) implements Failure {
    @Override
    public Kind kind() {
      return Kind.REMOVED;
    }

    @Override
    public String message() {
      return what + " has been removed after its retention";
    }
  }

  /**
   * There was such a body, but it is stored nowhere: it was too large for that and has gone to whom
   * it was for alone.
   */
  record NotKept(String what, int bytes) implements Failure {
    @Override
    public Kind kind() {
      return Kind.REMOVED;
    }

    @Override
    public String message() {
      return what + " of " + bytes + " bytes was not kept: it was too large to be stored";
    }
  }

  /** No index answers the filter and more than {@code rows} rows would have to be read. */
  record ScanLimit(int rows) implements Failure {
    @Override
    public Kind kind() {
      return Kind.SCAN_LIMIT;
    }

    @Override
    public String message() {
      return "the filter would read more than " + rows + " rows: narrow the interval from..to";
    }
  }

  /** A bug or a broken machine, logged where it happened under {@code reference}. */
  record Internal(String reference) implements Failure {
    @Override
    public Kind kind() {
      return Kind.INTERNAL;
    }

    @Override
    public String message() {
      return "internal error, see the log for " + reference;
    }
  }
}
