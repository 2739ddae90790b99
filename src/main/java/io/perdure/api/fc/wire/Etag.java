package io.perdure.api.fc.wire;

import java.util.Locale;

/**
 * The entity tag of a resource: another one after every change.
 *
 * @param revision what {@code value} was made from; a change that is to be made only on it says so
 *     to the registry, too
 */
public record Etag(long revision, String value) {
  private static final String HEADER = "ETag";

  /** Of a resource made at {@code createdAt} (milliseconds since the epoch). */
  public static Etag of(long createdAt, long revision) {
    return new Etag(revision, String.format(Locale.ROOT, "%016x%016x", createdAt, revision));
  }

  /** {@code reply} with it. */
  public FcReply on(FcReply reply) {
    return reply.with(HEADER, value);
  }

  /**
   * The revision that a change is to be made on, 0 for any: that is when the caller has sent no
   * {@code If-Match}.
   *
   * @throws FcError when it has sent another one than this
   */
  public long required(FcCall call) {
    String wanted = call.header("If-Match");
    if (wanted == null || wanted.isEmpty() || wanted.equals("*")) {
      return 0;
    }
    boolean quoted = wanted.length() > 1 && wanted.startsWith("\"") && wanted.endsWith("\"");
    if (!value.equals(quoted ? wanted.substring(1, wanted.length() - 1) : wanted)) {
      throw new FcError(
          412,
          "PreconditionFailed",
          "the resource has been modified: its ETag is not the one of If-Match");
    }
    return revision;
  }
}
