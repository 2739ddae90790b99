package io.perdure.bus;

import static io.perdure.bus.Message.lengthOf;

import io.perdure.invocation.BodyRef;
import io.perdure.invocation.Event;
import io.perdure.invocation.Fingerprint;
import io.perdure.invocation.Invocation;
import io.perdure.invocation.InvocationId;
import io.perdure.invocation.RunError;
import io.perdure.invocation.Status;
import io.perdure.invocation.StopMode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What the owner of a shard is asked and told. Times are milliseconds since the epoch. */
@SuppressWarnings("ArrayRecordComponent") // payload bytes are handed over, never compared
public final class ShardMessages {
  private ShardMessages() {}

  /** Sent to or answered by a shard. */
  public sealed interface OfShard extends Message {}

  /**
   * A new invocation of {@code functionUid}; the caller has checked sizes and names.
   *
   * @param key unique within the function, or null
   * @param fingerprint of the payload, null without key
   * @param submission drawn for this one, so that it is known again when it is asked twice; 0 for
   *     none, as it is without key
   * @param mode null, as nodes write that know of none, becomes ASYNC
   * @param tracked whether its dialect shows it as a task
   * @param depth how many deliveries led to it, 0 for what a caller submits
   * @param dueAt not to be started before, 0 for at once
   * @param direct what is too large to be kept passes from hand to hand; null for never, as all but
   *     one with a waiting caller has it
   * @param payload its bytes, at most the node's limit; not to be changed any more
   */
  public record Submit(
      long functionUid,
      String qualifier,
      String key,
      Fingerprint fingerprint,
      long submission,
      String requestId,
      Invocation.Origin origin,
      Invocation.Mode mode,
      boolean tracked,
      int depth,
      String traceparent,
      Map<String, String> labels,
      long dueAt,
      InvocationId redriveOf,
      Direct direct,
      byte[] payload)
      implements OfShard {
    public Submit {
      mode = mode == null ? Invocation.Mode.ASYNC : mode;
    }

    @Override
    public int bodyBytes() {
      return lengthOf(payload);
    }

    /** By its key it is known again, and by its number that it is the same. */
    @Override
    public boolean repeatable() {
      return key != null;
    }

    /** Of which everything is kept. */
    public Submit(
        long functionUid,
        String qualifier,
        String key,
        Fingerprint fingerprint,
        String requestId,
        Invocation.Origin origin,
        Invocation.Mode mode,
        boolean tracked,
        int depth,
        String traceparent,
        Map<String, String> labels,
        long dueAt,
        InvocationId redriveOf,
        byte[] payload) {
      this(
          functionUid,
          qualifier,
          key,
          fingerprint,
          0,
          requestId,
          origin,
          mode,
          tracked,
          depth,
          traceparent,
          labels,
          dueAt,
          redriveOf,
          null,
          payload);
    }
  }

  /**
   * The caller waits, and takes a result that is too large to be kept by {@link TakeResult}.
   *
   * @param payload fingerprint of a payload that is not to be kept either, else null
   */
  public record Direct(Fingerprint payload) {}

  /**
   * Answer to {@link Submit}, given once the invocation is on disk.
   *
   * @param created false when another submit had made {@code invocation} with that key already
   */
  public record Submitted(Invocation invocation, boolean created) implements OfShard {}

  /** Several submits decided in one turn and committed together; each stands alone. */
  public record SubmitAll(List<Submit> submits) implements OfShard {
    @Override
    public int bodyBytes() {
      return submits.stream().mapToInt(Submit::bodyBytes).sum();
    }

    @Override
    public boolean repeatable() {
      return submits.stream().allMatch(Submit::repeatable);
    }
  }

  /** One outcome per submit, in order: {@link Submitted} or {@link Failed}. */
  public record SubmittedAll(List<Message> outcomes) implements OfShard {}

  /** The present state. */
  public record Get(InvocationId id) implements OfShard, Repeatable {}

  /** An invocation as it is now, the running attempt included. */
  public record Found(Invocation invocation) implements OfShard {}

  /** Several at once; those that do not exist are left out of the answer. */
  public record GetAll(List<InvocationId> ids) implements OfShard, Repeatable {}

  /** Answer to {@link GetAll}, in the order asked. */
  public record FoundAll(List<Invocation> invocations) implements OfShard {}

  /** The invocation of a function that has {@code key}. */
  public record GetByKey(long functionUid, String key) implements OfShard, Repeatable {}

  /** Which body. */
  public enum Part {
    PAYLOAD,
    RESULT,
    LOG;

    /** Where {@code invocation} has that body. */
    public BodyRef of(Invocation invocation) {
      return switch (this) {
        case PAYLOAD -> invocation.payload();
        case RESULT -> invocation.result();
        case LOG -> invocation.log();
      };
    }
  }

  /** A body of an invocation. Fails as removed when its retention has ended, or as not kept. */
  public record GetBody(InvocationId id, Part part) implements OfShard, Repeatable {}

  /** A body; empty when nothing is stored. */
  public record Body(Invocation invocation, byte[] bytes) implements OfShard {
    @Override
    public int bodyBytes() {
      return lengthOf(bytes);
    }
  }

  /**
   * The result of one that passes it on directly: for its waiting caller, once. Fails as not kept
   * when it is gone.
   *
   * @param bytes its length, as its record tells it
   */
  public record TakeResult(InvocationId id, int bytes) implements OfShard {}

  /** Answer to {@link TakeResult}. */
  public record ResultTaken(byte[] bytes) implements OfShard {
    @Override
    public int bodyBytes() {
      return lengthOf(bytes);
    }
  }

  /**
   * Answered when the invocation has an event after {@code afterSeq} (with {@code terminal}: when
   * it has ended), or at {@code deadline}, whichever is first, with the state as it is then.
   */
  public record Await(InvocationId id, int afterSeq, boolean terminal, long deadline)
      implements OfShard, Repeatable {}

  /** Ask for a stop. Answered when the decision is on disk. */
  public record Stop(InvocationId id, StopMode mode, long graceMillis, String by)
      implements OfShard, Repeatable {}

  /**
   * Which invocations to list, count or search.
   *
   * @param functionUid 0 for all functions of {@code account}
   * @param criteria what else is asked of them
   */
  public record Filter(String account, long functionUid, Criteria criteria) {
    /** Whether {@code invocation} is one of them. */
    public boolean matches(Invocation invocation) {
      return invocation.account().equals(account)
          && (functionUid == 0 || invocation.functionUid() == functionUid)
          && criteria.matches(invocation);
    }
  }

  /**
   * One shard's part of a page.
   *
   * @param after exclusive position to go on from, null for the start
   * @param through the shard first commits everything it may still add up to this position
   * @param limit most invocations returned, 1 to 1000
   */
  public record Page(
      Filter filter, boolean descending, InvocationId after, InvocationId through, int limit)
      implements OfShard, Repeatable {}

  /**
   * Answer to {@link Page}.
   *
   * @param invocations matching, in order, all as of one moment
   * @param frontier everything below is final in this shard
   * @param more whether the shard has matches beyond the last one
   */
  public record PageFound(List<Invocation> invocations, InvocationId frontier, boolean more)
      implements OfShard {
    /** The ids of what was found, in order. */
    public List<InvocationId> ids() {
      return invocations.stream().map(Invocation::id).toList();
    }
  }

  /** How many invocations match. */
  public record Count(Filter filter) implements OfShard, Repeatable {}

  /** Answer to {@link Count}: by status, only those that occur. */
  public record Counted(Map<Status, Long> byStatus) implements OfShard {}

  /** By what a search sorts. Ties are broken by id, which is the order of acceptance. */
  public enum Order {
    /** By id, which is by the time of acceptance. */
    ACCEPTED,
    /** By the time of the end; what has not ended comes behind all that has (descending: first). */
    ENDED;

    /** The order of hits, from the first to the last of a list. */
    public Comparator<Hit> comparator(boolean descending) {
      Comparator<Hit> byId = Comparator.comparing(Hit::id);
      Comparator<Hit> ascending =
          this == ACCEPTED ? byId : Comparator.comparingLong(Hit::sortedEnd).thenComparing(byId);
      return descending ? ascending.reversed() : ascending;
    }
  }

  /**
   * The beginning of a list in some order, and how long the list is.
   *
   * @param rows most hits returned, at least 0; invalid above the most rows the shard may read
   */
  public record Search(Filter filter, Order order, boolean descending, int rows)
      implements OfShard, Repeatable {}

  /**
   * What a search found, and its place in the order.
   *
   * @param endedAt 0 for what has not ended; of no meaning in order of acceptance
   */
  public record Hit(InvocationId id, long endedAt) {
    private static long sortedEnd(Hit hit) {
      return hit.endedAt == 0 ? Long.MAX_VALUE : hit.endedAt;
    }
  }

  /**
   * Answer to {@link Search}, all of one moment.
   *
   * @param hits the first of those that match, in order
   * @param total how many match
   */
  public record SearchFound(List<Hit> hits, long total) implements OfShard {}

  /**
   * What became of something the executor was handed, or of its attempt; (epoch, attempt) is the
   * attempt's fencing number.
   */
  public sealed interface FromExecutor extends OfShard {
    InvocationId id();

    long epoch();

    int attempt();
  }

  /**
   * The attempt has begun.
   *
   * @param instance where it runs; in a cluster the name of the node comes first
   * @param version of the function that it runs, null for the latest
   * @param node that runs it, null where the shard's node stands alone
   */
  public record Began(
      InvocationId id, long epoch, int attempt, String instance, String version, String node)
      implements FromExecutor {
    /** On a node that stands alone. */
    public Began(InvocationId id, long epoch, int attempt, String instance, String version) {
      this(id, epoch, attempt, instance, version, null);
    }
  }

  /** The executor gave it back unstarted, as it was asked to or because it is shutting down. */
  public record Released(InvocationId id, long epoch, int attempt) implements FromExecutor {}

  /** Nothing can run it any more: its qualifier leads nowhere. It becomes INVALID. */
  public record Unrunnable(InvocationId id, long epoch, int attempt, String type, String detail)
      implements FromExecutor {}

  /**
   * The function answered.
   *
   * @param memoryBytes most memory its instance used, 0 when unknown
   * @param unkept a result that its caller fetches and nobody keeps; {@code result} is empty then.
   *     Else null
   */
  public record Succeeded(
      InvocationId id,
      long epoch,
      int attempt,
      long memoryBytes,
      BodyRef unkept,
      byte[] result,
      byte[] log,
      String instance)
      implements FromExecutor {
    @Override
    public int bodyBytes() {
      return lengthOf(result) + lengthOf(log);
    }
  }

  /**
   * The function failed ({@code error.kind()} is not PLATFORM), or the platform did. The result, if
   * any, is what it answered in spite of that.
   *
   * @param memoryBytes most memory its instance used, 0 when unknown
   * @param unkept as of {@link Succeeded}
   */
  public record Broke(
      InvocationId id,
      long epoch,
      int attempt,
      RunError error,
      long retryAfterMillis,
      long memoryBytes,
      BodyRef unkept,
      byte[] result,
      byte[] log)
      implements FromExecutor {
    @Override
    public int bodyBytes() {
      return lengthOf(result) + lengthOf(log);
    }
  }

  /** A stop was delivered to the attempt or acknowledged by it. */
  public record StopStep(InvocationId id, long epoch, int attempt, Event.Type step, String detail)
      implements FromExecutor {}

  /**
   * Looks at what is due for attention before {@code now}: removes what has outlived its retention,
   * expires what waited too long, moves bodies that are still needed. At most {@code limit} at a
   * time.
   */
  public record Reap(long now, int limit) implements OfShard, Repeatable {}

  /**
   * Answer to {@link Reap}.
   *
   * @param removed records removed
   * @param expired invocations that became EXPIRED
   * @param moved bodies moved to a later bucket
   * @param more whether more is due at once
   * @param oldestDue the earliest time for attention left, {@link Long#MAX_VALUE} for none
   */
  public record Reaped(int removed, int expired, int moved, boolean more, long oldestDue)
      implements OfShard {}

  /** Bodies of buckets below {@code bucket} may go. The shard may choose a lower one. */
  public record DropBodies(int bucket) implements OfShard, Repeatable {}

  /** Marks the queue of a deleted function INVALID, at most {@code limit} at a time. */
  public record Invalidate(long functionUid, String detail, int limit)
      implements OfShard, Repeatable {}

  /** Answer to {@link Invalidate}. */
  public record Invalidated(int invalidated, boolean more) implements OfShard {}

  /** A consistent copy of the shard's store is made in {@code directory}, which must not exist. */
  public record Checkpoint(String directory) implements OfShard {}

  /**
   * The shard comes to rest before another node is to own it: nothing more is started, and what
   * runs may end within {@code millis}. Answered by {@link Rested}.
   *
   * @param anyway it is to leave after that time whatever runs; but for this and the next one, it
   *     is not kept waiting where something has run for longer than that already, and will hardly
   *     end
   * @param leavingMillis how long it may stay for what runs, if it is asked again: until then only
   *     that is started which has to end before the last of what runs already. 0 for no time
   */
  public record Rest(long millis, boolean anyway, long leavingMillis) implements OfShard {}

  /**
   * Answer to {@link Rest}.
   *
   * @param quiet nothing runs, nothing will, and nothing more is committed, before {@link Resume}
   *     or for some seconds; so it is without being quiet where it is to leave anyway. Else the
   *     shard goes on, or is to be asked again
   */
  public record Rested(boolean quiet) implements OfShard {}

  /** The shard goes on: it stays where it is. */
  public record Resume() implements OfShard, Repeatable {}

  /** How the shard is doing. */
  public record GetState() implements OfShard, Repeatable {}

  /**
   * Answer to {@link GetState}.
   *
   * @param phase "recovering", "serving", "failed", or "following": another node owns it
   * @param problem why it does not serve, else null
   * @param recovered share of the recovery done, 0 to 1
   */
  public record State(int shard, String phase, String problem, double recovered)
      implements OfShard {}
}
